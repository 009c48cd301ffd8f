"""BUCC 2018's own files as a mirror: ``python -m ingest.convert.bucc2018 FOLDER MIRROR``.

FOLDER holds, at any depth, ``<language>-en.<part>.<language>``, ``.en`` and ``.gold`` with the parts
``training`` (our test, as in XTREME) and ``sample`` (our validation). Lines are ``id<tab>sentence``; gold
lines are ``id<tab>English id``.
"""

import sys
from pathlib import Path

import polars as pl

from ingest.errors import BadData, MissingData
from ingest.tasks.bucc2018 import LANGUAGES

PARTS = {"training": "test", "sample": "validation"}


def convert(folder: Path, mirror: Path) -> list[Path]:
    """Write the mirror's files of all languages whose files are there; gives their paths.

    Raises:
        MissingData: none of the files is there.
        BadData: a line is not two fields, or the gold names a sentence that is not there.
    """
    written = []
    for code in LANGUAGES:
        for part, split in PARTS.items():
            found = {path.suffix[1:]: path for path in sorted(folder.rglob(f"{code}-en.{part}.*"))}
            if not {code, "en", "gold"} <= found.keys():
                continue
            own, english, gold = (_lines(found[name]) for name in (code, "en", "gold"))
            target = mirror / "bucc2018" / split
            target.mkdir(parents=True, exist_ok=True)
            known, pool = set(own["id"]), set(english["id"])
            if not (set(gold["id"]) <= known and set(gold["text"]) <= pool):
                raise BadData(f"{found['gold']} names sentences that {found[code].name} or .en lack")
            pairs = gold.group_by("id", maintain_order=True).agg(translations=pl.col("text"))
            queries = own.join(pairs, on="id", how="left", maintain_order="left").with_columns(
                pl.col("translations").fill_null([])
            )
            for name, table in ((code, queries), (f"{code}_english", english)):
                path = target / f"{name}.parquet"
                table.write_parquet(path, compression="zstd")
                written.append(path)
    if not written:
        raise MissingData(f"no files like de-en.training.de, .en and .gold below {folder}")
    return written


def _lines(path: Path) -> pl.DataFrame:
    """The two fields of each line."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
    for number, row in enumerate(rows, start=1):
        if len(row) != 2:
            raise BadData(f"{path} line {number} is not two fields with a tab between")
    return pl.DataFrame(rows, schema={"id": pl.String, "text": pl.String}, orient="row")


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
