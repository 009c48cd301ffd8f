"""Draws: exact counts, nested choices, and numbers that look random."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.example import Retrieval
from ingest.perturbation import noise_of
from ingest.rebuild import batches
from ingest.text.draw import choose, quota
from ingest.text.keys import text_keys
from ingest.text.pairs import choose_apart
from tests.ingest.any_text import load

sizes = st.lists(st.integers(0, 60), min_size=1, max_size=30)


def draws_for(sizes: list[int], seed: int, values: int = 2**32) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, values, sum(sizes)).astype(np.uint32)


@given(sizes, st.integers(0, 9), st.sampled_from([2**32, 5]))
@settings(max_examples=200, deadline=None)
def test_the_smallest_draws_of_each_text_are_chosen(sizes: list[int], seed: int, values: int) -> None:
    draws = draws_for(sizes, seed, values)
    count = np.random.default_rng(seed + 1).integers(0, 40, len(sizes))
    expected: list[int] = []
    at = 0
    for size, wanted in zip(sizes, count, strict=True):
        order = np.argsort(draws[at : at + size], kind="stable")[:wanted]
        expected += sorted((at + order).tolist())
        at += size
    assert choose(draws, np.array(sizes), count).tolist() == expected


@given(sizes, st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_pairs_are_chosen_greedily_and_do_not_overlap(sizes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    draws = draws_for(sizes, seed)
    count = rng.integers(0, 20, len(sizes))
    # pairs of one text lie side by side with a gap now and then; texts are far apart
    step = np.where(rng.random(len(draws)) < 0.2, 3, 1)
    text = np.repeat(np.arange(len(sizes)), sizes)
    at = np.cumsum(step) + 1000 * text
    expected: list[int] = []
    for number, wanted in enumerate(count):
        mine = np.flatnonzero(text == number)
        taken: list[int] = []
        for pair in mine[np.argsort(draws[mine], kind="stable")].tolist():
            if all(abs(at[pair] - at[other]) > 1 for other in taken):
                taken.append(pair)
        expected += sorted(taken[:wanted])
    assert choose_apart(draws, at, np.array(sizes), count).tolist() == expected


def test_quotas_round_half_to_even_and_never_leave_a_text_alone() -> None:
    assert quota(np.array([0, 1, 25, 35, 100]), 0.1).tolist() == [0, 1, 2, 4, 10]


def test_keys_of_texts_differ_by_example_and_by_field() -> None:
    ids = [str(number) for number in range(20_000)]
    owner = np.repeat(np.arange(len(ids)), 2)
    keys = text_keys(ids, ["first", "second"], owner, np.tile([0, 1], len(ids)))
    assert len(np.unique(keys)) == len(keys)


def test_draws_are_uniform() -> None:
    cell = [Retrieval(id=str(at), query="abcdefghij" * 10, positives=()) for at in range(1000)]
    noise = noise_of(load("char_repeat"), 3, "en", 0, cell)
    (texts,) = [batch.texts() for batch in batches(cell, ("query",), 1 << 20)]
    draws = noise.clusters(texts, texts.letters)
    assert abs(draws.mean() / 2**32 - 0.5) < 0.005  # five standard errors
    by_bucket = np.bincount(draws >> np.uint32(26), minlength=64)
    chi = ((by_bucket - len(draws) / 64) ** 2 / (len(draws) / 64)).sum()
    assert chi < 63 + 5 * (2 * 63) ** 0.5
    grid = draws.reshape(1000, 100).astype(float)
    assert abs(np.corrcoef(grid[:, :-1].ravel(), grid[:, 1:].ravel())[0, 1]) < 0.02  # neighbours
    assert abs(np.corrcoef(grid[:-1].ravel(), grid[1:].ravel())[0, 1]) < 0.02  # texts in a row
