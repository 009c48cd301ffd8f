from array import array

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xtb.batching import IGNORE, Feature, Row, collate, token_batches


def feature(*lengths: int, second: int | None = None) -> Feature:
    rows = tuple(Row(array("i", range(5, 5 + n)), n if second is None else second, n) for n in lengths)
    return Feature(0, rows, array("i", [1]), sum(lengths))


features = st.lists(
    st.lists(st.integers(1, 40), min_size=1, max_size=4).map(lambda lengths: feature(*lengths)), max_size=60
)


def padded(batch: list[Feature]) -> int:
    return sum(len(f.rows) for f in batch) * max(f.length for f in batch)


@given(features, st.integers(1, 400), st.none() | st.integers(0, 9))
def test_every_feature_is_in_one_batch_within_the_budget(
    made: list[Feature], budget: int, seed: int | None
) -> None:
    batches = token_batches(made, budget, None if seed is None else np.random.default_rng(seed))
    assert sorted(i for batch in batches for i in batch) == list(range(len(made)))
    for batch in batches:
        assert len(batch) == 1 or padded([made[i] for i in batch]) <= budget


def test_a_generator_in_the_same_state_gives_the_same_batches() -> None:
    made = [feature(1 + i % 17) for i in range(300)]
    one, two, three = (token_batches(made, 64, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == two != three


def test_batches_of_training_come_in_no_order_of_length() -> None:
    made = [feature(1 + i % 50) for i in range(2000)]
    lengths = [made[batch[0]].length for batch in token_batches(made, 200, np.random.default_rng(0))]
    assert abs(np.corrcoef(lengths, np.arange(len(lengths)))[0, 1]) < 0.2


@pytest.mark.parametrize("seed", [None, 0])
def test_little_is_padding(seed: int | None) -> None:
    lengths = np.random.default_rng(1).gamma(4, 8, 20_000).astype(int) + 3
    made = [feature(int(n)) for n in lengths]
    batches = token_batches(made, 4096, None if seed is None else np.random.default_rng(seed))
    full = sum(padded([made[i] for i in batch]) for batch in batches)
    assert 1 - lengths.sum() / full < 0.05


def test_collating_pads_and_masks() -> None:
    batch = collate([feature(3, second=2), feature(1, 2)], pad_id=1, token_types=True)
    assert batch["input_ids"].tolist() == [[5, 6, 7], [5, 1, 1], [5, 6, 1]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0], [1, 1, 0]]
    assert batch["token_type_ids"].tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert batch["feature"].tolist() == [0, 1, 1]
    assert batch["span"].tolist() == [[2, 3], [1, 1], [2, 2]]
    assert all(tensor.dtype == torch.int64 for tensor in batch.values())


def test_targets_of_different_lengths_are_filled_up() -> None:
    row = feature(2).rows
    batch = collate([Feature(0, row, array("i", [1, 2]), 2), Feature(1, row, array("i", [0]), 2)], pad_id=0)
    assert batch["targets"].tolist() == [[1, 2], [0, IGNORE]]
    assert "token_type_ids" not in batch
