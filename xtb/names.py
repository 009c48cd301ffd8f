"""Everything that has a name, from tasks and perturbations to queries and studies.

Each catalogue gives plain rows, for ``xtb names`` and for anybody else.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from warehouse.errors import UnknownName

Row = dict[str, Any]

REGIMES: Mapping[str, str] = {
    "direct": "the target's own training data, English",
    "stilts": "one English intermediate task first",
    "multitask": "a mixture of English intermediate tasks first, the target's own data left out",
    "stilts_mlm": "as stilts, with multilingual masked language modelling mixed in",
    "stilts_translated": "the intermediate task in other languages, machine-translated",
    "stilts_native": "the intermediate task in one other language, where its training data exist",
    "multilingual": "the target's training data in all their languages",
}
"""What each regime of ``xtb.regimes.REGIMES`` is, in a line; a test compares the two."""


def names(kind: str) -> list[Row]:
    """The rows of one catalogue, each with a ``name``.

    Raises:
        UnknownName: there is no such catalogue.
    """
    if kind not in CATALOGUES:
        raise UnknownName("catalogue", kind, CATALOGUES, "xtb names")
    return CATALOGUES[kind]()


def _tasks() -> list[Row]:
    from ingest import catalog

    return [_task(catalog.task(name)) for name in catalog.task_names()]


def _task(task: Any) -> Row:
    sizes = {
        split: {code: size for code in codes if (size := _size(task, split, code)) is not None}
        for split, codes in task.splits.items()
    }
    hubs = {(hub.repo, hub.revision) for tables in task.data.values() for one in tables for hub in one.hub}
    mirrors = {one.mirror.folder for tables in task.data.values() for one in tables if one.mirror}
    return {
        "name": task.name,
        "kind": task.kind,
        "title": task.title,
        "metric": task.metric,
        "metrics": list(task.metrics),
        "chance": task.chance,
        "labels": list(task.labels),
        "languages": list(task.languages),
        "splits": {split: list(codes) for split, codes in task.splits.items()},
        "sizes": sizes,
        "trained_on": list(task.trained_on),
        "overlap": list(task.overlap),
        "hub": [{"repo": repo, "revision": revision} for repo, revision in sorted(hubs)],
        "mirror": sorted(mirrors),
        "source": _source(hubs, mirrors),
        "obtain": next((one.obtain for tables in task.data.values() for one in tables if one.obtain), ""),
        "hyperparameters": asdict(task.defaults),
        "synthetic": task.synthetic,
        "licence": task.licence,
        "citation": task.citation,
    }


def _source(hubs: set[tuple[str, str]], mirrors: set[str]) -> str:
    """Where the data come from, in a line."""
    places = [f"hub {repo}@{revision}" for repo, revision in sorted(hubs)]
    return "; ".join([*places, *(f"mirror {folder}" for folder in sorted(mirrors))]) or "built-in"


def _size(task: Any, split: str, code: str) -> int | None:
    """Rows of the benchmark's release: of all tables but pools, where each is stated."""
    if split in task.generated:
        return int(task.generated[split])
    tables = [table for table in task.data.get(split, ()) if table.shape != "pool"]
    sizes = [table.size(split, code) for table in tables]
    return sum(sizes) if sizes and None not in sizes else None


def _languages() -> list[Row]:
    from ingest.language import languages

    return [
        {"name": code, "language": (row := one.row()).pop("name"), **row} for code, one in languages().items()
    ]


def _perturbations() -> list[Row]:
    from ingest import catalog
    from ingest.perturbation_guide import example

    found = [catalog.perturbation(name) for name in catalog.perturbation_names()]
    return [
        {
            "name": one.name,
            "family": one.family,
            "risk": one.risk,
            "control": one.control,
            "kinds": list(one.kinds),
            "scripts": one.scripts,
            "levels": list(one.levels),
            "not_for": list(one.not_for),
            "parts": [part.name for part in one.parts],
            "definition": one.definition,
            "example": example(one),
            "citation": one.citation,
        }
        for one in found
    ]


def _attacks() -> list[Row]:
    from xtb.adversarial.attack import Attack
    from xtb.adversarial.catalog import attack, attack_names

    found = [attack(name) for name in attack_names()]
    return [
        {
            "name": one.name,
            "access": one.access,
            "gives": "texts" if isinstance(one, Attack) else "a curve",
            "kinds": list(one.kinds),
            "settings": dict(one.settings),
            "definition": one.definition,
            "citation": one.citation,
        }
        for one in found
    ]


def _metrics() -> list[Row]:
    from warehouse.rows import METRICS

    return [{"name": name, "aggregate": aggregate} for name, aggregate in METRICS.items()]


def _regimes() -> list[Row]:
    return [{"name": name, "definition": definition} for name, definition in REGIMES.items()]


def _questions() -> list[Row]:
    """By their files' first lines: importing a question brings in the statistics, five seconds."""
    import reports.questions

    files = sorted(file for folder in reports.questions.__path__ for file in Path(folder).glob("[!_]*.py"))
    lines = [
        (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n") for file in files
    ]
    return [{"name": file.stem, "title": line[0]} for file, line in zip(files, lines, strict=True)]


def _queries() -> list[Row]:
    from warehouse.sql import files

    return [
        {
            "name": one.name,
            "grain": one.grain,
            "parameters": [asdict(parameter) for parameter in one.parameters],
        }
        for one in files("queries").values()
    ]


def _studies() -> list[Row]:
    """By the first comment line of their files."""
    from xtb.studies import find, names

    files = [find(name) for name in names()]
    lines = [file.read_text(encoding="utf-8").split("\n")[0].lstrip("# ") for file in files]
    return [
        {"name": file.stem, "title": line, "file": str(file)} for file, line in zip(files, lines, strict=True)
    ]


CATALOGUES: Mapping[str, Callable[[], list[Row]]] = {
    "tasks": _tasks,
    "languages": _languages,
    "perturbations": _perturbations,
    "attacks": _attacks,
    "metrics": _metrics,
    "regimes": _regimes,
    "questions": _questions,
    "queries": _queries,
    "studies": _studies,
}
