"""The order of training examples."""

from collections import Counter
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from tests.xtb.workshop import SMALL, mini, small_spec
from xtb import trainset
from xtb.encoder import Encoder
from xtb.model import build_model
from xtb.recipe import robustness
from xtb.spec import RunSpec
from xtb.trainset import Step, Trainset, read_parts


def a_trainset(spec: RunSpec, encoder: Encoder, seed: int = 1) -> Trainset:
    stage = spec.stages[0]
    parts = read_parts(stage, mini())
    models = {part.task.name: build_model(encoder, part.task, seed=1) for part in parts}
    return Trainset(stage=stage, parts=parts, models=models, seed=seed)


def rows_of(data: Trainset, epoch: int) -> list[bytes]:
    return list(chain.from_iterable(ids(list(data.steps(epoch)))))


def ids(steps: list[Step]) -> list[list[bytes]]:
    return [[row.ids.tobytes() for feature in step.features for row in feature.rows] for step in steps]


def test_an_epoch_holds_every_example_once(tiny_encoder: Path, encoder: Encoder) -> None:
    data = a_trainset(small_spec(tiny_encoder), encoder)
    steps = list(data.steps(0))
    assert sum(len(step.features) for step in steps) == data.size == 40
    assert data.count() == len(steps)


def test_the_order_depends_on_seed_and_epoch_alone(tiny_encoder: Path, encoder: Encoder) -> None:
    spec = small_spec(tiny_encoder)
    data = a_trainset(spec, encoder)
    first = ids(list(data.steps(0)))
    assert ids(list(data.steps(1))) != first
    assert ids(list(a_trainset(spec, encoder).steps(0))) == first
    assert ids(list(a_trainset(spec, encoder, seed=2).steps(0))) != first


def test_an_epoch_can_be_entered_anywhere(tiny_encoder: Path, encoder: Encoder) -> None:
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_pos", "mini_copa"), regime="multitask")
    data = a_trainset(spec, encoder)
    whole = ids(list(data.steps(2)))
    assert ids(list(a_trainset(spec, encoder).steps(2, first=3))) == whole[3:]


def test_batches_keep_to_the_budget(tiny_encoder: Path, encoder: Encoder) -> None:
    for step in a_trainset(small_spec(tiny_encoder), encoder).steps(0):
        rows = [row for feature in step.features for row in feature.rows]
        assert len(rows) * max(len(row.ids) for row in rows) <= SMALL.batch_tokens


def test_blocks_cut_a_large_set_without_losing_examples(
    tiny_encoder: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = small_spec(tiny_encoder)
    whole = Counter(rows_of(a_trainset(spec, encoder), 0))
    monkeypatch.setattr(trainset, "BLOCK", 7)
    data = a_trainset(spec, encoder)
    assert Counter(rows_of(data, 0)) == whole
    again = a_trainset(spec, encoder)
    next(again.steps(0))
    assert len(again.kept["mini_nli"]) == 7  # only what came up was tokenised


def test_a_mixture_draws_tasks_by_their_size(tiny_encoder: Path, encoder: Encoder) -> None:
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_para", "mini_copa"), regime="multitask")
    data = a_trainset(spec, encoder)
    steps = list(data.steps(0))
    assert Counter(step.task for step in steps).keys() == {"mini_para", "mini_copa"}
    assert len({step.task for step in steps[: len(steps) // 2]}) == 2  # they alternate
    assert sum(len(step.features) for step in steps) == data.size == 80


def test_noise_is_new_in_each_epoch_and_the_same_again(tiny_encoder: Path, encoder: Encoder) -> None:
    spec = small_spec(tiny_encoder, robust=robustness("augment", noise="char_swap", severity=5, rate=0.5))
    clean = set(rows_of(a_trainset(small_spec(tiny_encoder), encoder), 0))
    data = a_trainset(spec, encoder)
    epochs = [set(rows_of(data, epoch)) for epoch in (0, 1)]
    assert all(0.3 < len(epoch - clean) / 40 < 0.7 for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert set(rows_of(a_trainset(spec, encoder), 1)) == epochs[1]


def test_a_limit_is_shared_among_languages(tiny_encoder: Path, encoder: Encoder) -> None:
    settings = replace(SMALL, limit=20)
    (part,) = a_trainset(small_spec(tiny_encoder, regime="multilingual", settings=settings), encoder).parts
    counts = Counter(part.languages)
    assert len(counts) == 8
    assert set(counts.values()) == {3}
