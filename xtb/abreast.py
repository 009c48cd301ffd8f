"""Work on several threads of one process, each of which computes alone."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

T = TypeVar("T")
R = TypeVar("R")


def abreast(work: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """``work(item)`` of each item, in order; as many at a time as torch has threads.

    torch shares out one matrix product among its threads, which costs small ones more than it gains and
    changes last bits. Here each item has one thread to itself, so that its numbers are those of one thread
    however many there are. Close the iterator where it is not run to its end: what has not begun is dropped.

    Args:
        work: called from several threads at once.
        items: about equally dear.

    Raises:
        Whatever ``work`` raises, in the place of its result.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # holds for this thread, and for those that are started from here on
    pool = ThreadPoolExecutor(max(1, min(threads, len(items))), thread_name_prefix="abreast")
    try:
        yield from map(work, items) if len(items) < 2 or threads == 1 else pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)
