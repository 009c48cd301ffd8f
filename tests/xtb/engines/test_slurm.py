"""A study on a real Slurm: its driver, a worker and a whole pilot are killed; every cell is there once."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.xtb.cli.test_study import TEXT
from tests.xtb.cli.test_study import run as xtb_study
from tests.xtb.engines.one_node_slurm import one_node_slurm, why_not
from tests.xtb.engines.test_local import assert_complete
from xtb.conduct import run_study
from xtb.engines.site import read_site
from xtb.lock import is_locked
from xtb.studyfile import read_study

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

SITE = """
provider = "slurm"
workers = 2
walltime = "00:20:00"
heartbeat = 2
[slurm]
partition = "main"
"""
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    missing = why_not()
    if missing:
        pytest.skip(missing)
    with one_node_slurm(tmp_path_factory.mktemp("slurm") / "slurm"):
        yield


def wait_for(there: Callable[[], object], seconds: float = 300) -> None:
    limit = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < limit, f"not after {seconds} s: {there}"
        time.sleep(0.005)


def holders(runs: Path) -> list[int]:
    """Processes that hold the lock of a stage or a run at this moment."""
    found = []
    for path in runs.glob("checkpoints/*.lock"):
        if is_locked(path):
            found.append(int(json.loads(path.read_text() or '{"pid": 0}')["pid"]))
    return [pid for pid in found if pid]


def jobs_in_queue() -> list[str]:
    listed = subprocess.run(["squeue", "--noheader", "-o", "%i"], capture_output=True, text=True, check=True)
    return listed.stdout.split()


def study_file(folder: Path, encoder: Path) -> Path:
    path = folder / "study.toml"
    path.write_text(f'encoder = "{encoder}"\ndata = "mini"\n{TEXT}')
    (folder / "site.toml").write_text(SITE)
    return path


def killed_driver(folder: Path, file: Path) -> None:
    """``xtb study run``, killed once a stage is trained."""
    code = "from xtb.cli.main import run; run()"
    arguments = ["study", "run", str(file), "--runs", str(folder / "runs"), "--engine", "cluster"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments, "--cluster-config", str(folder / "site.toml")],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    wait_for(lambda: process.poll() is not None or list(folder.glob("runs/checkpoints/*/stage.json")))
    assert process.poll() is None
    process.kill()
    process.wait()


def test_driver_worker_and_pilot_are_killed_and_every_cell_is_there_once(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    file, runs = study_file(tmp_path, tiny_encoder), tmp_path / "runs"
    killed_driver(tmp_path, file)
    left_behind = jobs_in_queue()
    done: list[str] = []

    def disturb() -> None:
        wait_for(lambda: holders(runs) and set(jobs_in_queue()) - set(left_behind))
        victim = holders(runs)[0]
        os.kill(victim, signal.SIGKILL)
        done.append("worker")
        wait_for(lambda: [pid for pid in holders(runs) if pid != victim])
        subprocess.run(["scancel", *jobs_in_queue()], check=True)
        done.append("pilot")

    trouble = threading.Thread(target=disturb, daemon=True)
    trouble.start()
    ended = run_study(read_study(file), runs, site=read_site(tmp_path / "site.toml"), device="cpu")
    trouble.join(60)
    assert done == ["worker", "pilot"]
    assert_complete(runs, ended)
    assert len(ended.plan.runs) == 4
    wait_for(lambda: not jobs_in_queue(), 60)


def test_arrays_without_a_driver_survive_killed_and_preempted_jobs(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    file, runs, out = study_file(tmp_path, tiny_encoder), tmp_path / "runs", tmp_path / "out"

    def hand_in() -> None:
        xtb_study("export", file, tiny_encoder, "--slurm", "--out", str(out))
        subprocess.run([out / "submit.sh"], check=True)

    hand_in()
    wait_for(lambda: holders(runs))
    victim = holders(runs)[0]
    os.kill(victim, signal.SIGKILL)  # its job fails; the arrays after it go on
    wait_for(lambda: [pid for pid in holders(runs) if pid != victim])
    taken = next(pid for pid in holders(runs) if pid != victim)
    # As before the end of the walltime. Jobs that have ended since they were listed make no difference.
    subprocess.run(["scancel", "--batch", "--signal=USR2", *running()], check=False)
    wait_for(lambda: taken not in holders(runs))
    wait_for(lambda: not jobs_in_queue(), 600)
    hand_in()
    wait_for(lambda: not jobs_in_queue(), 600)
    ended = run_study(read_study(file), runs, device="cpu")
    assert ended.jobs == 0
    assert_complete(runs, ended)


def running() -> list[str]:
    listed = ["squeue", "--noheader", "--states=running", "-o", "%A"]
    return subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
