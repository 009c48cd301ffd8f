"""How a mixture of tasks is drawn: which task the next step is of.

proportional   by size: each task as often as it has examples; with a cap, by min(size, cap)
               (examples-proportional mixing of Raffel et al., 2020, section 3.5.2, with their limit K)
temperature    by min(size, cap) to the power of 1 / temperature (there too, after Arivazhagan et al., 2019)
uniform        all tasks alike

Proportional mixing without a cap goes through every example once an epoch. The others draw with fixed
chances, and a task that has run out begins again in a new order; an epoch has then as many examples as the
tasks have together, counted up to the cap.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from xtb.batching import Feature
from xtb.spec import StageSpec

Batches = Iterator[list[Feature]]


def is_exhaustive(stage: StageSpec) -> bool:
    """Does an epoch see every example exactly once?"""
    return stage.mixing == "proportional" and stage.mixing_cap is None


def chances(sizes: Mapping[str, int], stage: StageSpec) -> dict[str, float]:
    """The chance of each task; they sum to 1.

    >>> stage = StageSpec(role="target", task="a+b", learning_rate=1.0, epochs=1, batch_tokens=1,
    ...     max_length=1, mixing="temperature", mixing_temperature=2.0, mixing_cap=900)
    >>> chances({"a": 100, "b": 400_000}, stage)
    {'a': 0.25, 'b': 0.75}
    """
    counted = {name: float(_counted(size, stage)) for name, size in sizes.items()}
    if stage.mixing == "uniform":
        weights = dict.fromkeys(counted, 1.0)
    elif stage.mixing == "temperature":
        weights = {name: size ** (1 / stage.mixing_temperature) for name, size in counted.items()}
    else:
        weights = counted
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def examples(sizes: Mapping[str, int], stage: StageSpec) -> int:
    """Examples of an epoch: of all tasks, each counted up to the cap."""
    return sum(_counted(size, stage) for size in sizes.values())


def draw(weights: Mapping[str, float], rng: np.random.Generator) -> str:
    """A task, with a chance proportional to its weight."""
    names = list(weights)
    if len(names) == 1:
        return names[0]
    values = np.array([weights[name] for name in names], dtype=np.float64)
    return names[int(rng.choice(len(names), p=values / values.sum()))]


def _counted(size: int, stage: StageSpec) -> int:
    return size if stage.mixing_cap is None else min(size, stage.mixing_cap)
