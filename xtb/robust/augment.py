"""Training on noise: each epoch a fresh share of the examples is replaced by noisy copies.

Which examples, and what noise, depend on the seed, the epoch and the example's id only, never on order or
on what was drawn before; so a resumed epoch sees the same noise. Each noisy copy keeps its label, answer
offsets and tags (see ``ingest.perturbation``). Belinkov & Bisk (2018) train on such a mixture of clean and
noisy text; unlike theirs the mixture is drawn anew every epoch.
"""

from collections.abc import Sequence

from ingest.example import Example
from ingest.perturbation import Perturbation, perturb
from xtb import seed as seeds


def augment(
    examples: Sequence[Example],
    perturbation: Perturbation,
    *,
    severity: int,
    rate: float,
    language: str,
    seed: int,
    epoch: int,
    task: str | None = None,
) -> list[Example]:
    """The examples, each replaced by a noisy copy with probability ``rate``.

    Args:
        examples: of one language.
        perturbation: the noise; where it does not apply to these examples they stay clean.
        severity: 1 to 5.
        rate: share of examples to replace, in [0, 1].
        language: their language code.
        seed: of the run's noise.
        epoch: keys the draw, so that each epoch has its own.
        task: name of the task, for noise that does not preserve the labels of some.

    Returns:
        As many examples in the same order with the same ids; the given ones are not changed.
    """
    chosen = [
        index
        for index, example in enumerate(examples)
        if seeds.uniform(seed, "augment", language, epoch, example.id) < rate
    ]
    noisy = perturb(
        [examples[index] for index in chosen],
        perturbation,
        severity=severity,
        language=language,
        seed=seeds.integer(seed, "noise", epoch) % 2**31,  # a noise seed, as evaluation has them
        task=task,
    )
    mixed = list(examples)
    for index, example in zip(chosen, noisy.examples, strict=True):
        mixed[index] = example
    return mixed
