"""Noise that comes as data: the same examples as people wrote them, in the place of a perturbation.

A task names such noise in ``Task.versions``. Its ``read`` gives the clean twins of exactly the noisy
examples, so that clean and noisy cell are paired by id; this is why the typo versions of XNLI and PAN-X
are tasks of their own: their clean rows are other ones than those of the whole benchmark.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ingest.errors import BadData
from ingest.example import Example, Pair, Span, Tags
from ingest.perturbation import Perturbed


def version(clean: Sequence[Example], noisy: Sequence[Example], name: str, severity: int) -> Perturbed:
    """The noisy twins of clean examples, as ``ingest.perturbation.perturb`` gives them.

    ``edits`` counts the words that differ, ``eligible`` the words there are.

    Args:
        clean: examples of a cell, or a sample of them.
        noisy: the noisy examples by id; more than the clean ones is fine.
        name: of the perturbation.
        severity: 1, which is as people wrote it; there are no other degrees.

    Raises:
        BadData: a clean example has no noisy twin, or one with another label.
    """
    none = [0] * len(clean)
    if severity not in (0, 1):
        reason = f"{name} is as people wrote it and has severity 1 alone"
        return Perturbed(
            examples=list(clean),
            changed=[False] * len(clean),
            edits=none,
            eligible=list(none),
            not_applicable=reason,
        )
    twins = {example.id: example for example in noisy}
    lost = [example.id for example in clean if example.id not in twins]
    if lost:
        raise BadData(
            f"{len(lost)} of {len(clean)} examples have no version with {name}, the first is {lost[0]}"
        )
    examples = [twins[example.id] for example in clean]
    counts = [_edits(one, two) for one, two in zip(clean, examples, strict=True)]
    return Perturbed(
        examples=examples,
        changed=[one != two for one, two in zip(clean, examples, strict=True)],
        edits=[edits for edits, _ in counts],
        eligible=[words for _, words in counts],
    )


def _edits(clean: Example, noisy: Example) -> tuple[int, int]:
    """Words of the clean example that the noisy one has not, and its words."""
    if _gold(clean) != _gold(noisy):
        raise BadData(f"the versions of example {clean.id} differ in their labels")
    edits = words = 0
    for one, two in zip(_texts(clean), _texts(noisy), strict=True):
        words += len(one)
        if one != two:
            same = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
            edits += max(len(one), len(two)) - sum(block.size for block in same)
    return edits, words


def _texts(example: Example) -> Iterator[Sequence[str]]:
    """The words of each text that may be noisy."""
    if isinstance(example, Tags):
        yield example.tokens
    elif isinstance(example, Pair):
        yield example.first.split()
        yield example.second.split()
    elif isinstance(example, Span):
        yield example.question.split()
    else:
        raise TypeError(f"no versions of {type(example).__name__} examples are known")


def _gold(example: Example) -> object:
    if isinstance(example, Span):
        return example.context, example.answers
    return example.tags if isinstance(example, Tags) else getattr(example, "label", None)
