"""Evaluating a run: every cell once, also after kills; what cannot be done is said."""

import os
import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import torch

from ingest.dataset import Dataset
from ingest.errors import MissingData
from tests.xtb.nursery import fork
from tests.xtb.workshop import flip_a_bit, mini, place_in, small_spec
from warehouse.errors import UsageError
from warehouse.rows import CELL_KEY
from xtb.errors import BadRun, Busy, Interrupted, XtbError
from xtb.fit import train_run
from xtb.grid import Grid, grid_cells
from xtb.layout import lock_file
from xtb.lock import locked
from xtb.measure import evaluate_run
from xtb.pooling import Pooling
from xtb.progress import Progress
from xtb.run import Run, cells_done, read_run, read_table
from xtb.stop import Stop

LANGUAGES = ("en", "qle", "qro")
GRID = Grid(languages=LANGUAGES, perturbations=("char_swap", "lowercase"), severities=(1, 3))
CELLS = grid_cells("mini_nli", GRID)


@pytest.fixture(scope="module")
def trained(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("trained")
    train_run(small_spec(tiny_encoder), str(tiny_encoder), place_in(runs))
    return runs


@pytest.fixture
def found(trained: Path, tmp_path: Path) -> Run:
    """A copy of the trained run, without cells."""
    runs = tmp_path / "runs"
    shutil.copytree(trained, runs)
    return read_run(next(path.parent for path in runs.glob("*/run.json")))


def evaluate(found: Run, **more: object) -> object:
    return evaluate_run(found, CELLS, place_in(found.folder.parent), limit=10, **more)  # type: ignore[arg-type]


def assert_every_cell_once(found: Run) -> None:
    scores = read_table(found.folder, "score")
    assert cells_done(found.folder) == set(CELLS)
    assert scores.select(*CELL_KEY, "metric").is_unique().all()
    outcomes = read_table(found.folder, "outcome")
    assert outcomes.select(*CELL_KEY, "example_id").is_unique().all()
    counts = outcomes.group_by(CELL_KEY).agg(counted=pl.len())
    both = scores.filter(pl.col("error").is_null()).join(counts, on=list(CELL_KEY), how="left")
    assert (both["n"] == both["counted"]).all()


def test_every_cell_is_measured_once_with_its_clean_twin(found: Run) -> None:
    measured = evaluate(found)
    assert (measured.asked, measured.before, measured.now) == (15, 0, 15)  # type: ignore[attr-defined]
    assert_every_cell_once(found)
    assert read_table(found.folder, "score").filter(perturbation="clean").height == 3


def test_cells_that_are_there_are_not_measured_again(found: Run) -> None:
    heard: list[str] = []
    evaluate(found)
    shards = sorted(path.name for path in found.folder.iterdir())
    more = place_in(found.folder.parent, report=lambda news: heard.append(news.note))
    measured = evaluate_run(found, CELLS, more, limit=10)
    assert (measured.before, measured.now) == (15, 0)
    assert heard == ["15 of 15 cells were done before"]
    assert sorted(path.name for path in found.folder.iterdir()) == shards


def test_a_stopped_evaluation_keeps_its_cells_and_goes_on(found: Run) -> None:
    stop = Stop()

    def report(news: Progress) -> None:
        if news.done == 7:
            stop.request()

    with pytest.raises(Interrupted, match="7 of 15 cells are done"):
        evaluate_run(found, CELLS, place_in(found.folder.parent, stop=stop, report=report), limit=10)
    assert len(cells_done(found.folder)) == 7
    assert evaluate(found).before == 7  # type: ignore[attr-defined]
    assert_every_cell_once(found)


def test_outcomes_whose_scores_were_lost_in_a_kill_are_scored_not_measured_again(found: Run) -> None:
    evaluate(found)
    whole = read_table(found.folder, "score").sort(CELL_KEY)
    for shard in found.folder.glob("score-*"):
        shard.unlink()
    assert evaluate(found).now == 0  # type: ignore[attr-defined]
    assert_every_cell_once(found)
    assert read_table(found.folder, "score").sort(CELL_KEY).equals(whole)


def test_damaged_shards_are_set_aside_and_named_and_their_cells_measured_again(found: Run) -> None:
    evaluate(found, shard_seconds=0.0)  # a shard a cell
    whole = read_table(found.folder, "score").sort(CELL_KEY)
    broken = [sorted(found.folder.glob(f"{table}-*.parquet"))[0] for table in ("score", "outcome")]
    for shard in broken:
        flip_a_bit(shard)
    with pytest.raises(
        BadRun, match=r"outcome-.*\.parquet is damaged: its content is not what its name says"
    ):
        read_table(found.folder, "outcome")
    measured = evaluate_run(found, CELLS, place_in(found.folder.parent), limit=10)
    assert measured.aside == tuple(broken)
    assert measured.now == 1  # the score that lost no outcomes is computed from them
    assert_every_cell_once(found)
    assert read_table(found.folder, "score").sort(CELL_KEY).equals(whole)
    assert all(shard.with_name(f"{shard.name}.damaged").exists() for shard in broken)


def test_damaged_weights_are_not_measured(found: Run) -> None:
    flip_a_bit(next(found.folder.parent.glob("checkpoints/*/encoder/model.safetensors")))
    with pytest.raises(
        BadRun, match=r"encoder/model\.safetensors is damaged: .* Remove .* and train the run again"
    ):
        evaluate(found)


def test_another_sample_is_refused_for_it_would_not_pair(found: Run) -> None:
    evaluate(found)
    with pytest.raises(BadRun, match="was measured on 10 examples a cell of 'mini_nli' before, now on all"):
        evaluate_run(found, CELLS, place_in(found.folder.parent))


def test_a_run_that_is_not_trained_or_lost_its_weights_is_refused(found: Run) -> None:
    failed = replace(found, record={**found.record, "status": "failed", "error": "no data"})
    with pytest.raises(BadRun, match="is not trained: no data"):
        evaluate(failed)
    shutil.rmtree(found.folder.parent / "checkpoints")
    with pytest.raises(BadRun, match="holds no complete checkpoint"):
        evaluate(found)


def test_a_task_that_its_head_cannot_do_is_refused(found: Run) -> None:
    with pytest.raises(
        UsageError, match="cannot be measured on 'mini_pos': its head was trained on mini_nli"
    ):
        evaluate_run(found, grid_cells("mini_pos", Grid()), place_in(found.folder.parent))


class Lacking:
    """A source without one language."""

    name = mini().name

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        return language != "qle"

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        if language == "qle":
            raise MissingData("no qle here")
        return mini().table(dataset, split, language)


def test_data_that_are_missing_cost_only_their_own_language(found: Run) -> None:
    with pytest.raises(XtbError, match="5 of 15 cells could not be evaluated: no qle here"):
        evaluate_run(found, CELLS, replace(place_in(found.folder.parent), source=Lacking()), limit=10)
    assert {cell.language for cell in cells_done(found.folder)} == {"en", "qro"}
    evaluate(found)
    assert_every_cell_once(found)


def evaluate_by_cell(folder: Path) -> None:
    torch.set_num_threads(1)
    evaluate_run(read_run(folder), CELLS, place_in(folder.parent), limit=10, shard_seconds=0.0)


def kill_during(found: Run, shards: int) -> None:
    """Evaluate in a process of its own that publishes cell by cell; SIGKILL it after so many shards."""
    process = fork(evaluate_by_cell, found.folder)
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.is_alive():
        if shards_there(found) >= shards:
            break
        time.sleep(0.0005)
    process.kill()
    process.join()


def shards_there(found: Run) -> int:
    return len(list(found.folder.glob("*-*.parquet")))


def test_a_killed_evaluation_loses_no_published_cell_and_doubles_none(found: Run) -> None:
    kill_during(found, shards_there(found) + random.randrange(1, 20))
    done = cells_done(found.folder)
    measured = evaluate(found)
    assert measured.before >= len(done)  # type: ignore[attr-defined]
    assert_every_cell_once(found)
    assert not list(found.folder.glob(".tmp-*"))


@pytest.mark.slow
def test_killed_many_times(found: Run) -> None:
    for _ in range(6):
        kill_during(found, shards_there(found) + random.randrange(1, 7))
    evaluate(found)
    assert_every_cell_once(found)


def test_an_evaluation_waits_for_another_one_and_gives_up(found: Run) -> None:
    heard: list[str] = []
    place = place_in(found.folder.parent, wait_seconds=0.0, report=lambda news: heard.append(news.note))
    with (
        locked(lock_file(found.folder.parent, f"run-{found.run_id}")),
        pytest.raises(Busy, match=f"process {os.getpid()} on .* still works on run-{found.run_id} after 0 s"),
    ):
        evaluate_run(found, CELLS, place, limit=10)
    assert heard[0].startswith(f"waiting for process {os.getpid()} on ")
    assert cells_done(found.folder) == set()


def test_a_folder_that_cannot_be_written_is_told_as_such(found: Run) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    found.folder.chmod(0o500)
    try:
        with pytest.raises(OSError, match="Permission denied"):
            evaluate(found)
    finally:
        found.folder.chmod(0o700)


def test_a_retrieval_score_says_how_its_vectors_were_made(tiny_encoder: Path, tmp_path: Path) -> None:
    place = place_in(tmp_path)
    cells = grid_cells("mini_retrieval", Grid(languages=("qle",)))
    found = []
    for pooling in (None, Pooling(layer=1, over="cls"), Pooling(special_tokens=False)):
        spec = small_spec(tiny_encoder, "mini_retrieval", pooling=pooling)
        found.append(train_run(spec, str(tiny_encoder), place))
        evaluate_run(found[-1], cells, place, limit=10)
        evaluate_run(found[-1], cells, place, limit=10)
    rows = [read_table(one.folder, "retriever").drop("run_id").row(0) for one in found]
    assert rows == [
        ("mini_retrieval", 2, 2, "mean", True),
        ("mini_retrieval", 1, 2, "cls", True),
        ("mini_retrieval", 2, 2, "mean", False),
    ]
    assert len({one.run_id for one in found}) == 3  # the weights are shared, the scores are not
    assert len({one.spec.stage_id(-1) for one in found}) == 1


def test_a_layer_the_encoder_has_not_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no layer 14: choose 0"):
        small_spec(tiny_encoder, "mini_retrieval", pooling=Pooling(layer=14))
    # A plan may know less: not every configuration says how many layers there are.
    spec = replace(small_spec(tiny_encoder, "mini_retrieval"), pooling=Pooling(layer=14).code)
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    with pytest.raises(UsageError, match="no layer 14: choose 0"):
        evaluate_run(found, grid_cells("mini_retrieval", Grid(languages=("qle",))), place_in(tmp_path))
