"""Publishing finished cells so that a kill at any moment loses none that was told done and doubles none."""

import json
import time
from collections.abc import Sequence

import polars as pl

from xtb import run, versions
from xtb.errors import BadRun
from xtb.evaluate import Evaluated
from xtb.place import Place
from xtb.progress import Clock, Progress
from xtb.run import Run
from xtb.spec import Cell


class CellWriter:
    """Collects finished cells and publishes them in shards, outcomes before scores.

    Args:
        found: the run.
        place: who is told, and who may ask to stop.
        limit: examples of a cell, kept in the shards so that no other sample is added later.
        total, before: cells asked for, and of them done earlier.
        seconds: time between two shards at most.
    """

    def __init__(
        self, found: Run, place: Place, limit: int | None, *, total: int, before: int, seconds: float
    ) -> None:
        self.done: set[Cell] = set()
        self._found, self._place, self._limit = found, place, limit
        self._total, self._before, self._seconds = total, before, seconds
        self._clock = Clock(before)
        self._waiting: list[Evaluated] = []
        self._began = time.monotonic()

    def add(self, cell: Evaluated) -> None:
        """Take a finished cell; publish when it is time.

        Raises:
            Interrupted: a stop was asked for; everything finished is published.
        """
        self._waiting.append(cell)
        self.done.add(cell.cell)
        count = self._before + len(self.done)
        self._place.report(
            Progress(
                work=f"evaluate {self._found.run_id[:8]} {cell.cell.task}",
                done=count,
                total=self._total,
                seconds_left=self._clock.left(count, self._total),
                note=f"{cell.cell.language} {cell.cell.perturbation} {cell.cell.severity}",
            )
        )
        if self._place.stop.requested or time.monotonic() - self._began >= self._seconds:
            self.flush()
        self._place.stop.check(f"{count} of {self._total} cells are done")

    def flush(self) -> None:
        """Publish what was collected."""
        if not self._waiting:
            return
        facts = {
            "seconds": f"{time.monotonic() - self._began:.3f}",
            "cells": str(len(self._waiting)),
            "limit": json.dumps(self._limit),
            "code_version": versions.code_version(),
            "environment": versions.environment_json(),
        }
        outcomes = pl.concat([cell.outcomes for cell in self._waiting])
        if not outcomes.is_empty():
            run.publish(self._found.folder, "outcome", outcomes, facts)
        run.publish(self._found.folder, "score", pl.concat([cell.scores for cell in self._waiting]), facts)
        self._waiting.clear()
        self._began = time.monotonic()


def same_sample(found: Run, wanted: Sequence[Cell], limit: int | None) -> None:
    """Refuse cells on another sample of examples: they would not be paired with those that are there.

    Raises:
        BadRun: the run holds cells of one of the tasks with another limit.
    """
    for shard in found.folder.glob("score-*.parquet"):
        before = json.loads(pl.read_parquet_metadata(shard).get("limit", "false"))
        if before is False or before == limit:
            continue
        tasks = {cell.task for cell in run.cells_of(pl.read_parquet(shard))} & {cell.task for cell in wanted}
        if tasks:
            raise BadRun(
                f"run {found.run_id[:8]} was measured on {before or 'all'} examples a cell of '{min(tasks)}' "
                f"before, now on {limit or 'all'}; give the same --limit, or another --runs folder"
            )
