"""Processes to be killed, forked from one that has imported torch and transformers and done nothing else.

A fresh interpreter spends eight seconds of CPU on these imports, a fork almost none.
"""

import multiprocessing
import os
import subprocess
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.process import BaseProcess
from typing import Any

from xtb.engines.crew import Worker
from xtb.jobs import Setting

_HEAVY = (
    "xtb.engines.worker",
    "xtb.fit",
    "xtb.measure",
    "accelerate",
    "transformers.models.xlm_roberta.modeling_xlm_roberta",
    "pytest",
)


def fork(target: Callable[..., object], *arguments: Any) -> BaseProcess:
    """Start a function of some module in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_HEAVY))
    process = context.Process(target=target, args=arguments)
    process.start()
    return process


def work(*given: Any) -> None:
    """What a worker does in the end, in a session of its own."""
    from xtb.engines import worker

    os.setsid()
    worker.work(*given)


class Handle:
    """A forked process as the engine knows its workers: a ``Popen``."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.pid = process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("worker", timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()


def start_worker(setting: Setting, slot: int, gpus: int) -> Worker:
    """As ``xtb.engines.crew.start``, on CPU."""
    ours, theirs = Pipe()
    handle: Any = Handle(fork(work, theirs))
    theirs.close()
    ours.send(setting)
    return Worker(process=handle, connection=ours, slot=slot)
