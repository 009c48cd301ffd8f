"""Worker processes: order, death of a worker, failures that stay alone, a stop that keeps everything."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.xtb.nursery import start_worker
from tests.xtb.test_plan import TARGETS, small_study
from tests.xtb.workshop import SMALL, small_spec
from warehouse.errors import UsageError
from warehouse.rows import CELL_KEY
from xtb.conduct import Conducted, run_study
from xtb.engines import crew
from xtb.engines.board import Board
from xtb.engines.crew import Worker
from xtb.errors import XtbError
from xtb.jobs import Ended, Job, Setting
from xtb.progress import Progress
from xtb.run import read_run, read_table, run_folders
from xtb.stop import Stop
from xtb.study import Study

Alive = Callable[[], list[int]]


def a_study(encoder: Path, targets: tuple[str, ...] = ("mini_nli",), **more: object) -> Study:
    study = small_study(seeds=(1,), targets=targets)
    return replace(study, encoders=(str(encoder),), **more)  # type: ignore[arg-type]


def test_a_gpu_that_is_not_here_is_told_before_any_job(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UsageError, match="device 'cuda' is not here"):
        run_study(a_study(tiny_encoder), tmp_path / "runs", device="cuda")
    assert not (tmp_path / "runs").exists()


def assert_complete(runs: Path, ended: Conducted) -> None:
    assert ended.plan.cells_left == 0
    assert ended.failed == ()
    for folder in run_folders(runs):
        for table, key in (("score", "metric"), ("outcome", "example_id")):
            assert read_table(folder, table).select(*CELL_KEY, key).is_unique().all()


def children() -> list[int]:
    """Worker processes of this process."""
    path = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [pid for pid in map(int, path.read_text().split()) if b"xtb.engines.worker" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> Alive:
    """Lets workers be forked; gives those that are alive."""
    workers: list[Worker] = []

    def start(setting: Setting, slot: int, gpus: int) -> Worker:
        workers.append(start_worker(setting, slot, gpus))
        return workers[-1]

    monkeypatch.setattr(crew, "start", start)
    return lambda: [worker.process.pid for worker in workers if worker.process.poll() is None]


def test_a_study_survives_a_killed_worker_and_a_stop(
    alive: Alive, tiny_encoder: Path, tmp_path: Path
) -> None:
    survives(a_study(tiny_encoder), tmp_path, 1, alive)


@pytest.mark.slow
def test_a_larger_study_survives_them_too(tiny_encoder: Path, tmp_path: Path) -> None:
    survives(a_study(tiny_encoder, TARGETS), tmp_path, 2, children)


def survives(study: Study, runs: Path, workers: int, alive: Alive) -> None:
    stop = Stop()
    killed: list[int] = []

    def report(news: Progress) -> None:
        if news.work.startswith("train") and not killed:
            killed.append(alive()[0])
            os.kill(killed[0], signal.SIGKILL)
        if news.work.startswith("evaluate"):
            stop.request()

    first = run_study(study, runs, workers=workers, device="cpu", stop=stop, report=report)
    assert killed
    assert first.stopped
    assert first.failed == ()
    assert len(first.plan.runs_left) > 0
    second = run_study(study, runs, workers=1, device="cpu")
    assert second.jobs < first.jobs
    assert_complete(runs, second)
    assert alive() == []
    assert run_study(study, runs, device="cpu").jobs == 0


@pytest.mark.usefixtures("alive")
def test_a_failure_costs_only_the_runs_that_need_it(tiny_encoder: Path, tmp_path: Path) -> None:
    from xtb.recipe import Recipe

    settings = replace(SMALL, steps=3)
    broken = Recipe(everywhere=settings, tasks={"mini_copa": replace(settings, learning_rate=1e30)})
    ended = run_study(a_study(tiny_encoder, recipe=broken), tmp_path, workers=1, device="cpu")
    states = {(node.spec.regime, node.state) for node in ended.plan.runs}
    assert states == {("direct", "done"), ("stilts", "failed")}
    errors = [node.error for node in ended.plan.runs if node.error]
    assert len(errors) == 1
    assert all(error.startswith("a stage it needs failed: training 'mini_copa' diverged") for error in errors)
    statuses = [read_run(folder).record["status"] for folder in run_folders(tmp_path)]
    assert sorted(statuses) == ["failed", "trained"]


@pytest.mark.slow
def test_workers_and_a_single_process_give_the_same_numbers(tiny_encoder: Path, tmp_path: Path) -> None:
    from tests.xtb.workshop import place_in
    from xtb.conduct import plan_runs
    from xtb.do import do
    from xtb.jobs import jobs_of
    from xtb.plan import make_plan

    study = a_study(tiny_encoder, ways=a_study(tiny_encoder).ways[:1])
    run_study(study, tmp_path / "workers", workers=2, device="cpu")
    for job in jobs_of(make_plan(plan_runs(study), tmp_path / "here")):
        do(job, place_in(tmp_path / "here"))

    def scores(runs: Path) -> pl.DataFrame:
        return pl.concat([read_table(folder, "score") for folder in run_folders(runs)]).sort(pl.all())

    assert scores(tmp_path / "workers").equals(scores(tmp_path / "here"))


def job(name: str, *after: str, encoder: Path) -> Job:
    return Job(
        job_id=name, spec=small_spec(encoder), encoder="", position=None, after=after, cost=1.0, title=name
    )


def test_a_worker_is_an_interpreter_of_its_own_that_ends_with_its_pipe(tmp_path: Path) -> None:
    worker = crew.start(Setting(runs=tmp_path, data="mini", device="cpu"), 0, 0)
    assert worker.process.args[:3] == [sys.executable, "-m", "xtb.engines.worker"]  # type: ignore[index]
    assert os.getsid(worker.process.pid) == worker.process.pid != os.getsid(0)
    crew.dismiss([worker], patience=60)
    assert worker.process.returncode == 0


def test_a_job_whose_worker_dies_twice_has_failed_and_takes_along_what_needs_it(tiny_encoder: Path) -> None:
    ended: list[tuple[str, str]] = []
    jobs = {
        name: job(name, *after, encoder=tiny_encoder)
        for name, after in {"a": (), "b": ("a",), "c": ("b",), "d": ()}.items()
    }
    board = Board(jobs=jobs, on_end=lambda job, how: ended.append((job.job_id, how.note)))
    first = board.ready()
    assert first is not None
    assert first.job_id == "a"
    board.lost(board.take(first), "exit code -9, killed")
    assert next(iter(board.waiting)) == "a"
    board.lost(board.take(first), "exit code -9, killed")
    reason = "the worker died 2 times (exit code -9, killed)"
    assert ended == [
        ("a", reason),
        ("b", f"a stage it needs failed: {reason}"),
        ("c", f"a stage it needs failed: {reason}"),
    ]
    assert list(board.waiting) == ["d"]


def test_a_job_waits_for_what_it_needs(tiny_encoder: Path) -> None:
    jobs = {"b": job("b", "a", encoder=tiny_encoder), "a": job("a", "gone", encoder=tiny_encoder)}
    board = Board(jobs=jobs, on_end=lambda job, how: None)
    assert board.ready() is jobs["a"]  # what is no job any more was done before
    board.take(jobs["a"])
    assert board.ready() is None
    board.end(jobs["a"], Ended(job_id="a", how="done", note=""))
    assert board.ready() is jobs["b"]


def test_a_study_without_an_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(XtbError, match="names no encoder"):
        run_study(replace(small_study(), encoders=()), tmp_path)
