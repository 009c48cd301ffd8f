"""Worker processes: starting them, talking to them, ending them.

A worker is ``python -m xtb.engines.worker`` with one end of a pipe, in a session of its own: it depends on
nothing of the script that started it, and a terminal's Ctrl-C reaches the parent only, which passes the
wish to stop on. It ends when its pipe closes, so that none outlives its parent.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from xtb.jobs import Job, Setting

QUIET = {
    "OMP_WAIT_POLICY": "PASSIVE",  # idle threads that spin slow the busy ones down
    "TOKENIZERS_PARALLELISM": "false",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}
_GPU_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")


@dataclass(slots=True)
class Worker:
    """A process, our end of its pipe, its number, and the job it has with the share that is done."""

    process: "subprocess.Popen[bytes]"
    connection: Connection
    slot: int
    job: Job | None = None
    share: float = 0.0


def start(setting: Setting, slot: int, gpus: int) -> Worker:
    """Start a worker; ``slot`` picks its GPU among ``gpus``."""
    ours, theirs = Pipe()
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    values = QUIET | {"OMP_NUM_THREADS": str(setting.threads), "PYTHONPATH": path}
    if gpus:
        values["CUDA_VISIBLE_DEVICES"] = _visible(slot % gpus)
    process = subprocess.Popen(
        [sys.executable, "-m", "xtb.engines.worker", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        env=os.environ | values,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    theirs.close()
    ours.send(setting)
    return Worker(process=process, connection=ours, slot=slot)


def hearing(crew: Sequence[Worker], seconds: float) -> list[Worker]:
    """Workers that said something or died, after so many seconds at most."""
    happened = wait([worker.connection for worker in crew], timeout=seconds)
    return [worker for worker in crew if worker.connection in happened]


def ask_to_stop(crew: Sequence[Worker]) -> None:
    """Let workers save their work and end."""
    for worker in crew:
        if worker.process.poll() is None:
            worker.process.send_signal(signal.SIGTERM)


def dismiss(crew: list[Worker], *, patience: float) -> None:
    """End all workers: they have so many seconds to save their work."""
    for worker in crew:
        worker.connection.close()
    limit = time.monotonic() + patience
    while crew:
        worker = crew.pop()
        try:
            worker.process.wait(max(0.0, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.process.kill()
            worker.process.wait()


def count_gpus(device: str) -> int:
    """GPUs that workers can have; 0 on CPU."""
    if device == "cpu" or not any(Path(name).exists() for name in _GPU_FILES):
        return 0  # torch takes seconds to import
    import torch

    return torch.cuda.device_count()


def default_workers(device: str = "auto") -> int:
    """One a GPU, else one a core this process may use."""
    return count_gpus(device) or _cores()


def _cores() -> int:
    bound = getattr(os, "sched_getaffinity", None)  # Linux alone binds processes to cores
    return len(bound(0)) if bound else os.cpu_count() or 1


def _visible(number: int) -> str:
    """What ``CUDA_VISIBLE_DEVICES`` has to be for the ``number``-th GPU this process sees."""
    ours = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    return ours[number] if ours else str(number)
