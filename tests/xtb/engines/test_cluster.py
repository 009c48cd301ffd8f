"""Pilots on this machine: order, dead workers, failures that stay alone, a full disk, a stop."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.xtb.engines.errands import begun, errand, run_errand
from warehouse.errors import UsageError
from xtb.engines import cluster
from xtb.engines.site import Site
from xtb.errors import XtbError
from xtb.jobs import Ended, Job, Setting
from xtb.progress import Progress
from xtb.stop import Stop

HERE = Site(heartbeat=1, retries=1)


@pytest.fixture
def told() -> list[Progress]:
    return []


def run(runs: Path, told: list[Progress], *jobs: Job, site: Site = HERE, **more: Stop) -> dict[str, Ended]:
    return cluster.run_jobs(
        jobs,
        Setting(runs=runs, data="mini"),
        site=site,
        stop=more.get("stop", Stop()),
        report=told.append,
        on_end=lambda job, ended: None,
        task=run_errand,
    )


def test_jobs_run_in_order_and_what_fails_stays_alone(tmp_path: Path, told: list[Progress]) -> None:
    ended = run(
        tmp_path,
        told,
        errand("last", "first"),
        errand("first"),
        errand("broken", title="fail"),
        errand("needs_broken", "broken"),
    )
    assert {name: how.how for name, how in ended.items()} == {
        "first": "done",
        "last": "done",
        "broken": "failed",
        "needs_broken": "failed",
    }
    assert ended["needs_broken"].note == "a stage it needs failed: fail"
    assert [begun(tmp_path, name) for name in ("first", "last", "broken", "needs_broken")] == [1, 1, 1, 0]


@pytest.mark.slow
def test_workers_die_and_jobs_are_done_all_the_same(tmp_path: Path, told: list[Progress]) -> None:
    ended = run(
        tmp_path,
        told,
        errand("last", "first", "second"),
        errand("second", "first", title="die once"),
        errand("first", title="stop once"),
        errand("broken", title="fail"),
        errand("needs_broken", "broken"),
        errand("deadly", title="die always"),
    )
    assert {name: how.how for name, how in ended.items()} == {
        "first": "done",
        "second": "done",
        "last": "done",
        "broken": "failed",
        "needs_broken": "failed",
        "deadly": "failed",
    }
    assert ended["needs_broken"].note == "a stage it needs failed: fail"
    assert ended["deadly"].note.startswith("the worker died 2 times (killed or out of memory on ")
    names = ("first", "second", "last", "broken", "needs_broken", "deadly")
    assert [begun(tmp_path, name) for name in names] == [2, 2, 1, 1, 0, 2]
    assert "1 running" in [news.note for news in told if news.work == "pilots"]
    assert [news.done for news in told if news.total] == sorted(news.done for news in told if news.total)


@pytest.mark.slow
def test_a_full_disk_ends_the_study(tmp_path: Path, told: list[Progress]) -> None:
    with pytest.raises(XtbError, match="the study cannot go on: no room"):
        run(tmp_path, told, errand("full", title="no room"), errand("after", "full"))
    assert begun(tmp_path, "after") == 0


@pytest.mark.slow
def test_pilots_that_never_start_are_told_with_what_they_said(tmp_path: Path, told: list[Progress]) -> None:
    site = Site(heartbeat=1, worker_init="echo there is no such module >&2; exit 3")
    with pytest.raises(XtbError, match=r"no pilot works: .*no such module"):
        run(tmp_path, told, errand("first"), site=site)


def test_a_batch_system_that_is_not_here_is_told(
    tmp_path: Path, told: list[Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="provider 'slurm' needs sbatch"):
        run(tmp_path, told, errand("first"), site=Site(provider="slurm"))


QSUB = """#!/bin/sh
echo "$@" > {folder}/asked
for script; do :; done
number=$(date +%s%N)
setsid sh -c 'bash "$0"; echo "$?" > {folder}/'"$number".done "$script" > /dev/null 2>&1 &
echo "$number.server"
"""
QSTAT = """#!/bin/sh
shift 4
list=
for id in "$@"; do
  state=R; test -e {folder}/"${{id%.server}}".done && state=F
  list="$list,\\"$id\\": {{\\"job_state\\": \\"$state\\"}}"
done
echo "{{\\"Jobs\\": {{${{list#,}}}}}}"
"""


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_pilots_of_pbs(tmp_path: Path, told: list[Progress], monkeypatch: pytest.MonkeyPatch) -> None:
    """``qsub`` and ``qstat`` run the script here: what is PBS asked for, and do jobs come through?

    There are fewer jobs than workers, which Parsl's own scaling does not survive.
    """
    for name, text in {"qsub": QSUB, "qstat": QSTAT, "qdel": "#!/bin/sh\n"}.items():
        (tmp_path / name).write_text(text.format(folder=tmp_path))
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    options: dict[str, str | int | bool | tuple[str, ...]] = {"queue": "long", "select": "ngpus=1"}
    site = replace(HERE, provider="pbs", workers=2, walltime="02:00:00", options=options)
    ended = run(tmp_path, told, errand("first"), errand("second", "first"), site=site)
    assert {how.how for how in ended.values()} == {"done"}
    asked = (tmp_path / "asked").read_text().split()
    assert asked[:2] == ["-q", "long"]
    script = Path(asked[2]).read_text()
    assert "#PBS -l walltime=02:00:00" in script
    assert "#PBS -l select=1:ncpus=2:ngpus=1" in script
    assert "export OMP_NUM_THREADS=1" in script
