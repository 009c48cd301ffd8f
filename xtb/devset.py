"""What a stage's weights are chosen on: the English dev data of its tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest import catalog
from ingest.example import Candidate, Example
from ingest.source import Source
from ingest.task import Task, take
from xtb.evaluate import outcomes
from xtb.metrics import score
from xtb.model import TaskModel
from xtb.spec import StageSpec

SPLITS = ("validation", "dev")


@dataclass(frozen=True, slots=True, kw_only=True)
class DevPart:
    """The dev examples of one task."""

    task: Task
    split: str
    language: str
    examples: Sequence[Example]
    pool: Sequence[Candidate] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DevSet:
    """Dev examples of the tasks of a stage; false when no task has any."""

    parts: Sequence[DevPart]
    stage: StageSpec

    def __bool__(self) -> bool:
        return bool(self.parts) and self.stage.evaluations > 0

    @property
    def metric(self) -> str | None:
        """The headline metric, joined by ``+`` for a mixture; None without dev data."""
        return "+".join(part.task.metric for part in self.parts) if self else None

    @property
    def chance(self) -> float | None:
        """What a guesser scores, on average over the tasks; None where one of them does not state it."""
        values = [part.task.chance for part in self.parts if part.task.chance is not None]
        return sum(values) / len(values) if self and len(values) == len(self.parts) else None

    def score(self, models: Mapping[str, TaskModel], *, bf16: bool = False) -> float:
        """Mean over the tasks of the headline metric."""
        values = [self._score(part, models[part.task.name], bf16) for part in self.parts]
        return sum(values) / len(values)

    def rule(self, total: int, *, ended: int | None = None) -> str:
        """The selection rule in words, as it is stored with the run.

        Args:
            total: steps of the stage.
            ended: the step at which patience ran out; None where it did not.
        """
        if not self:
            return "last step (no dev data)" if self.stage.evaluations else "last step"
        sets = ", ".join(
            f"{part.task.metric} on {part.task.name} {part.split} {part.language} (n={len(part.examples)})"
            for part in self.parts
        )
        times = min(self.stage.evaluations, total)
        mean = "mean of " if len(self.parts) > 1 else ""
        rule = f"best of {times} evaluations: {mean}{sets}; the earliest on ties"
        if self.stage.patience is None:
            return rule
        when = "never reached" if ended is None else f"ended at step {ended} of {total}"
        return f"{rule}; patience {self.stage.patience}, {when}"

    def _score(self, part: DevPart, model: TaskModel, bf16: bool) -> float:
        frame = outcomes(
            model,
            part.task,
            part.examples,
            part.language,
            pool=part.pool,
            max_length=self.stage.max_length,
            stride=self.stage.stride,
            bf16=bf16,
        )
        return score(frame, part.task.metric)


def read_dev(stage: StageSpec, source: Source) -> DevSet:
    """The dev data of a stage: English where there is English, else the stage's first language that has some.

    Raises:
        IngestError: a file is missing or damaged.
    """
    tasks = [catalog.task(name).on(source) for name in stage.tasks] if stage.evaluations else []
    parts = [_read(task, stage, source) for task in tasks]
    return DevSet(parts=[part for part in parts if part is not None], stage=stage)


def _read(task: Task, stage: StageSpec, source: Source) -> DevPart | None:
    split = next((name for name in SPLITS if name in task.splits), SPLITS[0])
    there = task.splits.get(split, ())
    language = next((code for code in ("en", *stage.languages) if code in there), None)
    if language is None:
        return None
    examples = take(task.read(source, split, language), stage.dev_limit)
    pool = task.pool(source, split, language) if task.pool is not None else ()
    return DevPart(task=task, split=split, language=language, examples=examples, pool=pool)
