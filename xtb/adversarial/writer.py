"""Publishing blocks of an attack so that a kill loses none that was told done and doubles none."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.example import Example
from xtb import run, versions
from xtb.adversarial import stored
from xtb.adversarial.cell import AttackCell, rows_of
from xtb.place import Place
from xtb.progress import Clock, Progress
from xtb.run import Run

BLOCK = 64
"""Examples attacked side by side, and published together."""


class Writer:
    """Publishes blocks of an attack, and in the end the row that says it is finished.

    Args:
        found: the run that is attacked.
        cell: the attack.
        place: who is told, and who may ask to stop.
        total: examples.
        seconds: time between two shards at most.
    """

    def __init__(self, found: Run, cell: AttackCell, place: Place, total: int, seconds: float) -> None:
        self._found, self._cell, self._place, self._total = found, cell, place, total
        self._key = cell.key(found.run_id)
        self._seconds = seconds
        self._done = set(rows_of(found, "attack_outcome", cell)["example_id"])
        self._clock = Clock(len(self._done))
        self._waiting: list[dict[str, Any]] = []
        self._began = time.monotonic()

    def todo(self, examples: Sequence[Example]) -> Iterator[Sequence[Example]]:
        """The blocks that are not published yet."""
        for at in range(0, len(examples), BLOCK):
            block = examples[at : at + BLOCK]
            if not self._done.issuperset(example.id for example in block):
                yield block

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Take a finished block; publish when it is time."""
        self._waiting += rows
        self._done.update(row["example_id"] for row in rows)
        self._place.report(
            Progress(
                work=f"attack {self._found.run_id[:8]} {self._cell.task}",
                done=len(self._done),
                total=self._total,
                seconds_left=self._clock.left(len(self._done), self._total),
                note=f"{self._cell.language} {self._cell.attack}",
            )
        )
        if self._place.stop.requested or time.monotonic() - self._began >= self._seconds:
            self.flush()
        self._place.stop.check(f"{len(self._done)} of {self._total} examples are done")

    def flush(self) -> None:
        """Publish what was collected."""
        if self._waiting:
            made = stored.frame(self._key, self._waiting)
            run.publish(self._found.folder, "attack_outcome", made, self._facts())
            self._waiting.clear()
        self._began = time.monotonic()

    def finish(self, error: str | None = None) -> None:
        """Publish the row of the attack, with the counts of all its outcomes."""
        row: dict[str, Any] = {**self._key, "error": error}
        if error is None:
            outcomes = rows_of(self._found, "attack_outcome", self._cell)
            row |= {
                "n": len(outcomes),
                "clean_right": int(outcomes["clean_right"].sum()),
                "fooled": int(outcomes["fooled"].sum()),
                "verified": int(outcomes["verified"].fill_null(False).sum()),
            }
        run.publish(self._found.folder, "attack", run.frame("attack", [row]), self._facts())

    def _facts(self) -> dict[str, str]:
        return {"code_version": versions.code_version(), "environment": versions.environment_json()}
