"""One model as a source measured it: their rows in the warehouse's columns."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest import catalog
from ingest.results import naming
from ingest.results.agreement import settle
from ingest.results.given import Given
from ingest.results.place import Place, Row
from ingest.results.values import Unfit, count, name, share, text
from warehouse.rows import CELL_KEY

_CODE = re.compile(r"[a-z]{2,3}([_-][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRun:
    """One run of others.

    Attributes:
        run_id: hash of the source and of what tells this run from others.
        record: columns of ``warehouse.rows.RUN``.
        tables: name of a fact table -> its rows; columns that are missing are NULL.
    """

    run_id: str
    record: Mapping[str, Any]
    tables: Mapping[str, list[Row]]


@dataclass(slots=True, kw_only=True)
class Model:
    """One model as a source measured it; collects its rows."""

    source: str
    given: Given
    reject: Callable[[Place, Unfit | str, Any], None]
    identity: str
    fields: Mapping[str, Any]
    scores: dict[tuple[Any, ...], tuple[Row, Place]] = field(default_factory=dict)
    outcomes: dict[tuple[Any, ...], dict[str, tuple[Row, Place]]] = field(default_factory=dict)
    training: dict[str, dict[str, list[Row]]] = field(default_factory=dict)

    def score(
        self,
        place: Place,
        *,
        task: Any,
        metric: Any,
        value: Any,
        split: Any = None,
        language: Any = None,
        n: Any = None,
        scale: float = 1.0,
        noise: tuple[Any, Any, Any] = ("clean", 0, 0),
    ) -> bool:
        """Take one score in their words, or note why not; was it taken?

        Args:
            place: where it stands.
            task: name of the benchmark, perhaps with the language in it.
            metric: their name of the metric.
            value: in [0, scale].
            split: of the benchmark; ``test`` where nobody says.
            language: where the task's name does not say it.
            n: examples.
            scale: 100 where values are per cent.
            noise: perturbation, severity and noise seed.
        """
        try:
            cell = self._cell(task, split, language, noise)
            ours = _metric(self.given.cell.get("metric", metric), cell[0])
            row = {"metric": ours, "value": share(value, ours, scale), "n": count(n, "n", least=1)}
            if (earlier := self.scores.get((*cell, ours))) is not None:
                told = "again" if earlier[0]["value"] == row["value"] else f"also as {earlier[0]['value']:g}"
                raise Unfit(f"{ours} of {'/'.join(map(str, cell[:3]))} is there {told}; the first is kept")
        except Unfit as unfit:
            self.reject(place, unfit, {"task": task, "metric": metric, "value": value})
            return False
        self.scores[(*cell, ours)] = ({**_columns(cell), **row, "unchanged": None, "error": None}, place)
        return True

    def outcome(
        self,
        place: Place,
        *,
        task: Any,
        example: Any,
        correct: Any,
        split: Any = None,
        language: Any = None,
        exact: Any = None,
        prediction: Any = None,
        scale: float = 1.0,
        noise: tuple[Any, Any, Any] = ("clean", 0, 0),
        changed: Any = None,
    ) -> bool:
        """Take the outcome of one example in their words, or note why not; was it taken?"""
        try:
            cell = self._cell(task, split, language, noise)
            identity = name(str(example) if isinstance(example, int) else example, "the example")
            if changed is not None and not isinstance(changed, bool):
                raise Unfit(f"changed is {changed!a:.40}, neither true nor false")
            row = {
                "example_id": identity,
                "correct": share(correct, "correct", scale),
                "exact": None if exact is None else share(exact, "exact", scale),
                "prediction": text(prediction, "the prediction"),
                "changed": cell[3] != "clean" if changed is None else changed,
                "units": 1,
            }
            if identity in (found := self.outcomes.setdefault(cell, {})):
                raise Unfit(f"example {identity} is there again; the first is kept")
        except Unfit as unfit:
            self.reject(place, unfit, {"task": task, "example": example, "correct": correct})
            return False
        found[identity] = ({**_columns(cell), **row}, place)
        return True

    def train(self, task: str, table: str, row: Row) -> None:
        """Take a row of ``stage`` or ``training_log`` of the run whose target is ``task``."""
        self.training.setdefault(task, {}).setdefault(table, []).append(row)

    def runs(self) -> list[ForeignRun]:
        """One run for each target, those of the scores that were taken."""
        settle(self.scores, self.outcomes, self.reject)
        by_target: dict[str, dict[str, list[Row]]] = {}
        for row, _ in self.scores.values():
            by_target.setdefault(self.target(row), {}).setdefault("score", []).append(row)
        for cell in self.outcomes.values():
            for row, _ in cell.values():
                by_target[self.target(row)].setdefault("outcome", []).append(row)
        for target, tables in by_target.items():
            tables.update(self.training.get(target, {}))
        return [self._run(target, tables) for target, tables in by_target.items()]

    def target(self, row: Row) -> str:
        """The run of a row: what was trained on last, the row's own task where nobody says."""
        return str(self.given.run.get("target", self.fields.get("target") or row["task"]))

    def _run(self, target: str, tables: Mapping[str, list[Row]]) -> ForeignRun:
        record = {
            "regime": "external",
            "intermediate": "none",
            "intermediate_language": "none",
            "robust": "none",
            "robust_stage": "none",
            "config": json.dumps({"format": self.source}),
            "status": "trained",
            **{column: value for column, value in self.fields.items() if value is not None},
            **self.given.run,
            "source": self.source,
            "target": target,
        }
        told = [self.source, self.identity, target, sorted(self.given.run.items())]
        run_id = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
        named = {table: [{"run_id": run_id, **row} for row in rows] for table, rows in tables.items()}
        return ForeignRun(run_id=run_id, record={**record, "run_id": run_id}, tables=named)

    def _cell(self, task: Any, split: Any, language: Any, noise: tuple[Any, Any, Any]) -> tuple[Any, ...]:
        said = self.given.cell
        found = naming.benchmark(name(said.get("task", task), "the task"))
        if "task" in said:
            found = naming.Benchmark(found.task, found.language or naming.benchmark(str(task)).language)
        code = said.get("language", language)
        code = found.language if code is None else _language(code)
        if code is None and found.task in catalog.task_names():
            raise Unfit(
                f"{found.task} has {len(catalog.task(found.task).languages)} languages and nothing says "
                "which; give it with --set language=CODE"
            )
        noisy = [
            said.get(column, one)
            for column, one in zip(("perturbation", "severity", "noise_seed"), noise, strict=True)
        ]
        return (
            found.task,
            name(said.get("split", split if split is not None else "test"), "the split"),
            code or naming.UNDETERMINED,
            *_noise(*noisy),
        )


def _metric(said: Any, task: str) -> str:
    theirs = name(said, "the metric")
    ours = naming.metric(theirs, task)
    if ours is None:
        raise Unfit(f"the warehouse has no metric '{theirs}' (see: xtb names metrics)")
    return ours


def _language(said: Any) -> str:
    theirs = name(said, "the language")
    ours = naming.language(theirs)
    if ours is None and not _CODE.fullmatch(theirs):
        raise Unfit(f"'{theirs}' is no code of a language")
    return ours or theirs


def _noise(perturbation: Any, severity: Any, seed: Any) -> tuple[str, int, int]:
    noise = name(perturbation, "the perturbation")
    level, drawn = count(severity, "severity"), count(seed, "noise_seed")
    if noise not in catalog.perturbation_names():
        raise Unfit(f"there is no perturbation '{noise}' (see: xtb names perturbations)")
    if level is None or drawn is None or level > 5 or (level == 0) != (noise == "clean"):
        raise Unfit(f"{noise} has no severity {level}")
    if noise == "clean" and drawn:
        raise Unfit("clean text has the noise seed 0")
    return noise, level, drawn


def _columns(cell: tuple[Any, ...]) -> Row:
    return dict(zip(CELL_KEY, cell, strict=True))
