"""Write ``letters.csv``: how often accented letters occur in frequent words of each language.

    python -m ingest.resources.make_letters LEXICON

LEXICON is a Parquet file with the columns lang, english, translation: the 3,000 frequent English words with
their machine translations of github.com/GEM-benchmark/NL-Augmenter at b64a8ef, as a mirror of benchmark
data holds it (``noise/lexicon/m2m100_lexicon.parquet``). Only counts are kept. Letters seen fewer than
three times are left out, since the translations are noisy.
"""

import csv
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import polars as pl

LEAST = 3


def main(source: Path, codes: list[str]) -> None:
    """Write the table beside this file."""
    table = pl.read_parquet(source)
    with (Path(__file__).parent / "letters.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["language", "letter", "count"])
        for code in sorted(codes):
            words = table.filter(pl.col("lang") == code)["translation"].to_list()
            counts = Counter(char for word in words for char in unicodedata.normalize("NFC", word.lower()))
            for letter, count in sorted(counts.items()):
                if count >= LEAST and unicodedata.decomposition(letter):
                    out.writerow([code, letter, count])


if __name__ == "__main__":
    languages = pl.read_csv(Path(__file__).parents[1] / "languages.csv", infer_schema=False)
    main(Path(sys.argv[1]), languages["code"].to_list())
