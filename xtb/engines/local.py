"""The built-in engine: worker processes on this machine.

Workers live until the study ends and take one job after another: importing torch and transformers costs
seconds, most jobs of a small study less. On CPU each has one thread (two threads of one process were 17
times slower than one on a busy machine), on GPU each has one GPU. A worker that dies (killed, out of
memory) is replaced and its job tried once more.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from xtb.engines import crew as crews
from xtb.engines.crew import Worker
from xtb.errors import XtbError
from xtb.jobs import Ended, Job, Setting
from xtb.progress import Progress, Report
from xtb.stop import Stop

OnEnd = Callable[[Job, Ended], None]

_TRIES = 2
_PATIENCE = 120.0  # seconds a worker has to save its work after a stop
_BECAUSE = "a stage it needs failed: "


@dataclass(slots=True)
class Board:
    """The jobs by what is known of them."""

    jobs: Mapping[str, Job]
    waiting: dict[str, Job]
    report: Report
    on_end: OnEnd
    ended: dict[str, Ended] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    fatal: str | None = None

    def ready(self) -> Job | None:
        """The first waiting job whose needs are met."""
        return next((job for job in self.waiting.values() if all(map(self._met, job.after))), None)

    def take(self, job: Job) -> Job:
        """A worker takes the job."""
        self.tries[job.job_id] = self.tries.get(job.job_id, 0) + 1
        return self.waiting.pop(job.job_id)

    def end(self, job: Job, ended: Ended) -> None:
        """A job ended for good; what needs it and cannot be has failed with it."""
        self.ended[job.job_id] = ended
        self.on_end(job, ended)
        if ended.how == "done":
            return
        note = _BECAUSE + ended.note.removeprefix(_BECAUSE)
        for other in [other for other in self.waiting.values() if job.job_id in other.after]:
            if self.waiting.pop(other.job_id, None) is not None:
                self.end(other, Ended(job_id=other.job_id, how="failed", note=note))

    def lost(self, job: Job, code: int | None) -> None:
        """The worker of a job died: it waits again, first in line, or has failed when it was tried before."""
        if self.tries[job.job_id] < _TRIES:
            self.waiting = {job.job_id: job, **self.waiting}
            return
        note = f"the worker died {_TRIES} times (exit code {code}{', killed' if code == -9 else ''})"
        self.end(job, Ended(job_id=job.job_id, how="failed", note=note))

    def _met(self, name: str) -> bool:
        return name not in self.jobs or (name in self.ended and self.ended[name].how == "done")


def run_jobs(
    jobs: Sequence[Job], setting: Setting, *, workers: int, stop: Stop, report: Report, on_end: OnEnd
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
    board = Board(jobs=todo, waiting=dict(todo), report=report, on_end=on_end)
    crew: list[Worker] = []
    effort = _Effort(jobs)
    gpus = crews.count_gpus(setting.device)
    try:
        while board.waiting or _busy(crew):
            if board.fatal:
                raise XtbError(f"the study cannot go on: {board.fatal}. What was done is kept")
            if stop.requested:
                crews.ask_to_stop(crew)
                if not _busy(crew):
                    break
            else:
                _staff(crew, setting, min(workers, len(board.waiting) + _busy(crew)), gpus)
                _hand_out(crew, board)
            for worker in crews.hearing(crew, 0.5):
                _listen(worker, crew, board, effort, stop)
    except KeyboardInterrupt:  # the second Ctrl-C: now
        crews.dismiss(crew, patience=0.0)
        raise
    finally:
        crews.dismiss(crew, patience=_PATIENCE if stop.requested or board.fatal else 10.0)
    return board.ended


def _staff(crew: list[Worker], setting: Setting, wanted: int, gpus: int) -> None:
    while len(crew) < wanted:
        slot = next(n for n in range(len(crew) + 1) if n not in [worker.slot for worker in crew])
        crew.append(crews.start(setting, slot, gpus))


def _hand_out(crew: Sequence[Worker], board: Board) -> None:
    for worker in crew:
        job = board.ready() if worker.job is None else None
        if job is None:
            continue
        try:
            worker.connection.send(job)
        except OSError:  # it died while idle, and will be heard
            continue
        worker.job, worker.share = board.take(job), 0.0


def _listen(worker: Worker, crew: list[Worker], board: Board, effort: "_Effort", stop: Stop) -> None:
    try:
        while worker.connection.poll():
            message = worker.connection.recv()
            if isinstance(message, Progress):
                worker.share = message.done / message.total if message.total else 0.0
                board.report(effort.news(crew, board, message))
            elif worker.job is not None:
                job, worker.job = worker.job, None
                if message.how == "fatal":
                    board.fatal = message.note
                elif message.how != "stopped":
                    board.end(job, message)
    except (EOFError, OSError):
        crew.remove(worker)
        worker.connection.close()
        code = worker.process.wait()
        if worker.job is not None and not stop.requested:
            board.lost(worker.job, code)


def _busy(crew: Sequence[Worker]) -> int:
    return sum(worker.job is not None for worker in crew)


class _Effort:
    """Progress over all jobs, weighted by their cost; time left from the pace so far."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._total = sum(job.cost for job in jobs)
        self._start = time.monotonic()

    def news(self, crew: Sequence[Worker], board: Board, last: Progress) -> Progress:
        """The last news of a worker with the progress of all."""
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
