"""An example under attack: its texts as parts, and edits of them that keep answers and tags right.

An edit replaces a stretch of the *original* text. What a search has found so far is a set of such
edits, so nothing is changed in place, and dropping one of them restores the text exactly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ingest.edit_map import Edit, EditMap
from ingest.example import Answer, Example, Span
from ingest.rebuild import batches
from ingest.text.texts import Texts
from xtb.adversarial.attack import Proposal


class Part(NamedTuple):
    """One text of an example: its field, its index where the field holds several, and itself."""

    field: str
    place: int | None
    text: str


class Change(NamedTuple):
    """``parts[part].text[start:end]`` becomes ``text``; ``edits`` clusters are touched at most."""

    part: int
    start: int
    end: int
    text: str
    edits: int = 1


@dataclass(frozen=True, slots=True)
class Word:
    """A unit that is edited at most once.

    Attributes:
        part: which text it stands in.
        spans: start and end of each of its clusters, in code points of the text.
        letters: for each cluster, whether it is a letter that nothing protects.
        whole: no cluster of it is protected.
        unspaced: its script has no blanks between words, so it is a single cluster.
    """

    part: int
    spans: tuple[tuple[int, int], ...]
    letters: tuple[bool, ...]
    whole: bool
    unspaced: bool

    @property
    def start(self) -> int:
        """Where it starts."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.spans[-1][1]

    @property
    def core(self) -> "Word | None":
        """Its letters without the punctuation around them; None where other things stand between them."""
        places = [place for place, letter in enumerate(self.letters) if letter]
        if not places or len(places) != places[-1] + 1 - places[0]:
            return None
        within = slice(places[0], places[-1] + 1)
        return replace(self, spans=self.spans[within], letters=self.letters[within])


class Original:
    """An example and those of its texts that may be edited.

    Args:
        example: as the benchmark has it.
        fields: names of ``ingest.fields.FIELDS``.
    """

    def __init__(self, example: Example, fields: Sequence[str]) -> None:
        self.example, self.fields = example, tuple(fields)
        self.parts = tuple(parts_of(example, fields))
        guarded = isinstance(example, Span) and "context" in fields
        self._answers = example.answers if guarded and isinstance(example, Span) else ()

    @property
    def texts(self) -> list[str]:
        """The text of each part."""
        return [part.text for part in self.parts]

    def texts_of(self, other: Example) -> list[str]:
        """The same parts of another version of the example."""
        return [part.text for part in parts_of(other, self.fields)]

    def propose(self, changes: Iterable[Change]) -> Proposal | None:
        """The example with changes that do not overlap; None when one touches a gold answer."""
        ordered = sorted(changes)
        if self._answers and any(self._touches(change) for change in ordered):
            return None
        new: dict[int, str] = {}
        by_part: dict[int, list[Change]] = {}
        for change in ordered:
            by_part.setdefault(change.part, []).append(change)
        for at, mine in by_part.items():
            new[at] = replaced(self.parts[at].text, mine)
        values: dict[str, Any] = {}
        for at, text in new.items():
            field, place, _ = self.parts[at]
            if place is None:
                values[field] = text
            else:
                texts = values.setdefault(field, list(getattr(self.example, field)))
                texts[place] = text
        made = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        if self._answers and "context" in made:
            moved = edit_map([change for change in ordered if self.parts[change.part].field == "context"])
            made["answers"] = tuple(
                Answer(text=answer.text, start=moved.start(answer.start)) for answer in self._answers
            )
        example: Any = self.example
        return Proposal(replace(example, **made), sum(change.edits for change in ordered))

    def _touches(self, change: Change) -> bool:
        if self.parts[change.part].field != "context":
            return False
        inserted = change.start == change.end
        return any(
            change.start < answer.start + len(answer.text)
            and (change.start > answer.start if inserted else change.end > answer.start)
            for answer in self._answers
        )

    def protected(self, part: int, start: int, end: int) -> bool:
        """Does a stretch touch a word that something protects: a URL, a name with @, a placeholder?"""
        return any(
            word.part == part and word.start < end and start < word.end
            for word in self.words
            if not word.whole
        )

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Runs of clusters between blanks, or tokens; in scripts without blanks every letter by itself."""
        (batch,) = batches([self.example], self.fields)
        texts = batch.texts()
        first = np.append(texts.starts, texts.tokens) if texts.tokenised else texts.starts
        begins = np.sort(first[first < len(texts.points) - 1])
        if texts.tokenised:  # a text's own marker comes before that of its first token
            begins = np.setdiff1d(begins, texts.starts)
        return tuple(_words(texts, begins))


def _words(texts: Texts, begins: Any) -> Iterable[Word]:
    at = np.arange(texts.count - 1)
    starts, ends = texts.starts_of(at), texts.ends_of(at)
    part = np.searchsorted(begins, starts, "right") - 1
    origin = begins[np.maximum(part, 0)] + 1
    free, letter, unspaced = texts.free.tolist(), texts.letter.tolist(), texts.unspaced
    spans = list(zip((starts - origin).tolist(), (ends - origin).tolist(), strict=True))
    parts = part.tolist()
    for first, last in zip(texts.word_starts.tolist(), texts.word_ends.tolist(), strict=True):
        lone = bool(unspaced[first:last].any())
        for a, b in [(i, i + 1) for i in range(first, last)] if lone else [(first, last)]:
            yield Word(parts[a], tuple(spans[a:b]), tuple(letter[a:b]), all(free[a:b]), lone)


def parts_of(example: Example, fields: Sequence[str]) -> Iterable[Part]:
    """The texts of these fields of an example."""
    for field in fields:
        value = getattr(example, field)
        if isinstance(value, str):
            yield Part(field, None, value)
        else:
            for place, text in enumerate(value):
                yield Part(field, place, text)


def replaced(text: str, changes: Sequence[Change]) -> str:
    """A text after changes in ascending order."""
    pieces, at = [], 0
    for change in changes:
        pieces += [text[at : change.start], change.text]
        at = change.end
    return "".join([*pieces, text[at:]])


def edit_map(changes: Sequence[Change]) -> EditMap:
    """Where positions of a text go under ascending changes of it."""
    edits, shift = [], 0
    for change in changes:
        start = change.start + shift
        edits.append(Edit(change.start, change.end, start, start + len(change.text)))
        shift += len(change.text) - (change.end - change.start)
    return EditMap(tuple(edits))
