"""The built-in engine: worker processes on this machine.

Workers are started fresh (``spawn``), live until the study ends, and take one job after another:
importing torch and transformers costs seconds, most jobs of a small study less. On CPU each has one
thread (two threads of one process were 17 times slower than one on a busy machine), on GPU each has
one GPU. A worker that dies (killed, out of memory) is replaced and its job tried once more.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from xtb.engines.worker import interrupt, work
from xtb.errors import XtbError
from xtb.jobs import Ended, Job, Setting
from xtb.progress import Progress, Report
from xtb.stop import Stop

_TRIES = 2
_GPU_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
_PATIENCE = 120.0  # seconds a worker has to save its work after a stop
_QUIET = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    connection: Connection
    slot: int
    job: Job | None = None
    share: float = 0.0  # of its job


@dataclass(slots=True)
class _Board:
    """The jobs by what is known of them."""

    jobs: Mapping[str, Job]
    waiting: dict[str, Job]
    ended: dict[str, Ended] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    fatal: str | None = None

    def ready(self) -> Job | None:
        """The first waiting job whose needs are met."""
        return next((job for job in self.waiting.values() if all(map(self._met, job.after))), None)

    def doomed(self) -> list[tuple[Job, Ended]]:
        """Waiting jobs that need one that failed, with how that ended."""
        return [
            (job, self.ended[name])
            for job in self.waiting.values()
            for name in job.after
            if name in self.ended and self.ended[name].how != "done"
        ]

    def _met(self, name: str) -> bool:
        return name not in self.jobs or (name in self.ended and self.ended[name].how == "done")


def run_jobs(
    jobs: Sequence[Job],
    setting: Setting,
    *,
    workers: int,
    stop: Stop,
    report: Report,
    on_end: Callable[[Job, Ended], None],
) -> dict[str, Ended]:
    """Run jobs in worker processes, each after those it needs.

    Args:
        jobs: what is left of a study.
        setting: where.
        workers: processes at once.
        stop: when requested, workers save and end; what has not begun stays waiting.
        report: hears of progress over all jobs.
        on_end: hears of each job that ended, also of those that cannot begin because one they need failed.

    Returns:
        How each job ended that did. Jobs are missing only after a stop.

    Raises:
        XtbError: no job can go on (the disk is full or read-only).
    """
    todo = {job.job_id: job for job in jobs}
    board = _Board(jobs=todo, waiting=dict(todo))
    crew: list[_Worker] = []
    clock = _Effort(jobs)
    gpus = _gpus(setting.device)
    try:
        while board.waiting or any(worker.job for worker in crew):
            if board.fatal:
                raise XtbError(f"the study cannot go on: {board.fatal}. What was done is kept")
            if not stop.requested:
                _staff(crew, board, setting, min(workers, len(board.waiting) + _busy(crew)), gpus)
                _hand_out(crew, board)
            elif not _busy(crew):
                break
            for worker in _news(crew, stop):
                _listen(worker, crew, board, report, clock, stop, on_end)
            _drop_doomed(board, on_end)
    except KeyboardInterrupt:  # the second Ctrl-C: now
        _dismiss(crew, patience=0.0)
        raise
    finally:
        _dismiss(crew, patience=_PATIENCE if stop.requested else 10.0)
    return board.ended


def default_workers(device: str = "auto") -> int:
    """One a GPU, else one a core this process may use."""
    return _gpus(device) or len(os.sched_getaffinity(0))


def _staff(crew: list[_Worker], board: _Board, setting: Setting, wanted: int, gpus: int) -> None:
    while len(crew) < wanted:
        slot = next(n for n in range(len(crew) + 1) if n not in [worker.slot for worker in crew])
        crew.append(_start(setting, slot, gpus))


def _start(setting: Setting, slot: int, gpus: int) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, setting), daemon=True)
    values = _QUIET | {"OMP_NUM_THREADS": str(setting.threads)}
    if gpus:
        values["CUDA_VISIBLE_DEVICES"] = _visible(slot % gpus)
    with _environment(values), _no_keyboard():
        process.start()
    theirs.close()
    return _Worker(process=process, connection=ours, slot=slot)


def _hand_out(crew: list[_Worker], board: _Board) -> None:
    for worker in crew:
        job = board.ready() if worker.job is None else None
        if job is None:
            continue
        try:
            worker.connection.send(job)
        except OSError:  # it died while idle; its sentinel tells
            continue
        worker.job, worker.share = board.waiting.pop(job.job_id), 0.0
        board.tries[job.job_id] = board.tries.get(job.job_id, 0) + 1


def _news(crew: list[_Worker], stop: Stop) -> Iterator[_Worker]:
    """Workers that said something or died, after half a second at most; tells them of a stop."""
    if stop.requested:
        for worker in crew:
            if worker.process.pid is not None:
                interrupt(worker.process.pid)
    events = [worker.connection for worker in crew] + [worker.process.sentinel for worker in crew]
    happened = wait(events, timeout=0.5)
    yield from [w for w in crew if w.connection in happened or w.process.sentinel in happened]


def _listen(
    worker: _Worker,
    crew: list[_Worker],
    board: _Board,
    report: Report,
    clock: "_Effort",
    stop: Stop,
    on_end: Callable[[Job, Ended], None],
) -> None:
    try:
        while worker.connection.poll():
            message = worker.connection.recv()
            if isinstance(message, Progress):
                worker.share = message.done / message.total if message.total else 0.0
                report(clock.news(crew, board, message))
            elif worker.job is not None:
                job, worker.job = worker.job, None
                if message.how == "fatal":
                    board.fatal = message.note
                if message.how in ("done", "failed"):
                    board.ended[job.job_id] = message
                    on_end(job, message)
    except (EOFError, OSError):
        _bury(worker, crew, board, on_end, stop)
        return
    if not worker.process.is_alive():
        _bury(worker, crew, board, on_end, stop)


def _bury(
    worker: _Worker, crew: list[_Worker], board: _Board, on_end: Callable[[Job, Ended], None], stop: Stop
) -> None:
    """A worker is gone: its job waits again, or has failed when it was tried before."""
    worker.process.join()
    worker.connection.close()
    crew.remove(worker)
    job = worker.job
    if job is None or stop.requested:
        return
    if board.tries[job.job_id] < _TRIES:
        board.waiting = {job.job_id: job, **board.waiting}
        return
    code = worker.process.exitcode
    note = f"the worker died {_TRIES} times (exit code {code}{', killed' if code == -9 else ''})"
    board.ended[job.job_id] = Ended(job_id=job.job_id, how="failed", note=note)
    on_end(job, board.ended[job.job_id])


def _drop_doomed(board: _Board, on_end: Callable[[Job, Ended], None]) -> None:
    while doomed := board.doomed():
        for job, cause in doomed:
            if board.waiting.pop(job.job_id, None) is None:
                continue
            note = f"a stage it needs failed: {cause.note}"
            board.ended[job.job_id] = Ended(job_id=job.job_id, how="failed", note=note)
            on_end(job, board.ended[job.job_id])


def _dismiss(crew: list[_Worker], *, patience: float) -> None:
    """End all workers: they have so many seconds to save their work."""
    for worker in crew:
        worker.connection.close()
    limit = time.monotonic() + patience
    while crew:
        worker = crew.pop()
        worker.process.join(max(0.0, limit - time.monotonic()))
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _busy(crew: Sequence[_Worker]) -> int:
    return sum(worker.job is not None for worker in crew)


class _Effort:
    """Progress over all jobs, weighted by their cost; time left from the pace so far."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._total = sum(job.cost for job in jobs)
        self._start = time.monotonic()

    def news(self, crew: Sequence[_Worker], board: _Board, last: Progress) -> Progress:
        spent = sum(job.cost for job in self._jobs if job.job_id in board.ended)
        spent += sum(worker.job.cost * worker.share for worker in crew if worker.job is not None)
        left = (time.monotonic() - self._start) / spent * (self._total - spent) if spent > 0 else None
        return Progress(
            work=last.work,
            done=len(board.ended),
            total=len(self._jobs),
            share=spent / self._total if self._total else None,
            seconds_left=left,
            note=last.note,
        )


@contextmanager
def _no_keyboard() -> Iterator[None]:
    """A child started within ignores SIGINT from its first instruction on; it is told to stop by SIGTERM."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Variables for a child that is started within; ours are as before afterwards."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _gpus(device: str) -> int:
    """GPUs that workers can have; 0 on CPU."""
    if device == "cpu" or not any(Path(name).exists() for name in _GPU_FILES):
        return 0  # torch takes seconds to import
    import torch

    return torch.cuda.device_count()


def _visible(number: int) -> str:
    """What ``CUDA_VISIBLE_DEVICES`` has to be for the ``number``-th GPU this process sees."""
    ours = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    return ours[number] if ours else str(number)
