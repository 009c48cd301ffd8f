"""The work of a study as a graph: stages that runs share, runs, cells; what is done, and what is left.

What is done is read from the run folders and checkpoints; the study itself keeps no state, so that it can be
started again after anything.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xtb import run
from xtb.errors import BadRun
from xtb.layout import is_finished, lock_file, saved_step
from xtb.lock import is_locked
from xtb.mending import without_outcomes
from xtb.nullmodel import unmeasured
from xtb.pace import Pace, read_pace
from xtb.spec import Cell, RunSpec
from xtb.study import PlannedRun

State = Literal["done", "running", "failed", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageNode:
    """One stage of one seed, trained once for all runs that begin with it.

    Attributes:
        run: a run that has it, at ``position``; the training of a null model is a run of its own.
        after: identity of the stage before; None for a first stage.
        runs: how many runs of the study share it.
        saved: step that a killed training would go on from.
    """

    stage_id: str
    run: PlannedRun
    position: int
    after: str | None
    runs: int
    state: State
    saved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNode:
    """One run: its state, and the cells it lacks. It is done when its last cell is, and its information."""

    run: PlannedRun
    state: State
    error: str | None
    left: tuple[Cell, ...]

    @property
    def spec(self) -> RunSpec:
        """What the run trains."""
        return self.run.spec

    @property
    def needs(self) -> tuple[str, ...]:
        """Identities of the trainings that it waits for; those wait for the ones before."""
        nulls = [null.spec.stage_ids[-1] for null in self.run.null_models]
        return (self.spec.stage_id(len(self.spec.stages) - 1), *nulls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A study's graph: stages in an order in which each comes after those it needs; runs after their stages.

    Attributes:
        naive: stages that training every run by itself would take.
    """

    stages: tuple[StageNode, ...]
    runs: tuple[RunNode, ...]
    naive: int
    pace: Pace

    @property
    def stages_left(self) -> list[StageNode]:
        """Stages that are not trained yet."""
        return [node for node in self.stages if node.state != "done"]

    @property
    def runs_left(self) -> list[RunNode]:
        """Runs that are not done yet."""
        return [node for node in self.runs if node.state != "done"]

    @property
    def cells(self) -> int:
        """Cells of all runs."""
        return sum(len(node.run.cells) for node in self.runs)

    @property
    def cells_left(self) -> int:
        """Cells that are not measured yet."""
        return sum(len(node.left) for node in self.runs)

    def seconds(self, workers: int = 1) -> float | None:
        """Time left with so many workers, from what was measured; None when something was never measured."""
        costs = [self.pace.stage_seconds(n.run.spec, n.position) for n in self.stages_left]
        for node in self.runs_left:
            for task, cells in Counter(cell.task for cell in node.left).items():
                each = self.pace.cell_seconds(node.spec, task)
                costs.append(None if each is None else each * cells)
        if any(cost is None for cost in costs):
            return None
        return sum(cost for cost in costs if cost is not None) / max(1, workers)


def make_plan(planned: Sequence[PlannedRun], runs: Path, *, thorough: bool = False) -> Plan:
    """The plan of runs, as things stand in the folder of runs.

    Args:
        planned: the runs.
        runs: folder of runs.
        thorough: look for damage in outcomes too, which reads all of them.
    """
    return Plan(
        stages=tuple(_stages(planned, runs)),
        runs=tuple(_run_node(one, runs, thorough=thorough) for one in planned),
        naive=sum(len(one.trainings) for one in planned),
        pace=read_pace(runs),
    )


def _stages(planned: Sequence[PlannedRun], runs: Path) -> list[StageNode]:
    """Distinct stages: those of depth 0 first, then those of depth 1, ..."""
    first: dict[str, tuple[PlannedRun, int]] = {}
    shared: dict[str, int] = {}
    for one in planned:
        for trained, position in one.trainings:
            stage_id = trained.spec.stage_id(position)
            first.setdefault(stage_id, (trained, position))
            shared[stage_id] = shared.get(stage_id, 0) + 1
    return [
        stage_node(
            one,
            position,
            runs=shared[stage_id],
            state=_stage_state(runs, stage_id),
            saved=saved_step(runs, stage_id),
        )
        for stage_id, (one, position) in sorted(first.items(), key=lambda item: item[1][1])
    ]


def stage_node(one: PlannedRun, position: int, *, runs: int, state: State, saved: int = 0) -> StageNode:
    """The node of a run's stage."""
    return StageNode(
        stage_id=one.spec.stage_id(position),
        run=one,
        position=position,
        after=one.spec.stage_id(position - 1) if position else None,
        runs=runs,
        state=state,
        saved=saved,
    )


def _stage_state(runs: Path, stage_id: str) -> State:
    if is_finished(runs, stage_id):
        return "done"
    return "running" if is_locked(lock_file(runs, stage_id)) else "waiting"


def _run_node(one: PlannedRun, runs: Path, *, thorough: bool) -> RunNode:
    folder = runs / one.spec.run_id
    state: State = "waiting"
    error = None
    done: set[Cell] = set()
    told = not one.information
    if (folder / run.RECORD).is_file():
        done = run.cells_done(folder) - (without_outcomes(folder) if thorough else set())
        try:
            told = told or not unmeasured(one.spec, folder)
            record = run.read_run(folder).record
            if record["status"] == "failed":
                state, error = "failed", str(record["error"])
        except BadRun as problem:
            state, error = "failed", str(problem)
        for shard in run.damaged(folder, "score"):
            state, error = "failed", f"{shard} is damaged. {run.REPAIR}"
    left = tuple(cell for cell in one.cells if cell not in done) if done else one.cells
    if not left and told and run.is_trained(one.spec, runs):
        state = "done"
    elif is_locked(lock_file(runs, f"run-{one.spec.run_id}")):
        state = "running"
    return RunNode(run=one, state=state, error=error, left=left)


def counts(nodes: Sequence[StageNode] | Sequence[RunNode]) -> Mapping[State, int]:
    """How many nodes are in each state."""
    found: dict[State, int] = {"done": 0, "running": 0, "failed": 0, "waiting": 0}
    for node in nodes:
        found[node.state] += 1
    return found
