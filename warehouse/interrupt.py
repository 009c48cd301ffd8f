"""Ending a query with Ctrl-C."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class Interruptible(Protocol):
    """A connection, or the sandbox around one."""

    def interrupt(self) -> None:
        """End the query that runs in another thread."""


def interruptibly(con: Interruptible, work: Callable[[], Result]) -> Result:
    """Do work on a connection so that Ctrl-C ends it.

    DuckDB 2.0 misses a good third of the interrupts that reach the thread its query runs in, and goes on for
    hours; told from another thread it stops within milliseconds. So the work is done in a thread.

    Raises:
        KeyboardInterrupt: Ctrl-C; the query has ended.
    """
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            outcome.set_exception(error)

    thread = Thread(target=run, daemon=True)
    try:
        thread.start()
        return outcome.result()
    except KeyboardInterrupt:
        while thread.is_alive():
            con.interrupt()
            thread.join(0.05)
        raise
