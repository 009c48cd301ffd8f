"""What weights are chosen on."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.xtb.test_spec import STAGE
from tests.xtb.workshop import mini
from xtb.devset import read_dev
from xtb.encoder import Encoder
from xtb.model import build_model


def test_dev_is_english_whatever_was_trained_on() -> None:
    dev = read_dev(replace(STAGE, task="mini_nli", languages=("qle",), dev_limit=12), mini())
    assert [(part.language, len(part.examples)) for part in dev.parts] == [("en", 12)]
    assert (dev.metric, dev.chance) == ("accuracy", pytest.approx(1 / 3))


def test_a_mixture_is_judged_by_the_mean_over_its_tasks(tiny_encoder: Path, encoder: Encoder) -> None:
    stage = replace(STAGE, task="mini_nli+mini_copa", dev_limit=8)
    dev = read_dev(stage, mini())
    assert dev.metric == "accuracy+accuracy"
    assert dev.chance == pytest.approx((1 / 3 + 1 / 2) / 2)
    models = {part.task.name: build_model(encoder, part.task, seed=0) for part in dev.parts}
    single = [replace(dev, parts=[part]).score(models) for part in dev.parts]
    assert dev.score(models) == pytest.approx(sum(single) / 2)
    assert dev.rule(total=100).startswith("best of 4 evaluations: mean of accuracy on mini_nli")


def test_without_evaluations_the_last_weights_are_taken() -> None:
    dev = read_dev(replace(STAGE, task="mini_nli", evaluations=0), mini())
    assert not dev
    assert dev.rule(total=100) == "last step"
    assert (dev.metric, dev.chance) == (None, None)
