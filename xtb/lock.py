"""One process at a time: a lock file that dies with its holder.

The lock is the kernel's (``flock``), so a killed holder leaves a file but no lock: whoever comes next
simply takes it, and a stale file needs no guess about process numbers. The file's text names the holder, for
messages only. On a cluster file system without ``flock`` across nodes two nodes may do the same work
twice; what they publish is renamed into place whole, so nothing is harmed.
"""

import fcntl
import json
import math
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xtb.errors import Busy


@contextmanager
def locked(
    path: Path,
    *,
    on_wait: Callable[[str], None] | None = None,
    check: Callable[[], None] | None = None,
    wait_seconds: float | None = None,
    poll: float = 0.2,
) -> Iterator[None]:
    """Hold the lock at ``path`` within the block; wait for another holder first.

    Args:
        path: the lock file; made when missing, left in place after.
        on_wait: called once with who holds it, when there is somebody to wait for.
        check: called before every further try; may raise to give up.
        wait_seconds: how long to wait; None for ever.
        poll: seconds between two tries.

    Raises:
        Busy: somebody else still holds it after ``wait_seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        told, limit = False, time.monotonic() + (math.inf if wait_seconds is None else wait_seconds)
        while not _take(descriptor):
            if on_wait and not told:
                on_wait(f"waiting for {holder(path)} to finish with {path.stem}")
                told = True
            if check:
                check()
            if time.monotonic() >= limit:
                raise Busy(
                    f"{holder(path)} still works on {path.stem} after {wait_seconds:g} s; "
                    "wait for it to end, or stop it, then run the same command again"
                )
            time.sleep(poll)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"host": socket.gethostname(), "pid": os.getpid()}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Does some process hold the lock at this moment?"""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _take(descriptor)
    finally:
        os.close(descriptor)


def holder(path: Path) -> str:
    """Who holds the lock, in words."""
    try:
        entry = json.loads(path.read_text())
        return f"process {entry['pid']} on {entry['host']}"
    except (OSError, ValueError, KeyError):
        return "another process"


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
