"""What is known of the jobs of a study while an engine works: who waits, who ended, who is tried again."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xtb.errors import XtbError
from xtb.jobs import Ended, Job
from xtb.progress import Progress, Report

OnEnd = Callable[[Job, Ended], None]

TRIES = 2
"""How often a job is begun whose worker dies each time."""

MOVES = 20
"""How often a job is begun again because the machine it was on went away; that is not the job's fault."""

_BECAUSE = "a stage it needs failed: "


@dataclass(slots=True)
class Board:
    """The jobs by what is known of them.

    Attributes:
        jobs: all there are to do.
        on_end: hears of each job that ended, also of those that cannot begin because one they need failed.
        most: how often a job is begun.
        waiting: not begun, or to be begun again.
        fatal: why no job can go on.
    """

    jobs: Mapping[str, Job]
    on_end: OnEnd
    most: int = TRIES
    waiting: dict[str, Job] = field(init=False)
    ended: dict[str, Ended] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    moves: dict[str, int] = field(default_factory=dict)
    fatal: str | None = None

    def __post_init__(self) -> None:
        self.waiting = dict(self.jobs)

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

    def lost(self, job: Job, why: str) -> None:
        """The worker of a job died: it waits again, first in line, or has failed when it was tried enough."""
        if self.tries[job.job_id] < self.most:
            self.waiting = {job.job_id: job, **self.waiting}
            return
        note = f"the worker died {self.tries[job.job_id]} times ({why})"
        self.end(job, Ended(job_id=job.job_id, how="failed", note=note))

    def moved(self, job: Job, why: str) -> None:
        """What a job was running on went away: it waits again, first in line."""
        self.moves[job.job_id] = self.moves.get(job.job_id, 0) + 1
        if self.moves[job.job_id] > MOVES:
            note = f"begun {self.moves[job.job_id]} times, each time in vain: {why}"
            self.end(job, Ended(job_id=job.job_id, how="failed", note=note))
            return
        self.tries[job.job_id] -= 1
        self.waiting = {job.job_id: job, **self.waiting}

    def check(self) -> None:
        """Raise ``XtbError`` when no job can go on."""
        if self.fatal:
            raise XtbError(f"the study cannot go on: {self.fatal}. What was done is kept")

    def _met(self, name: str) -> bool:
        return name not in self.jobs or (name in self.ended and self.ended[name].how == "done")


class Effort:
    """Progress over all jobs, weighted by their cost; time left from the pace so far."""

    def __init__(self, jobs: Sequence[Job], report: Report) -> None:
        self._jobs = jobs
        self._report = report
        self._total = sum(job.cost for job in jobs)
        self._start = time.monotonic()

    def tell(self, board: Board, shares: Iterable[tuple[Job, float]], last: Progress) -> None:
        """Report the last news of a job with the progress of all; ``shares`` are the jobs in work."""
        spent = sum(job.cost for job in self._jobs if job.job_id in board.ended)
        spent += sum(job.cost * share for job, share in shares)
        left = (time.monotonic() - self._start) / spent * (self._total - spent) if spent > 0 else None
        self._report(
            Progress(
                work=last.work,
                done=len(board.ended),
                total=len(self._jobs),
                share=spent / self._total if self._total else None,
                seconds_left=left,
                note=last.note,
            )
        )
