"""Scores as others state them, held against the outcomes of single examples that came with them."""

import math
from collections.abc import Callable
from typing import Any

from ingest import catalog
from ingest.results.place import Place, Row
from ingest.results.values import Unfit
from warehouse.rows import CELL_KEY, METRICS

ROUNDED = 5.1e-4
"""A stated score this near to what its outcomes give is that number, rounded; the exact one is kept."""

Cell = tuple[Any, ...]
Scores = dict[tuple[Any, ...], tuple[Row, Place]]
Outcomes = dict[Cell, dict[str, tuple[Row, Place]]]


def settle(scores: Scores, outcomes: Outcomes, reject: Callable[[Place, Unfit, Any], None]) -> None:
    """Make the two agree, as ``xtb check`` asks: outcomes that contradict their score are left out.

    Scores of a cell with outcomes get their exact value and counts; outcomes without any score get one.

    Args:
        scores: (*cell, metric) -> row; changed.
        outcomes: cell -> example -> row; changed.
        reject: told of each outcome that is left out.
    """
    stated: dict[Cell, dict[str, Row]] = {}
    for key, (row, _) in scores.items():
        stated.setdefault(key[:-1], {})[key[-1]] = row
    for cell, found in list(outcomes.items()):
        rows = [row for row, _ in found.values()]
        told = stated.get(cell, {})
        try:
            computed = {metric: _aggregate(rows, metric) for metric in told}
            for metric, value in computed.items():
                _agree(cell, metric, told[metric], value, len(rows))
        except Unfit as unfit:
            for row, place in found.values():
                reject(place, unfit, row["example_id"])
            del outcomes[cell]
            continue
        for metric in () if told else _metrics_of(cell[0], rows):
            told[metric] = {key: rows[0][key] for key in CELL_KEY} | {"metric": metric, "error": None}
            computed[metric] = _aggregate(rows, metric)
            scores[(*cell, metric)] = told[metric], next(iter(found.values()))[1]
        for metric, row in told.items():
            if computed[metric] is not None:
                row["value"] = computed[metric]
            row["n"], row["unchanged"] = len(rows), sum(not one["changed"] for one in rows)


def _metrics_of(task: str, rows: list[Row]) -> list[str]:
    """The metrics that outcomes without a stated score give."""
    if all(row["exact"] is not None for row in rows):
        return ["mlqa_f1", "mlqa_exact_match"] if task == "mlqa" else ["f1", "exact_match"]
    headline = catalog.task(task).metric if task in catalog.task_names() else "accuracy"
    return [headline if METRICS[headline] == "mean_correct" else "accuracy"]


def _aggregate(rows: list[Row], metric: str) -> float | None:
    """The metric over outcomes; None for one that outcomes do not give."""
    aggregate = METRICS[metric]
    if aggregate == "none":
        return None
    column = {"mean_correct": "correct", "mean_exact": "exact"}.get(aggregate)
    if column is None or any(row[column] is None for row in rows):
        raise Unfit(f"{metric} cannot be computed from these outcomes, so they are left out")
    return math.fsum(row[column] for row in rows) / len(rows)


def _agree(cell: tuple[Any, ...], metric: str, stated: Row, computed: float | None, rows: int) -> None:
    where = f"{metric} of {'/'.join(map(str, cell[:3]))}"
    if stated["n"] is not None and stated["n"] != rows:
        raise Unfit(f"{where} is stated for {stated['n']:,} examples, here are outcomes of {rows:,}")
    if computed is not None and abs(computed - stated["value"]) > ROUNDED:
        raise Unfit(f"{where} is stated as {stated['value']:.4f}, these outcomes give {computed:.4f}")
