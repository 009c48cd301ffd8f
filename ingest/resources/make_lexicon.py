"""Write ``lexicon.parquet``: frequent English words and their translations, one column a language.

    python -m ingest.resources.make_lexicon LEXICON

LEXICON is ``multilingual_lexicon_uncased.xz`` of github.com/GEM-benchmark/NL-Augmenter at b64a8ef: 3,000
words translated by M2M100, noisy by nature. Kept are the languages of ``ingest/languages.csv`` and
translations of one word that differ from the English one. Licence: see ``ingest/resources/README.md``.
"""

import io
import lzma
import pickle
import re
import sys
from pathlib import Path
from typing import Any

import polars as pl

_PARTS = "DataFrame BlockManager _new_Index Index RangeIndex _reconstruct ndarray dtype slice"


class _Frames(pickle.Unpickler):
    """Reads a pickled data frame and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if name not in _PARTS.split() or module.split(".")[0] not in ("pandas", "numpy", "builtins"):
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a data frame")
        return super().find_class(module, name)


def main(source: Path, codes: list[str]) -> None:
    """Write the table beside this file."""
    frame = _Frames(io.BytesIO(lzma.decompress(source.read_bytes()))).load()
    english = [word.strip().lower() for word in frame["en"]]
    columns = {"en": english}
    for code in sorted(set(codes) & set(frame.columns) - {"en"}):
        columns[code] = [_clean(word, twin) for word, twin in zip(frame[code], english, strict=True)]
    table = pl.DataFrame(columns).filter(pl.col("en").str.contains(r"^\p{L}+$")).unique("en", keep="first")
    table.sort("en").write_parquet(
        Path(__file__).parent / "lexicon.parquet", compression="zstd", compression_level=19, statistics=False
    )


def _clean(word: str, english: str) -> str | None:
    word = str(word).strip().lower()
    return word if re.fullmatch(r"[^\s\d]+", word) and word != english else None


if __name__ == "__main__":
    languages = pl.read_csv(Path(__file__).parents[1] / "languages.csv", infer_schema=False)
    main(Path(sys.argv[1]), languages["code"].to_list())
