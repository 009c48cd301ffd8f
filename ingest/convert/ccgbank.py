"""CCGbank (LDC2005T13) as a mirror: ``python -m ingest.convert.ccgbank FOLDER MIRROR``.

FOLDER holds, at any depth, the derivations ``AUTO/<section>/wsj_*.auto``. Sections 02 to 21 become train,
00 validation and 23 test, as is usual (Clark & Curran, 2007). A derivation has a line ``ID=...`` and one with
a tree, whose leaves are ``(<L category tag tag word category>)``.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ingest.errors import BadData, MissingData
from ingest.tasks.ccg import OBTAIN

LEAF = re.compile(r"\(<L (\S+) \S+ \S+ (\S+) \S+>\)")
ID = re.compile(r"ID=(\S+)")
SPLITS = {**{f"{section:02}": "train" for section in range(2, 22)}, "00": "validation", "23": "test"}
SCHEMA: dict[str, Any] = {"id": pl.String, "tokens": pl.List(pl.String), "categories": pl.List(pl.String)}


def convert(folder: Path, mirror: Path) -> list[Path]:
    """Write the mirror's files of the splits whose sections are there; gives their paths.

    Raises:
        MissingData: there are no derivations.
        BadData: a line is no derivation.
    """
    rows: dict[str, list[tuple[str, list[str], list[str]]]] = {}
    for path in sorted(folder.rglob("*.auto")):
        split = SPLITS.get(path.parent.name)
        if split is not None:
            rows.setdefault(split, []).extend(_sentences(path))
    if not rows:
        raise MissingData(f"no derivations like AUTO/00/wsj_0001.auto below {folder}. To go on, {OBTAIN}")
    written = []
    for split, sentences in rows.items():
        path = mirror / "ccg" / split / "en.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(sentences, schema=SCHEMA, orient="row").write_parquet(path, compression="zstd")
        written.append(path)
    return written


def _sentences(path: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    name = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        header = ID.match(line)
        leaves = LEAF.findall(line)
        if header is not None:
            name = header[1]
        elif leaves and name is not None:
            yield name, [word for _, word in leaves], [category for category, _ in leaves]
            name = None
        elif line.strip():
            raise BadData(f"{path} line {number} is neither the name of a derivation nor its tree")


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
