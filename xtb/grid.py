"""The cells of an evaluation: languages x perturbations x severities x noise seeds, and their clean twins."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from ingest import catalog
from ingest.task import Task
from warehouse.errors import UnknownName, UsageError
from xtb.spec import Cell

T = TypeVar("T")
CLEAN = "clean"
SEVERITIES = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What is to be measured of each run; the clean twin of every cell always belongs to it.

    Attributes:
        languages: None for all that the split has.
        split: None for ``test`` where the task has it, else ``validation``.
        limit: examples of a cell, None for all.
    """

    languages: tuple[str, ...] | None = None
    perturbations: tuple[str, ...] = ()
    severities: tuple[int, ...] = tuple(SEVERITIES)
    noise_seeds: tuple[int, ...] = (0,)
    split: str | None = None
    limit: int | None = None


def default_split(task: Task) -> str:
    """``test``, or where there is none ``validation``."""
    return next(split for split in ("test", "validation", "dev", *task.splits) if split in task.splits)


def grid_cells(task_name: str, grid: Grid) -> list[Cell]:
    """The cells of one task, clean ones first in each language.

    Raises:
        UnknownName: task, split, language or perturbation is not there; the message gives the nearest.
        UsageError: a severity outside 0 to 5.
    """
    task = catalog.task(task_name)
    split = grid.split or default_split(task)
    if split not in task.splits:
        raise UnknownName(f"split of '{task.name}'", split, task.splits, "xtb names tasks")
    languages = grid.languages if grid.languages is not None else task.splits[split]
    for language in languages:
        check_language(task, split, language)
    for name in grid.perturbations:
        catalog.perturbation(name)
    for severity in grid.severities:
        if severity not in (0, *SEVERITIES):
            raise UsageError(f"severity {severity} is not in 1 to 5")
    return [cell for language in languages for cell in _of_language(task.name, split, language, grid)]


def check_language(task: Task, split: str, language: str) -> None:
    """Raise ``UnknownName`` when the split of the task has no such language."""
    there = task.splits[split]
    if language in there:
        return
    catalog.language(language)  # an unknown code gets the nearest of all languages
    raise UnknownName(
        f"language of '{task.name}' {split}", language, there, f"xtb names tasks (it has {', '.join(there)})"
    )


def _of_language(task: str, split: str, language: str, grid: Grid) -> list[Cell]:
    clean = Cell(task=task, split=split, language=language)
    noisy = [
        Cell(
            task=task,
            split=split,
            language=language,
            perturbation=perturbation,
            severity=severity,
            noise_seed=noise_seed,
        )
        for perturbation in _distinct(grid.perturbations)
        if perturbation != CLEAN
        for severity, noise_seed in _degrees(perturbation, grid)
    ]
    return [clean, *noisy]


def _degrees(perturbation: str, grid: Grid) -> list[tuple[int, int]]:
    """Severities and noise seeds of a perturbation; noise that comes as data has one of each."""
    if catalog.perturbation(perturbation).from_data:
        return [(1, 0)]
    severities = [severity for severity in _distinct(grid.severities) if severity != 0]  # 0 is the clean twin
    return list(product(severities, _distinct(grid.noise_seeds)))


def _distinct(values: Sequence[T]) -> list[T]:
    return list(dict.fromkeys(values))
