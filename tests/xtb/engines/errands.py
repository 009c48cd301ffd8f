"""Jobs without any training, for tests of engines: what a worker does is told by the job's title."""

import os
import signal
import time
from pathlib import Path

from xtb.jobs import Ended, Job, Setting
from xtb.spec import RunSpec

SPEC = RunSpec(
    encoder="none",
    encoder_fingerprint="0" * 64,
    regime="direct",
    intermediate="none",
    intermediate_language="none",
    robust="none",
    robust_stage="none",
    target="mini_nli",
    seed=1,
    data_source="mini",
    stages=(),
)


def errand(name: str, *after: str, title: str = "write") -> Job:
    """A job that does what its title says: write, fail, no room, wait, stop or die once, die always."""
    return Job(job_id=name, spec=SPEC, encoder="", position=None, after=after, cost=1.0, title=title)


def run_errand(job: Job, setting: Setting) -> Ended:
    """Leave a line in ``<runs>/<job id>`` for each time it is begun, then do as the title says."""
    path = setting.runs / job.job_id
    with path.open("a") as file:
        file.write(f"{os.getpid()} {time.monotonic()}\n")
    begun = len(path.read_text().splitlines())
    if job.title == "die always" or (job.title == "die once" and begun == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if job.title == "wait once" and begun == 1:
        time.sleep(600)
    if job.title == "stop once" and begun == 1:
        return Ended(job_id=job.job_id, how="stopped", note="asked to")
    how = {"fail": "failed", "no room": "fatal"}.get(job.title, "done")
    return Ended(job_id=job.job_id, how=how, note=job.title)  # type: ignore[arg-type]


def begun(runs: Path, name: str) -> int:
    """How often a job was begun."""
    path = runs / name
    return len(path.read_text().splitlines()) if path.exists() else 0
