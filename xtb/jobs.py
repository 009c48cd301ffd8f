"""A study's work cut into jobs that any engine can run: a stage to train, or a run to finish and measure.

A job is done when what it publishes is there; its return value is only for the screen. That makes every
engine restartable: plan again, and run what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from warehouse.errors import UnknownName
from xtb.place import SAVE_SECONDS
from xtb.plan import Plan, RunNode, StageNode, stage_node
from xtb.progress import Progress
from xtb.spec import Cell, RunSpec
from xtb.study import PlannedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work for one worker.

    Attributes:
        job_id: stage id or run id.
        spec, encoder: the run, and where its encoder is loaded from.
        position: stage to train; None to publish the run and measure its cells.
        information: measure the information of its intermediate stages too.
        after: jobs that have to be done before.
        cost: of the job in tokens, about; for progress only.
        title: for people.
    """

    job_id: str
    spec: RunSpec
    encoder: str
    position: int | None
    cells: tuple[Cell, ...] = ()
    limit: int | None = None
    information: bool = False
    after: tuple[str, ...] = ()
    cost: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a worker works; it travels to the process, so it holds only plain values."""

    runs: Path
    data: str | None
    device: str = "auto"
    threads: int = 1
    save_seconds: float = SAVE_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a job ended, and what it did or why it failed; ``fatal``: no other job can go on either."""

    job_id: str
    how: Literal["done", "failed", "stopped", "fatal"]
    note: str


Message = Progress | Ended


def jobs_of(plan: Plan) -> list[Job]:
    """The jobs left of a plan; each comes after those it needs."""
    stages = [_stage_job(node) for node in plan.stages_left]
    left = {job.job_id for job in stages}
    runs = [_run_job(node, left) for node in plan.runs_left]
    needed = _needed(stages, runs)
    return [job for job in stages if job.job_id in needed] + runs


def job_named(planned: Sequence[PlannedRun], name: str) -> Job:
    """The job of a study that has this id, whether it is done or not.

    Raises:
        UnknownName: the study has no such job.
    """
    for one in planned:
        if one.spec.run_id == name:
            return _run_job(RunNode(run=one, state="waiting", error=None, left=one.cells), set())
        for trained, position in one.trainings:
            if trained.spec.stage_id(position) == name:
                return _stage_job(stage_node(trained, position, runs=1, state="waiting"))
    known = [one.spec.run_id for one in planned]
    known += [trained.spec.stage_id(at) for one in planned for trained, at in one.trainings]
    raise UnknownName("job", name, known, "xtb study plan STUDY --json")


def run_title(spec: RunSpec) -> str:
    """A run in words."""
    first = f" {spec.intermediate} ->" if spec.intermediate != "none" else ""
    robust = f" ({spec.robust} on {spec.robust_stage})" if spec.robust != "none" else ""
    return f"{spec.regime}{first} {spec.target}{robust}, seed {spec.seed}"


def _stage_job(node: StageNode) -> Job:
    spec = node.run.spec
    stage = spec.stages[node.position]
    names = [f"{part.task}{' without inputs' * part.blank}" for part in spec.stages[: node.position + 1]]
    examples = (stage.limit or 10_000) * stage.epochs * 64
    return Job(
        job_id=node.stage_id,
        spec=spec,
        encoder=node.run.encoder,
        position=node.position,
        after=(node.after,) if node.after else (),
        cost=3.0 * (stage.steps * stage.batch_tokens if stage.steps else examples),
        title=f"train {' -> '.join(names)}, seed {spec.seed}",
    )


def _run_job(node: RunNode, left: set[str]) -> Job:
    return Job(
        job_id=node.spec.run_id,
        spec=node.spec,
        encoder=node.run.encoder,
        position=None,
        cells=node.run.cells,
        limit=node.run.limit,
        information=node.run.information,
        after=tuple(need for need in node.needs if need in left),
        cost=1.0 + len(node.left) * (node.run.limit or 2_000) * 64.0,
        title=f"measure {run_title(node.spec)}",
    )


def _needed(stages: Sequence[Job], runs: Sequence[Job]) -> set[str]:
    """Stages that some run left needs, directly or through another stage."""
    by_id = {job.job_id: job for job in stages}
    found: set[str] = set()
    todo = [name for job in runs for name in job.after]
    while todo:
        name = todo.pop()
        if name in by_id and name not in found:
            found.add(name)
            todo += by_id[name].after
    return found
