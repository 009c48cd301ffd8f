"""Evaluate cells of a trained run and publish them, going on where an earlier evaluation ended."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from ingest import catalog
from ingest.task import Task
from warehouse.errors import KnownError, UsageError
from xtb import files, run
from xtb.cellwriter import CellWriter, same_sample
from xtb.checkpoint import read_finished
from xtb.encoder import load_encoder
from xtb.errors import BadRun, XtbError
from xtb.evaluate import Evaluated, evaluate
from xtb.featurecache import FeatureCache
from xtb.layout import lock_file
from xtb.lock import locked
from xtb.mending import mend, set_aside
from xtb.model import TaskModel, build_model
from xtb.place import Place, pick_device
from xtb.pooling import Pooling
from xtb.progress import Progress
from xtb.run import Run
from xtb.spec import Cell

SHARD_SECONDS = 15.0
_GROUP = 20_000  # examples that go through the model together


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How an evaluation ended: cells asked for, of them done before, done now; damaged files it set aside."""

    asked: int
    before: int
    now: int
    aside: tuple[Path, ...] = ()

    @property
    def damage(self) -> str:
        """Words on the damaged files, to end a sentence with."""
        return "".join(f"; {shard} was damaged and is set aside" for shard in self.aside)


def evaluate_run(
    found: Run,
    cells: Iterable[Cell],
    place: Place,
    *,
    limit: int | None = None,
    shard_seconds: float = SHARD_SECONDS,
) -> Measured:
    """Evaluate the cells that are not done yet.

    Args:
        found: a trained run.
        cells: what is to be there in the end.
        place: where.
        limit: examples of a cell (a stable sample), None for all.
        shard_seconds: finished cells are published at least so often; what a kill may cost, beside the group
            of cells in work.

    Raises:
        BadRun: the run is not trained, its weights are gone, or it was measured on another sample before.
        UsageError: the run cannot do one of the tasks.
        Interrupted: asked to stop; finished cells are published.
        Busy: another process still evaluates the run after the place's time to wait.
        XtbError: some cells could not be evaluated; the others are published.
    """
    wanted = list(dict.fromkeys(cells))
    if not found.trained:
        raise BadRun(f"run {found.run_id} is not trained: {found.record['error'] or found.record['status']}")

    def wait(note: str) -> None:
        place.report(Progress(work=f"evaluate {found.run_id[:8]}", note=note))

    lock = lock_file(place.runs, f"run-{found.run_id}")
    with locked(lock, on_wait=wait, check=place.stop.check, wait_seconds=place.wait_seconds):
        files.sweep(found.folder)
        aside = set_aside(found)
        mend(found)
        same_sample(found, wanted, limit)
        done = run.cells_done(found.folder)
        todo = [cell for cell in wanted if cell not in done]
        before = len(wanted) - len(todo)
        if before:
            note = f"{before} of {len(wanted)} cells were done before"
            work = f"evaluate {found.run_id[:8]}"
            place.report(Progress(work=work, done=before, total=len(wanted), note=note))
        writer = CellWriter(found, place, limit, total=len(wanted), before=before, seconds=shard_seconds)
        try:
            problems = _evaluate(found, todo, writer, place, limit)
        finally:  # whatever went wrong, finished cells are kept
            writer.flush()
    if problems:
        more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
        missing = len(todo) - len(writer.done)
        raise XtbError(f"{missing} of {len(wanted)} cells could not be evaluated: {problems[0]}{more}")
    return Measured(asked=len(wanted), before=before, now=len(writer.done), aside=tuple(aside))


def load_model(found: Run, task: Task, place: Place) -> TaskModel:
    """The run's weights with a head that fits a task, on the place's device.

    Raises:
        UsageError: the run has no such head.
        BadRun: the weights are gone or damaged.
    """
    finished = read_finished(place.runs, found.spec.stage_id(len(found.spec.stages) - 1)).verified()
    pooling = Pooling.of(found.spec.pooling)
    model = build_model(load_encoder(finished.encoder), task, seed=0, pooling=pooling)
    if model.layer.state_dict():  # retrieval has none
        model.layer.load_state_dict(finished.head(_trained_as(found, task)))
    place.share_texts(model, found.spec.encoder_fingerprint)
    return model.to(pick_device(place.device)).eval()


