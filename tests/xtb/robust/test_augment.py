"""Training noise: a share of the examples, new in each epoch, labels kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import catalog
from ingest.example import Pair
from xtb.robust.augment import augment

EXAMPLES = [
    Pair(
        id=f"e{n}",
        first=f"The painter number {n} waited outside",
        second="Somebody was waiting there",
        label=n % 3,
    )
    for n in range(200)
]
SWAP = catalog.perturbation("char_swap")


def noisy(rate: float, epoch: int = 0, seed: int = 1, examples: list[Pair] = EXAMPLES) -> list[Pair]:
    found = augment(examples, SWAP, severity=5, rate=rate, language="en", seed=seed, epoch=epoch)
    return [example for example in found if isinstance(example, Pair)]


def test_the_rate_is_the_share_of_noisy_copies() -> None:
    assert noisy(0.0) == EXAMPLES
    changed = [a != b for epoch in range(10) for a, b in zip(noisy(0.4, epoch), EXAMPLES, strict=True)]
    assert sum(changed) / len(changed) == pytest.approx(0.4, abs=0.05)  # five standard deviations


def test_ids_and_labels_stay() -> None:
    assert [(e.id, e.label) for e in noisy(1.0)] == [(e.id, e.label) for e in EXAMPLES]


def test_each_epoch_has_its_own_noise() -> None:
    assert noisy(1.0, epoch=0) != noisy(1.0, epoch=1)
    assert noisy(1.0, epoch=1) == noisy(1.0, epoch=1)
    assert noisy(0.5, seed=1) != noisy(0.5, seed=2)


@settings(max_examples=20)
@given(st.permutations(range(30)), st.integers(0, 5))
def test_an_examples_noise_does_not_depend_on_the_others(order: list[int], epoch: int) -> None:
    whole = {e.id: e for e in noisy(0.5, epoch=epoch)}
    for example in noisy(0.5, epoch=epoch, examples=[EXAMPLES[index] for index in order]):
        assert example == whole[example.id]
