"""How often Python looks for cyclic garbage: seldom, for examples and features form no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def relax() -> None:
    """Let a process make 100,000 objects between two looks of the garbage collector, instead of 700.

    Reading a benchmark makes a few objects an example, all of which stay. With the default, the collector
    looks through them again and again: two thirds of the time of reading 20,000 sentences.
    """
    gc.set_threshold(100_000, 20, 50)


@contextmanager
def paused() -> Iterator[None]:
    """No looks at all while objects are made that all stay."""
    there = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if there:
            gc.enable()
