"""What long work tells about itself while it runs; showing it is the command line's business."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One piece of news.

    Attributes:
        work: what is being done, e.g. ``train mnli`` or ``evaluate 3f2a xnli``.
        done, total: in units of the work; ``total`` 0 while it is not known.
        share: of the work that is done where ``done / total`` does not say it well.
        seconds_left: estimate for this work, None while there is none.
        note: more for people: the loss, a dev score, what is waited for.
    """

    work: str
    done: int = 0
    total: int = 0
    share: float | None = None
    seconds_left: float | None = None
    note: str = ""


Report = Callable[[Progress], None]


def silent(news: Progress) -> None:
    """A ``Report`` that nobody reads."""


class Clock:
    """Estimates the time left of one piece of work from its own pace.

    Args:
        done: work done before the clock started; it does not count.
    """

    def __init__(self, done: int = 0) -> None:
        self._first = done
        self._start = time.monotonic()

    def left(self, done: int, total: int) -> float | None:
        """Seconds until ``total``, None before anything was done."""
        if done <= self._first:
            return None
        return (time.monotonic() - self._start) / (done - self._first) * (total - done)
