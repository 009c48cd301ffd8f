"""The gold answers of span examples as arrays: where they stand, and where they stand after edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.example import Answer, Example, Span
from ingest.text.edits import Edits, moved_starts
from ingest.text.texts import Texts

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of some examples, in order.

    Attributes:
        count: how many each example has.
        text: the text of each answer, its context.
        start, size: where it stands in it, in code points.
    """

    count: Ints
    text: Ints
    start: Ints
    size: Ints


def answers_of(examples: Sequence[Example], width: int, place: int) -> Answers:
    """The answers of examples with ``width`` texts each, the context being the one at ``place``."""
    each = [example.answers if isinstance(example, Span) else () for example in examples]
    flat = [answer for answers in each for answer in answers]
    count = np.fromiter(map(len, each), np.int64, len(each))
    return Answers(
        count,
        np.repeat(np.arange(len(each)) * width + place, count),
        np.array([answer.start for answer in flat], np.int64),
        np.array([len(answer.text) for answer in flat], np.int64),
    )


def moved_answers(
    examples: Sequence[Example], answers: Answers, texts: Texts, edits: Edits
) -> list[tuple[Answer, ...]]:
    """The answers of each example where they stand after the edits.

    Raises:
        AssertionError: an edit touches an answer, which is a mistake in the perturbation.
    """
    old = texts.starts[answers.text] + 1 + answers.start
    following = np.searchsorted(edits.end, old, "right")
    touched = np.append(edits.start, len(texts.points))[following] < old + answers.size
    if touched.any():
        raise AssertionError(
            f"an edit touches an answer of {texts.contents[int(answers.text[touched][0])]!r}"
        )
    origin = moved_starts(edits, texts.starts)[answers.text] + 1
    starts = np.where(answers.size > 0, moved_starts(edits, old) - origin, answers.start)
    out = [example.answers if isinstance(example, Span) else () for example in examples]
    stirred = np.flatnonzero(np.bincount(_owner(answers), starts != answers.start, len(out)))
    first = (np.cumsum(answers.count) - answers.count)[stirred].tolist()
    new = starts.tolist()
    for at, begin in zip(stirred.tolist(), first, strict=True):
        out[at] = tuple([_moved(answer, new[begin + n]) for n, answer in enumerate(out[at])])
    return out


def _owner(answers: Answers) -> Ints:
    return np.repeat(np.arange(len(answers.count)), answers.count)


_slots: Any = Answer
_write_text, _write_start = _slots.text.__set__, _slots.start.__set__


def _moved(answer: Answer, start: int) -> Answer:
    """The answer at another place; as ``ingest.fields.renew``, without the cost of a frozen object."""
    if start == answer.start:
        return answer
    new = object.__new__(Answer)
    _write_text(new, answer.text)
    _write_start(new, start)
    return new
