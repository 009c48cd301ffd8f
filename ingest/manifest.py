"""A mirror folder and what it says about its files: rows and SHA-256, in its ``manifest.json``.

The manifest is a list of objects with ``path``, ``rows`` and ``sha256``. A mirror without one is read all
the same; then tables must have the benchmark's own sizes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from ingest.errors import BadData

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as the manifest states it."""

    rows: int | None
    sha256: str


class Folder:
    """A mirror folder whose files are compared with its manifest when they are read.

    Args:
        root: the folder.

    Raises:
        BadData: the manifest cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.manifest = _read_manifest(root / NAME)
        self._checked: set[str] = set()

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen digits that name the content: the Parquet files, each by path and SHA-256.

        Hashes come from the manifest where it has them, and from the content elsewhere.
        """
        whole = hashlib.sha256()
        for path in sorted(self.root.rglob("*.parquet")):
            entry = self.manifest.get(self._name(path))
            whole.update(f"{self._name(path)}\0{entry.sha256 if entry else _hash(path)}\n".encode())
        return whole.hexdigest()[:16]

    def lists(self, paths: Iterable[Path]) -> bool:
        """Does the manifest state all these files?"""
        return all(self._name(path) in self.manifest for path in paths)

    def read(self, path: Path) -> pl.DataFrame:
        """One Parquet file, as ``read_parquet`` gives it.

        Raises:
            BadData: it cannot be read, or is not what the manifest says, with both numbers.
        """
        name = self._name(path)
        entry = self.manifest.get(name)
        if entry and name not in self._checked:
            found = _hash(path)
            if found != entry.sha256:
                raise BadData(
                    f"{path} is damaged or was changed: its sha256 is {found[:12]}…, {NAME} says "
                    f"{entry.sha256[:12]}…. Copy the file again"
                )
            self._checked.add(name)
        frame = read_parquet(path)
        if entry and entry.rows is not None and frame.height != entry.rows:
            raise BadData(f"{path} has {frame.height:,} rows, {NAME} says {entry.rows:,}")
        return frame

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def read_parquet(path: Path) -> pl.DataFrame:
    """One Parquet file, with its rows' positions as ``row`` and its own name as ``file``.

    Raises:
        BadData: it cannot be read.
    """
    try:
        return pl.read_parquet(path, glob=False).with_row_index("row").with_columns(file=pl.lit(path.stem))
    except (pl.exceptions.PolarsError, OSError) as error:
        line = str(error).splitlines()[0]
        raise BadData(f"{path} is not a readable Parquet file ({line}). Copy it again") from error


def _read_manifest(file: Path) -> Mapping[str, Entry]:
    if not file.is_file():
        return {}
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        return {
            entry["path"]: Entry(rows=entry.get("rows"), sha256=entry["sha256"])
            for entry in entries
            if entry["path"].endswith(".parquet")
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadData(f"{file} is no list of files with path, rows and sha256") from error


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
