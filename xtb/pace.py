"""How long work took here before, read from checkpoints and shards, to say how long it will take."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xtb import run
from xtb.errors import BadRun
from xtb.spec import RunSpec, StageSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Measured times.

    Attributes:
        stages: seconds of finished stages by what was trained, seeds apart.
        tokens: seconds a token of the budget, by encoder.
        cells: seconds a cell, by encoder and task.
    """

    stages: Mapping[str, float] = field(default_factory=dict)
    tokens: Mapping[str, float] = field(default_factory=dict)
    cells: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def stage_seconds(self, spec: RunSpec, position: int) -> float | None:
        """Seconds a stage takes: as a stage like it took, else by its tokens; None when nothing is known."""
        stage = spec.stages[position]
        like = self.stages.get(_kind(spec.encoder_fingerprint, stage))
        if like is not None:
            return like
        each = self.tokens.get(spec.encoder_fingerprint)
        return None if each is None or stage.steps is None else each * stage.steps * stage.batch_tokens

    def cell_seconds(self, spec: RunSpec, task: str) -> float | None:
        """Seconds a cell takes: as a cell of the task with the encoder did, else of any task."""
        encoder = spec.encoder_fingerprint
        exact = self.cells.get((encoder, task))
        if exact is not None:
            return exact
        others = [seconds for (name, _), seconds in self.cells.items() if name == encoder]
        return sum(others) / len(others) if others else None


def read_pace(runs: Path) -> Pace:
    """What the finished stages and the published cells below a folder of runs say."""
    kinds: dict[str, list[float]] = defaultdict(list)
    tokens: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for path in sorted(runs.glob("checkpoints/*/stage.json")):
        try:
            record = json.loads(path.read_text())
            if not record.get("stages"):
                continue
            row, encoder = record["row"], record["encoder_fingerprint"]
            kind, seconds = _kind(encoder, StageSpec.from_values(record["stages"][-1])), float(row["seconds"])
            trained = (seconds, int(row["steps"]) * int(row["batch_tokens"]))
        except (ValueError, KeyError, TypeError):  # damaged: whoever needs the stage is told
            continue
        kinds[kind].append(seconds)
        tokens[encoder].append(trained)
    cells: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for folder in run.run_folders(runs):
        try:
            record = run.read_run(folder).record
        except BadRun:  # damaged: a study that has the run names it
            continue
        for facts in run.metadata(folder, "score"):
            if "seconds" in facts:
                key = (record["encoder_fingerprint"], str(record["target"]))
                cells[key].append((float(facts["seconds"]), int(facts["cells"])))
    return Pace(
        stages={kind: sum(seconds) / len(seconds) for kind, seconds in kinds.items()},
        tokens={encoder: _rate(pairs) for encoder, pairs in tokens.items()},
        cells={key: _rate(pairs) for key, pairs in cells.items()},
    )


def _kind(encoder: str, stage: StageSpec) -> str:
    return f"{encoder} {stage}"


def _rate(pairs: list[tuple[float, int]]) -> float:
    return sum(seconds for seconds, _ in pairs) / max(1, sum(count for _, count in pairs))
