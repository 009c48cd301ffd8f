"""A batch of examples as texts, and the examples again after the edits."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.answers import Answers, answers_of, moved_answers
from ingest.example import Example, Span, Tags
from ingest.fields import Content, Laid, columns, lay, renew
from ingest.text.edits import Edits, apply, moved_starts
from ingest.text.keys import Words64, text_keys
from ingest.text.properties import MARKER
from ingest.text.texts import Texts

Ints = NDArray[np.int64]
_ID, _TAGS = operator.attrgetter("id"), operator.attrgetter("tags")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some examples of one kind with the texts of the fields asked for, and the keys of their draws."""

    examples: Sequence[Example]
    laid: Laid
    keys: Words64
    answers: Answers | None

    def texts(self) -> Texts:
        """The texts as one buffer."""
        tokenised = isinstance(self.examples[0], Tags)
        tags = list(map(_TAGS, self.examples)) if tokenised else ()
        return Texts(
            self.laid.contents, self.keys, tags=tags, answers=_ranges(self.answers), owners=self._owners
        )

    def _owners(self) -> list[Example]:
        return [self.examples[at] for at in self.laid.owner.tolist()]


def _ranges(answers: Answers | None) -> tuple[Ints, Ints, Ints] | None:
    return (answers.text, answers.start, answers.start + answers.size) if answers else None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Examples after their edits, and for each what was done."""

    examples: list[Example]
    changed: list[bool]
    edits: list[int]
    eligible: list[int]


def batches(examples: Sequence[Example], fields: tuple[str, ...], points: int = 1 << 17) -> list[Batch]:
    """Cut examples into batches of about so many code points, whose arrays fit a processor's cache."""
    laid = lay(examples, fields)
    keys = text_keys(list(map(_ID, examples)), laid.names, laid.owner, laid.field)
    tokenised = "tokens" in fields
    sizes = (
        [sum(map(len, content)) for content in laid.contents] if tokenised else list(map(len, laid.contents))
    )
    size = np.bincount(laid.owner, np.array(sizes, float), len(examples)).cumsum()
    number = (size / points).astype(np.int64)
    cuts = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(examples)]
    texts = np.searchsorted(laid.owner, cuts).tolist()
    out: list[Batch] = []
    for (first, last), (a, b) in zip(pairwise(cuts), pairwise(texts), strict=True):
        part = examples[first:last]
        spans = "context" in fields and isinstance(part[0], Span)
        answers = answers_of(part, len(fields), fields.index("context")) if spans else None
        here = Laid(laid.contents[a:b], laid.owner[a:b] - first, laid.field[a:b], laid.names)
        out.append(Batch(part, here, keys[a:b], answers))
    return out


def rebuild(batch: Batch, texts: Texts, edits: Edits) -> Rebuilt:
    """Make the edits and put the examples together again.

    Raises:
        AssertionError: an edit touched a gold answer, which is a mistake in the perturbation.
    """
    moved = apply(texts.points, edits, origin=texts.tokenised)
    points = moved.points
    starts = moved_starts(edits, texts.starts)
    values: dict[str, Sequence[object]] = {}
    contents: list[Content]
    if not texts.tokenised:
        points[starts] = 0
        string = _decoded(points)
        contents = _cut(string, starts)
    else:
        contents, values["tags"] = _tokens(texts, points, moved.origin, starts)
    if batch.answers is not None:
        values["answers"] = moved_answers(batch.answers, texts, edits, starts)
    values |= columns(batch.examples, batch.laid, contents)
    differ = np.fromiter(map(operator.ne, contents, texts.contents), bool, len(contents))
    units, eligible = edits.units, edits.eligible
    if len(contents) != len(batch.examples):
        first = np.searchsorted(batch.laid.owner, np.arange(len(batch.examples)))
        differ = np.logical_or.reduceat(differ, first)
        units, eligible = np.add.reduceat(units, first), np.add.reduceat(eligible, first)
    changed = differ.tolist()
    return Rebuilt(renew(batch.examples, values, changed), changed, units.tolist(), eligible.tolist())


def _cut(string: str, starts: Ints) -> list[Content]:
    """What stands between the markers, which are NUL in the string."""
    if string.count("\0") == len(starts):  # no text has a NUL of its own
        return list(string.split("\0")[1:-1])
    return [string[a + 1 : b] for a, b in pairwise(starts.tolist())]


def _decoded(points: NDArray[np.uint32]) -> str:
    return str(points.data, "utf-32-le", "surrogatepass")


def _tokens(
    texts: Texts, points: NDArray[np.uint32], origin: Ints | None, starts: Ints
) -> tuple[list[Content], list[tuple[str, ...]]]:
    """Tokens and tags of each sentence; a token's tag goes where its marker went."""
    assert origin is not None
    marker = points == MARKER
    marker[starts] = False
    tokens = np.flatnonzero(marker)
    points[starts] = 0
    points[tokens] = 0
    string = _decoded(points)
    flat = [tag for tags in texts.tags for tag in tags]
    came_from = np.searchsorted(texts.tokens, origin[tokens]).tolist()
    tag_of = [flat[at] for at in came_from]
    for at, (before, now) in enumerate(pairwise(came_from), 1):
        if before == now and tag_of[at].startswith("B-"):  # a repeated token is no entity of its own
            tag_of[at] = f"I-{tag_of[at][2:]}"
    cuts = np.searchsorted(tokens, starts).tolist()
    begins = [*tokens.tolist(), len(points) - 1]
    ends = starts.tolist()
    contents: list[Content] = []
    for at, (first, last) in enumerate(pairwise(cuts)):
        stops = [*begins[first + 1 : last], ends[at + 1]]
        contents.append(tuple(string[a + 1 : b] for a, b in zip(begins[first:last], stops, strict=False)))
    return contents, [tuple(tag_of[a:b]) for a, b in pairwise(cuts)]
