"""What there is: tasks, perturbations, languages, metrics. The folder is the registry.

A file of ``ingest/tasks/`` with a ``TASK``, or of ``ingest/perturbations/`` with a ``PERTURBATION``,
is an entry under its file name; nothing else has to be edited.
"""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

import ingest.perturbations
import ingest.tasks
from ingest.language import Language, languages
from ingest.task import Task
from warehouse.dimensions import DIMENSIONS
from warehouse.errors import UnknownName
from warehouse.rows import METRICS

if TYPE_CHECKING:
    from ingest.perturbation import Perturbation


def task_names() -> tuple[str, ...]:
    """Names of all tasks, sorted; reads the folder only."""
    return _files(*ingest.tasks.__path__)


def task(name: str) -> Task:
    """A task by name; UnknownName with the nearest otherwise."""
    if name not in task_names():
        raise UnknownName("task", name, task_names(), "xtb names tasks")
    found: Task = _entry(f"ingest.tasks.{name}", "TASK")
    return found


def perturbation_names() -> tuple[str, ...]:
    """Names of all perturbations, ``clean`` first, then sorted."""
    names = _files(*ingest.perturbations.__path__)
    return tuple(sorted(names, key=lambda name: (name != "clean", name)))


def perturbation(name: str) -> "Perturbation":
    """A perturbation by name; UnknownName with the nearest otherwise."""
    if name not in perturbation_names():
        raise UnknownName("perturbation", name, perturbation_names(), "xtb names perturbations")
    found: Perturbation = _entry(f"ingest.perturbations.{name}", "PERTURBATION")
    return found


def language_codes() -> tuple[str, ...]:
    """Codes of all languages, the built-in benchmark's last."""
    return tuple(languages())


def language(code: str) -> Language:
    """A language by the benchmarks' code; UnknownName with the nearest otherwise."""
    known = languages()
    if code not in known:
        raise UnknownName("language", code, known, "xtb names languages")
    return known[code]


def dimensions() -> dict[str, pl.DataFrame]:
    """The catalogue as the warehouse's dimension tables.

    Returns:
        Frames of ``task``, ``language``, ``perturbation``, ``perturbation_level`` and ``metric`` with the
        columns of ``warehouse.dimensions.DIMENSIONS``; ``encoder`` comes from the runs.
    """
    perturbations = [perturbation(name) for name in perturbation_names()]
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "task": [_task_row(task(name)) for name in task_names()],
        "language": [each.row() for each in languages().values()],
        "perturbation": [_perturbation_row(each) for each in perturbations],
        "perturbation_level": [row for each in perturbations for row in _level_rows(each)],
        "metric": [{"metric": name, "aggregate": aggregate} for name, aggregate in METRICS.items()],
    }
    return {name: pl.DataFrame(list(rows[name]), schema=DIMENSIONS[name].schema) for name in rows}


def _task_row(found: Task) -> dict[str, Any]:
    return {
        "task": found.name,
        "kind": found.kind,
        "metric": found.metric,
        "chance": found.chance,
        "trained_on": ",".join(found.trained_on),
        "overlap": ",".join(found.overlap),
        "synthetic": found.synthetic,
        "licence": found.licence,
        "citation": found.citation,
    }


def _perturbation_row(found: "Perturbation") -> dict[str, Any]:
    return {
        "perturbation": found.name,
        "family": found.family,
        "risk": found.risk,
        "control": found.control,
        "scripts": found.scripts,
        "kinds": ",".join(found.kinds),
        "definition": found.definition,
        "citation": found.citation,
    }


def _level_rows(found: "Perturbation") -> list[dict[str, Any]]:
    """One row a severity; ``clean`` has severity 0 alone, noise that comes as data severity 1."""
    rates = {0: 0.0} if found.name == "clean" else dict(enumerate(found.levels, start=1))
    if found.from_data:
        rates = {1: found.levels[0]}
    return [
        {"perturbation": found.name, "severity": severity, "rate": rate} for severity, rate in rates.items()
    ]


@cache  # the plan of a large study asks for names tens of thousands of times
def _files(*folders: str) -> tuple[str, ...]:
    """Names of the modules in the folders of a package, sorted; a leading underscore hides one."""
    return tuple(sorted(each.name for each in pkgutil.iter_modules(folders) if not each.name.startswith("_")))


def _entry(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)
