"""Evaluation: the whole grid of cells of a run in one pass, each distinct encoder input once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from ingest.example import Candidate, Example
from ingest.source import Source
from ingest.task import Task
from xtb.model import TaskModel
from xtb.spec import Cell


class Evaluated(NamedTuple):
    """A finished cell: its rows of the warehouse tables ``outcome`` and ``score``."""

    cell: Cell
    outcomes: pl.DataFrame
    scores: pl.DataFrame


def evaluate(
    model: TaskModel,
    task: Task,
    cells: Sequence[Cell],
    source: Source,
    *,
    run_id: str,
    limit: int | None = None,
    max_length: int | None = None,
    stride: int | None = None,
    batch_tokens: int = 8192,
    chunk_examples: int = 20_000,
    bf16: bool = False,
) -> Iterator[Evaluated]:
    """Evaluates cells of one task; each is yielded as soon as it is done.

    Args:
        model: the trained model; it is put into evaluation mode.
        task: the task of all the cells.
        cells: the cells still to do, in any order; yielded by split and language.
        source: where the examples come from.
        run_id: goes into the rows.
        limit: examples of a cell (``ingest.task.take``), None for all.
        max_length: most tokens of a row; None for the task's default.
        stride: overlap of windows; None for the task's default.
        batch_tokens: tokens of a batch, padding counted.
        chunk_examples: cells are taken in groups of about as many examples, which bounds memory and the
            work lost when the process is killed.
        bf16: autocast to bfloat16 (GPU).

    Raises:
        IngestError: a benchmark file is missing or damaged.
    """
    raise NotImplementedError


def outcomes(
    model: TaskModel,
    task: Task,
    examples: Sequence[Example],
    language: str,
    *,
    pool: Sequence[Candidate] = (),
    max_length: int | None = None,
    stride: int | None = None,
    batch_tokens: int = 8192,
    bf16: bool = False,
) -> pl.DataFrame:
    """Outcomes of clean examples, for dev scores during training.

    Returns:
        One row an example in their order: ``example_id, correct, prediction, exact, units, hits, predicted, gold``.
        ``xtb.metrics.score(frame, task.metric)`` is the dev score.
    """
    raise NotImplementedError