def _evaluate(
    found: Run, todo: Sequence[Cell], writer: CellWriter, place: Place, limit: int | None
) -> list[KnownError]:
    """Evaluate all cells, task by task. Data that cannot be read cost only their own language.

    Returns:
        What went wrong.
    """
    problems: list[KnownError] = []
    for cells in _groups(todo, "task"):
        task = catalog.task(cells[0].task).on(place.source)
        model = load_model(found, task, place)
        if task.kind == "retrieval":
            _publish_retriever(found, task, model)
        error = _try(found, model, task, cells, writer, place, limit)
        if error is None:
            continue
        groups = _groups([cell for cell in cells if cell not in writer.done], "split", "language")
        errors = [_try(found, model, task, group, writer, place, limit) for group in groups]
        problems += [error for error in errors if error is not None] or [error]
    return problems


def _publish_retriever(found: Run, task: Task, model: TaskModel) -> None:
    """Publish how the run makes vectors; the same row each time, so the same file."""
    pooling = model.pooling
    config: Any = model.encoder.config
    row = {
        "run_id": found.run_id,
        "task": task.name,
        "layer": pooling.layer,
        "layers": config.num_hidden_layers,
        "pooling": pooling.over,
        "special_tokens": pooling.special_tokens,
    }
    run.publish(found.folder, "retriever", run.frame("retriever", [row]))


def _try(
    found: Run,
    model: TaskModel,
    task: Task,
    cells: Sequence[Cell],
    writer: CellWriter,
    place: Place,
    limit: int | None,
) -> KnownError | None:
    """Evaluate cells of one task; returns the error that ended it, if one did."""
    try:
        for cell in _cells(found, model, task, cells, place, limit):
            writer.add(cell)
    except KnownError as error:
        if place.stop.requested:
            raise
        return error
    return None


def _cells(
    found: Run, model: TaskModel, task: Task, cells: Sequence[Cell], place: Place, limit: int | None
) -> Iterator[Evaluated]:
    """The cells of one task, evaluated as the run was trained: same lengths, and same precision on a GPU."""

    def on_batch(done: int, total: int) -> None:
        place.stop.check()

    return evaluate(
        model,
        task,
        cells,
        place.source,
        run_id=found.run_id,
        limit=limit,
        **evaluation_settings(found, task, place),
        chunk_examples=_GROUP if _is_fast(model) else _GROUP // 10,
        on_batch=on_batch,
        cache=FeatureCache(place.runs / "features"),
    )


class EvaluationSettings(TypedDict):
    """What ``xtb.evaluate.evaluate`` takes from the training of a run."""

    max_length: int | None
    stride: int | None
    bf16: bool


def evaluation_settings(found: Run, task: Task, place: Place) -> EvaluationSettings:
    """The lengths a run was trained with where that was on the same kind of task; its precision on a GPU."""
    stage = found.spec.stages[-1] if found.spec.stages else None
    same = stage is not None and catalog.task(stage.tasks[-1]).kind == task.kind
    return {
        "max_length": stage.max_length if stage is not None and same else None,
        "stride": stage.stride if stage is not None and same else None,
        "bf16": stage is not None and stage.precision == "bf16" and pick_device(place.device) != "cpu",
    }


def _is_fast(model: TaskModel) -> bool:
    """Does a group of cells take a minute or so at most? A kill costs the group in work."""
    return model.device.type != "cpu" or sum(p.numel() for p in model.encoder.parameters()) < 20_000_000


def _trained_as(found: Run, task: Task) -> str:
    """The trained task whose head can do this one."""
    trained = found.spec.stages[-1].tasks if found.spec.stages else ()
    for name in trained:
        part = catalog.task(name)
        if (part.kind, part.labels, part.labels_in) == (
            task.kind,
            () if task.labels_in else task.labels,
            task.labels_in,
        ):
            return name
    needs = f"{task.kind} ({', '.join(task.labels)})" if task.labels else task.kind
    raise UsageError(
        f"run {found.run_id[:8]} cannot be measured on '{task.name}': its head was trained on "
        f"{'+'.join(trained) or 'nothing'}, and '{task.name}' needs {needs}"
    )


def _groups(cells: Sequence[Cell], *names: str) -> list[list[Cell]]:
    """Cells with equal fields together, in the order they first came."""
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        groups.setdefault(tuple(getattr(cell, name) for name in names), []).append(cell)
    return list(groups.values())
