"""A mirror: benchmark data in a folder, in the layout ``<dataset>/<split>/<language>.parquet``.

A data set that is not there in this layout is looked for as a clone of its hub repository,
``<owner>/<name>/``, in the same folder.
"""

from pathlib import Path
from typing import Protocol

import polars as pl

from ingest.dataset import Dataset, Mirror, shaped
from ingest.errors import MissingData
from ingest.manifest import Folder

PART = "If the file holds a part on purpose, list it with its rows and sha256 in the mirror's manifest.json"


class Clones(Protocol):
    """Clones of hub repositories below the mirror folder."""

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        """Is this table among them?"""
        ...

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        """The table."""
        ...


class MirrorSource:
    """Tables of a mirror folder; see ``ingest.source.Source``.

    Args:
        folder: the mirror.
        clones: reads clones of hub repositories below it.
    """

    def __init__(self, folder: Folder, clones: Clones) -> None:
        self._folder = folder
        self._clones = clones

    @property
    def name(self) -> str:
        """Provenance: ``mirror:`` and the folder's fingerprint."""
        return f"mirror:{self._folder.fingerprint}"

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        """Is this table in the folder, in either layout?"""
        return bool(self._files(dataset.mirror, split, language)) or self._clones.has(
            dataset, split, language
        )

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        """One split and language; see ``ingest.source.Source``."""
        mirror = dataset.mirror
        files = self._files(mirror, split, language)
        if mirror is None or not files:
            if self._clones.has(dataset, split, language):
                return self._clones.table(dataset, split, language)
            raise self._missing(dataset, split, language)
        frame = pl.concat([self._folder.read(path) for path in files], how="vertical_relaxed")
        declared = mirror.rows.get((split, language), dataset.size(split, language))
        where = f"{dataset.name} {split} '{language}' ({self._folder.root / mirror.pattern(split, language)})"
        rows = None if self._folder.lists(files) else declared
        return shaped(frame, dataset, mirror.columns, where, rows=rows, drop=mirror.drop, hint=PART)

    def _files(self, mirror: Mirror | None, split: str, language: str) -> list[Path]:
        return sorted(self._folder.root.glob(mirror.pattern(split, language))) if mirror else []

    def _missing(self, dataset: Dataset, split: str, language: str) -> MissingData:
        what = f"{dataset.name} {split} '{language}'"
        if dataset.mirror is None and not dataset.hub:
            return MissingData(f"{what} is part of the built-in benchmark, not of a mirror: use --data mini")
        root = self._folder.root
        places = [str(root / dataset.mirror.pattern(split, language))] if dataset.mirror else []
        places += [str(root / hub.repo) for hub in dataset.hub if hub.holds(split, language)]
        there = self._names(dataset.mirror, split)
        hint = f"; there is {', '.join(there)}" if there else ""
        todo = dataset.obtain or "add the file, leave the language out, or leave --data out to read the hub"
        return MissingData(f"no data for {what}: looked for {' and '.join(places)}{hint}. To go on, {todo}")

    def _names(self, mirror: Mirror | None, split: str) -> list[str]:
        """File names of the split that are there, without their ending."""
        if mirror is None:
            return []
        anything = mirror.pattern(split, "*").replace("**", "*")
        return sorted(path.stem for path in self._folder.root.glob(anything))
