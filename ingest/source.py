"""Where benchmark data come from: the Hugging Face hub, a mirror folder, or the built-in benchmark.

The only file that imports ``datasets``, and only when the hub (or a clone of it) is read: a mirror
never pays its two seconds.
"""

from pathlib import Path
from typing import Protocol

import polars as pl

from ingest.dataset import Dataset


class Source(Protocol):
    """A place that holds tables of benchmarks.

    Attributes:
        name: provenance kept with every run: ``hub``, ``mirror:<fingerprint>`` or ``mini``.
    """

    @property
    def name(self) -> str: ...

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        """Is this table here? Looks at names only, reads nothing, asks no network."""
        ...

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        """One split and language with the columns of the data set's shape, in the benchmark's order.

        Raises:
            MissingData: the table is not here.
            BadData: a file is damaged, lacks columns, or has another size than declared.
        """
        ...


def open_source(data: Path | str | None) -> Source:
    """The source that ``--data`` names.

    Args:
        data: None for the hub; ``mini`` for the built-in benchmark; else a mirror folder, in the
            layout ``<dataset>/<split>/<language>.parquet``, or with clones of hub repositories
            as ``<owner>/<name>/``, or both.

    Raises:
        MissingData: no such folder.
    """
    raise NotImplementedError
