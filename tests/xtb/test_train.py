"""The training loop: it learns, it repeats itself bit for bit, it goes on where it was stopped or killed."""

import json
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.xtb.nursery import fork
from tests.xtb.workshop import SMALL, place_in, small_spec, weights
from warehouse.errors import KnownError
from xtb.errors import Interrupted
from xtb.fit import train_run, train_stage
from xtb.progress import Progress
from xtb.run import read_table
from xtb.spec import RunSpec
from xtb.stop import Stop


class StopAfter:
    """A report that asks to stop once so many steps are done."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.stop = Stop()

    def __call__(self, news: Progress) -> None:
        if news.work.startswith("train") and news.done >= self.steps:
            self.stop.request()


def train_with_stops(spec: RunSpec, encoder: Path, runs: Path, stops: list[int]) -> None:
    """Train stage 0, interrupted after each of these steps."""
    for steps in stops:
        report = StopAfter(steps)
        with pytest.raises(Interrupted, match="training is saved at step"):
            train_stage(spec, 0, str(encoder), place_in(runs, stop=report.stop, report=report))
    train_stage(spec, 0, str(encoder), place_in(runs))


def test_the_loss_falls_and_the_best_weights_are_kept(tiny_encoder: Path, tmp_path: Path) -> None:
    settings = replace(SMALL, steps=60, learning_rate=1e-2, evaluations=6)
    spec = small_spec(tiny_encoder, "mini_pos", settings=settings)
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    log = read_table(found.folder, "training_log").sort("step")
    assert log["loss"].tail(5).mean() < 0.8 * log["loss"].head(5).mean()
    stage = read_table(found.folder, "stage").to_dicts()[0]
    assert stage["dev_score"] == log["dev_score"].max()
    assert stage["best_step"] == log.filter(dev_score=stage["dev_score"])["step"].min()
    assert stage["selection"].startswith("best of 6 evaluations: token_accuracy on mini_pos dev en (n=20)")


def test_the_log_covers_every_step_with_its_learning_rate(tiny_encoder: Path, tmp_path: Path) -> None:
    found = train_run(small_spec(tiny_encoder), str(tiny_encoder), place_in(tmp_path))
    log = read_table(found.folder, "training_log").sort("step")
    assert log["step"].to_list() == [1, 2, 3, 4, 5, 6]
    assert log["learning_rate"].to_list() == pytest.approx([1e-3 * left / 6 for left in (6, 5, 4, 3, 2, 1)])
    assert log["dev_score"].is_not_null().to_list() == [False, False, True, False, False, True]


@pytest.mark.parametrize("task", ["mini_nli", "mini_copa", "mini_pos", "mini_qa"])
def test_the_same_command_gives_the_same_bits(task: str, tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, task)
    for folder in ("one", "two"):
        torch.manual_seed(random.randrange(1000))  # the global generator does not matter
        train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path / folder))
    assert weights(tmp_path / "one", spec.stage_id(0)) == weights(tmp_path / "two", spec.stage_id(0))


def test_another_seed_gives_other_weights(tiny_encoder: Path, tmp_path: Path) -> None:
    one, two = small_spec(tiny_encoder, seed=1), small_spec(tiny_encoder, seed=2)
    for spec in (one, two):
        train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path))
    assert weights(tmp_path, one.stage_id(0)) != weights(tmp_path, two.stage_id(0))


def test_training_leaves_the_global_generator_alone(tiny_encoder: Path, tmp_path: Path) -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    train_stage(small_spec(tiny_encoder), 0, str(tiny_encoder), place_in(tmp_path))
    assert torch.equal(torch.rand(4), expected)


@pytest.mark.parametrize("robust", ["none", "augment", "freelb", "r3f"])
def test_a_stopped_training_goes_on_to_the_same_bits(robust: str, tiny_encoder: Path, tmp_path: Path) -> None:
    from xtb.recipe import robustness

    stage = small_spec(tiny_encoder, robust=robustness(robust, noise="char_swap", severity=3))
    train_with_stops(stage, tiny_encoder, tmp_path / "stopped", sorted(random.sample(range(1, 6), 3)))
    train_stage(stage, 0, str(tiny_encoder), place_in(tmp_path / "whole"))
    assert weights(tmp_path / "stopped", stage.stage_id(0)) == weights(tmp_path / "whole", stage.stage_id(0))


def test_epochs_are_counted_in_steps_and_pass_over_every_example(tiny_encoder: Path, tmp_path: Path) -> None:
    settings = replace(SMALL, steps=None, epochs=2.0, batch_tokens=512)
    spec = small_spec(tiny_encoder, settings=settings)
    row = train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path)).record["row"]
    assert row["epochs"] == 2.0
    assert row["train_examples"] == 40
    assert row["tokens"] > 2 * 40 * 5
    stopped = tmp_path / "stopped"
    train_with_stops(spec, tiny_encoder, stopped, [row["steps"] // 2 + 1])  # in the second epoch
    assert weights(stopped, spec.stage_id(0)) == weights(tmp_path, spec.stage_id(0))


def test_a_loss_that_is_no_number_ends_the_stage_in_one_sentence(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, settings=replace(SMALL, learning_rate=1e30, evaluations=0))
    with pytest.raises(KnownError, match=r"diverged: the loss is not finite by step \d.*Lower the learning"):
        train_run(spec, str(tiny_encoder), place_in(tmp_path))
    record = json.loads((tmp_path / spec.run_id / "run.json").read_text())
    assert record["status"] == "failed"
    assert "diverged" in record["error"]


def train_saving_each_step(spec: RunSpec, encoder: Path, runs: Path) -> None:
    torch.set_num_threads(1)
    train_stage(spec, 0, str(encoder), place_in(runs, save_steps=1))


def kill_at(spec: RunSpec, encoder: Path, runs: Path, step: int) -> None:
    """Train stage 0 in a process of its own that is killed (SIGKILL) once a state of ``step`` is saved."""
    process = fork(train_saving_each_step, spec, encoder, runs)
    partial = runs / "checkpoints" / f"{spec.stage_id(0)}.partial"
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.is_alive():
        if any(int(path.name.removeprefix("step-")) >= step for path in partial.glob("step-*")):
            break
        time.sleep(0.002)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL, "the training was over before it could be killed"


def test_a_killed_training_goes_on_to_the_same_bits(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, settings=replace(SMALL, steps=60, evaluations=3))
    kill_at(spec, tiny_encoder, tmp_path / "killed", random.randrange(1, 30))
    for runs in (tmp_path / "killed", tmp_path / "whole"):
        train_stage(spec, 0, str(tiny_encoder), place_in(runs))
    assert weights(tmp_path / "killed", spec.stage_id(0)) == weights(tmp_path / "whole", spec.stage_id(0))
    assert not (tmp_path / "killed" / "checkpoints" / f"{spec.stage_id(0)}.partial").exists()


@pytest.mark.slow
@pytest.mark.parametrize("task", ["mini_nli", "mini_pos", "mini_qa", "mini_copa"])
def test_killed_many_times_at_random_steps(task: str, tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, task, settings=replace(SMALL, steps=400, evaluations=5))
    step = 0
    for _ in range(5):
        step += random.randrange(1, 70)
        kill_at(spec, tiny_encoder, tmp_path / "killed", step)
    for runs in (tmp_path / "killed", tmp_path / "whole"):
        train_stage(spec, 0, str(tiny_encoder), place_in(runs))
    assert weights(tmp_path / "killed", spec.stage_id(0)) == weights(tmp_path / "whole", spec.stage_id(0))
