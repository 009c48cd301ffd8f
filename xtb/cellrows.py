"""Cells as rows of the warehouse tables ``outcome`` and ``score``."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from ingest.example import Example
from warehouse.rows import OUTCOME, SCORE
from xtb.heads import Outcome
from xtb.metrics import score
from xtb.spec import Cell


def judged(examples: Sequence[Example], outcomes: Sequence[Outcome]) -> pl.DataFrame:
    """Outcomes beside the ids of their examples, with the types of the table ``outcome``."""
    names = ("example_id", *Outcome._fields)
    rows = [(example.id, *outcome) for example, outcome in zip(examples, outcomes, strict=True)]
    return pl.DataFrame(rows, schema={name: OUTCOME.columns[name] for name in names}, orient="row")


def outcome_rows(run_id: str, cell: Cell, outcomes: pl.DataFrame) -> pl.DataFrame:
    """The cell's rows of the table ``outcome``: its key beside what is known of each example."""
    key = [pl.lit(value).alias(name) for name, value in _key(run_id, cell).items()]
    return outcomes.with_columns(key).select(
        pl.col(name).cast(kind) for name, kind in OUTCOME.columns.items()
    )


def score_rows(run_id: str, cell: Cell, metrics: Sequence[str], outcomes: pl.DataFrame) -> pl.DataFrame:
    """The cell's rows of the table ``score``, one a metric."""
    counts = {"n": len(outcomes), "unchanged": int((~outcomes["changed"]).sum())}
    return _scores(run_id, cell, [{"metric": m, "value": score(outcomes, m), **counts} for m in metrics])


def refused_rows(run_id: str, cell: Cell, metrics: Sequence[str], n: int, why: str) -> pl.DataFrame:
    """Rows of the table ``score`` without a value, for a cell that was not evaluated."""
    return _scores(run_id, cell, [{"metric": m, "n": n, "unchanged": n, "error": why} for m in metrics])


def _scores(run_id: str, cell: Cell, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{**_key(run_id, cell), **row} for row in rows], schema=SCORE.schema)


def _key(run_id: str, cell: Cell) -> dict[str, Any]:
    return {"run_id": run_id, **asdict(cell)}
