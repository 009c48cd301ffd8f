"""What there is: tasks, perturbations, languages, metrics. The folder is the registry.

A file of ``ingest/tasks/`` with a ``TASK``, or of ``ingest/perturbations/`` with a ``PERTURBATION``,
is an entry under its file name; nothing else has to be edited.
"""

from typing import TYPE_CHECKING

import polars as pl

from ingest.language import Language
from ingest.task import Task

if TYPE_CHECKING:
    from ingest.perturbation import Perturbation


def task_names() -> tuple[str, ...]:
    """Names of all tasks, sorted; reads the folder only."""
    raise NotImplementedError


def task(name: str) -> Task:
    """A task by name; UnknownName with the nearest otherwise."""
    raise NotImplementedError


def perturbation_names() -> tuple[str, ...]:
    """Names of all perturbations, ``clean`` first, then sorted."""
    raise NotImplementedError


def perturbation(name: str) -> "Perturbation":
    """A perturbation by name; UnknownName with the nearest otherwise."""
    raise NotImplementedError


def language_codes() -> tuple[str, ...]:
    """Codes of all languages, the built-in benchmark's last."""
    raise NotImplementedError


def language(code: str) -> Language:
    """A language by the benchmarks' code; UnknownName with the nearest otherwise."""
    raise NotImplementedError


def dimensions() -> dict[str, pl.DataFrame]:
    """The catalogue as the warehouse's dimension tables, all but ``encoder`` (see ``warehouse.rows.DIMENSIONS``)."""
    raise NotImplementedError
