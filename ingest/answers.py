"""The gold answers of span examples as arrays: where they stand, and where they stand after edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from ingest.example import Answer, Example
from ingest.fields import made_of
from ingest.text.edits import Edits, shifts
from ingest.text.texts import Texts

Ints = NDArray[np.int64]
_ANSWERS, _TEXT, _START = map(attrgetter, ("answers", "text", "start"))


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of some examples, in order.

    Attributes:
        count: how many each example has.
        text: the text of each answer, its context.
        start, size: where it stands in it, in code points.
        each: the answers of each example.
        strings: the text of each answer.
    """

    count: Ints
    text: Ints
    start: Ints
    size: Ints
    each: list[tuple[Answer, ...]]
    strings: list[str]


def answers_of(examples: Sequence[Example], width: int, place: int) -> Answers:
    """The answers of span examples with ``width`` texts each, the context being the one at ``place``."""
    each = list(map(_ANSWERS, examples))
    flat = list(chain.from_iterable(each))
    strings = list(map(_TEXT, flat))
    count = np.fromiter(map(len, each), np.int64, len(each))
    return Answers(
        count,
        np.repeat(np.arange(len(each)) * width + place, count),
        np.fromiter(map(_START, flat), np.int64, len(flat)),
        np.fromiter(map(len, strings), np.int64, len(flat)),
        each,
        strings,
    )


def moved_answers(answers: Answers, texts: Texts, edits: Edits, starts: Ints) -> list[tuple[Answer, ...]]:
    """The answers of each example where they stand after the edits.

    Args:
        starts: where the markers of the texts stand after them.

    Raises:
        AssertionError: an edit touches an answer, which is a mistake in the perturbation.
    """
    old = texts.starts[answers.text] + 1 + answers.start
    following = np.searchsorted(edits.end, old, "right")
    touched = np.append(edits.start, len(texts.points))[following] < old + answers.size
    touched &= answers.size > 0
    if touched.any():
        raise AssertionError(
            f"an edit touches an answer of {texts.contents[int(answers.text[touched][0])]!r}"
        )
    new = old + shifts(edits)[following] - (starts[answers.text] + 1)
    places = np.where(answers.size > 0, new, answers.start)
    if np.array_equal(places, answers.start):
        return answers.each
    made = iter(made_of(Answer, {"text": answers.strings, "start": places.tolist()}))
    if (answers.count == 1).all():
        return list(zip(made, strict=True))
    return [tuple(islice(made, count)) for count in answers.count.tolist()]
