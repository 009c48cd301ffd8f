"""A wish to stop that work looks at between two steps, so that Ctrl-C loses nothing.

The first SIGINT or SIGTERM (or SIGUSR2, which Slurm may send before it takes a node away) is noted; the work
in hand saves itself and raises ``Interrupted``. A second SIGINT stops at once.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from xtb.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR2)


class Stop:
    """Has somebody asked to stop?"""

    def __init__(self) -> None:
        self.requested = False

    def request(self) -> None:
        """Ask the work to stop at the next good moment."""
        self.requested = True

    def check(self, saved: str = "what was finished is kept") -> None:
        """Raise ``Interrupted`` if a stop was asked for; call where nothing is half done."""
        if self.requested:
            raise Interrupted(f"interrupted; {saved}. Run the same command to go on.")


@contextmanager
def on_signal(*, keyboard: bool = True) -> Iterator[Stop]:
    """A ``Stop`` that the signals set within the block; the old handlers come back after it.

    Only the main thread of a process may call this.

    Args:
        keyboard: False ignores SIGINT, for a worker: a terminal sends it to the whole family, and
            the parent passes the wish on as SIGTERM.
    """
    stop = Stop()

    def note(number: int, frame: FrameType | None) -> None:
        if stop.requested and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.request()

    before = {number: signal.signal(number, note) for number in _SIGNALS}
    if not keyboard:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
