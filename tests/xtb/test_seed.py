"""Random numbers are functions of their purpose."""

import subprocess
import sys

import torch
from hypothesis import given
from hypothesis import strategies as st

from xtb import seed as seeds

purposes = st.lists(st.one_of(st.text(max_size=8), st.integers(0, 10**9)), max_size=4)


@given(st.integers(0, 2**31), purposes)
def test_a_draw_depends_on_seed_and_purpose_alone(seed: int, purpose: list[str | int]) -> None:
    first = seeds.generator(seed, *purpose).integers(0, 2**60, 5)
    seeds.generator(seed, "something else").integers(0, 9, 100)
    assert (seeds.generator(seed, *purpose).integers(0, 2**60, 5) == first).all()


@given(purposes, purposes)
def test_different_purposes_give_different_numbers(one: list[str | int], other: list[str | int]) -> None:
    assert (seeds.integer(1, *one) == seeds.integer(1, *other)) == (one == other)


@given(st.integers(0, 2**31), purposes)
def test_uniform_numbers_lie_in_the_unit_interval(seed: int, purpose: list[str | int]) -> None:
    assert 0.0 <= seeds.uniform(seed, *purpose) < 1.0


def test_uniform_numbers_are_spread_evenly() -> None:
    values = [seeds.uniform(1, "test", n) for n in range(2000)]
    assert abs(sum(values) / len(values) - 0.5) < 0.02


def test_numbers_are_the_same_in_another_process() -> None:
    code = "from xtb import seed; print(seed.integer(7, 'order', 'mnli', 3))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(printed) == seeds.integer(7, "order", "mnli", 3)


def test_dropout_is_keyed_to_the_step_and_leaves_no_trace() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    with seeds.dropout_generators():
        seeds.seed_step(1, "dropout", 731)
        first = torch.rand(3)
        torch.rand(100)
        seeds.seed_step(1, "dropout", 731)
        assert torch.equal(torch.rand(3), first)
    assert torch.equal(torch.get_rng_state(), before)
