"""Killing work at random, often and cheaply: a process that has imported everything forks a child a try.

Half of the children are killed from outside at a random time, half kill themselves as they are about to
open, rename or remove a file, the n-th time. SIGKILL both: nothing gets to clean up. Forked from a process
that has used neither torch nor polars nor DuckDB yet, the children start whole.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir")
_GRACE = 120.0  # seconds a child may take longer than the first one did


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordeal:
    """Work that has to survive being killed.

    Attributes:
        reset: makes the folder as it is before the work.
        work: does what is left of it.
        sound: raises when what is there is not right, at any time.
        whole: raises when it is not complete either, after work that was not killed.
    """

    reset: Callable[[Path], None]
    work: Callable[[Path], None]
    sound: Callable[[Path], None]
    whole: Callable[[Path], None]


def killed(ordeal: str, folder: Path, *, kills: int, seed: int, rivals: int = 1) -> str:
    """Put an ordeal through so many kills in a fresh process.

    Args:
        ordeal: ``module:name`` of an ``Ordeal``.
        folder: where it works.
        kills: kills that hit work undone.
        seed: of what is killed when.
        rivals: children that do the same work at once; one of them is killed.

    Returns:
        What happened, in a sentence.
    """
    code = "import sys; from tests.killing import main; main(*sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, ordeal, str(folder), str(kills), str(seed), str(rivals)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout.splitlines()[-1]


def main(ordeal: str, folder: str, kills: str, seed: str, rivals: str) -> None:
    """What the fresh process does."""
    import importlib

    module, _, name = ordeal.partition(":")
    trial: Ordeal = getattr(importlib.import_module(module), name)
    place, draw = Path(folder), random.Random(int(seed))
    _child(trial.reset, place)
    seconds, events = _measure(trial, place)
    hit = rounds = 0
    while hit < int(kills):
        victims = [_fork(trial.work, place, None) for _ in range(int(rivals) - 1)]
        if draw.random() < 0.5:
            victims.append(_fork(trial.work, place, draw.randint(1, max(1, events))))
        else:
            victims.append(_fork(trial.work, place, None))
            time.sleep(draw.uniform(0.0, seconds))
            os.kill(victims[-1], signal.SIGKILL)
        codes = [_wait(pid, seconds + _GRACE) for pid in victims]
        hit += codes[-1] == -signal.SIGKILL
        assert all(code in (0, -signal.SIGKILL) for code in codes), codes
        if 0 in codes:
            _child(trial.whole, place)
            _child(trial.reset, place)
            rounds += 1
        elif hit % 5 == 0:
            _child(trial.sound, place)
    _child(trial.work, place)
    _child(trial.whole, place)
    print(f"{hit} kills, {rounds} times complete in between, {seconds:.2f} s and {events} events undisturbed")


def _measure(trial: Ordeal, place: Path) -> tuple[float, int]:
    """Seconds and file events of the work undisturbed."""
    start = time.monotonic()
    _child(trial.work, place)
    seconds = time.monotonic() - start
    _child(trial.whole, place)
    _child(trial.reset, place)
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        seen = _count(place, None)
        trial.work(place)
        os.write(theirs, str(len(seen)).encode())
        os._exit(0)
    events = int(os.read(ours, 20))
    assert _wait(pid, seconds + _GRACE) == 0
    _child(trial.reset, place)
    return seconds, events


def _count(place: Path, last: int | None) -> list[str]:
    """Note file events below a folder; the one numbered ``last`` is never done, for the process is killed."""
    seen: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in EVENTS and arguments and str(arguments[0]).startswith(str(place)):
            seen.append(event)
            if len(seen) == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return seen


def _fork(work: Callable[[Path], None], place: Path, last: int | None) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            if last is not None:
                _count(place, last)
            work(place)
            code = 0
        except BaseException as error:  # noqa: BLE001  # a child must not go on as its parent
            import traceback

            traceback.print_exception(error)
        finally:
            sys.stderr.flush()
            os._exit(code)
    return pid


def _wait(pid: int, patience: float) -> int:
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise TimeoutError(f"child {pid} hangs")


def _child(call: Callable[[Path], None], place: Path) -> None:
    assert _wait(_fork(call, place, None), 600) == 0, call
