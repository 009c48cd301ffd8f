"""A batch of examples as texts, and the examples again after the edits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.example import Example, Span, Tags
from ingest.fields import Text, texts_of, with_texts
from ingest.text.draw import text_keys
from ingest.text.edits import Edits, apply, moved_ends, moved_starts
from ingest.text.properties import MARKER
from ingest.text.texts import Content, Texts


@dataclass(frozen=True, slots=True)
class Batch:
    """Some examples with the texts of the fields asked for, laid out one after the other."""

    examples: Sequence[Example]
    fields: tuple[str, ...]
    parts: list[list[Text]]

    def texts(self) -> Texts:
        """The texts as one buffer."""
        flat = [
            (example, part)
            for example, parts in zip(self.examples, self.parts, strict=True)
            for part in parts
        ]
        tags = [example.tags if isinstance(example, Tags) else () for example, _ in flat]
        return Texts(
            [part.content for _, part in flat],
            text_keys((example.id, part.name) for example, part in flat),
            [part.protected for _, part in flat] if any(part.protected for _, part in flat) else None,
            tags if any(tags) else None,
            [example for example, _ in flat],
            [part.name for _, part in flat],
        )


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Examples after their edits, and for each what was done."""

    examples: list[Example]
    changed: list[bool]
    edits: list[int]
    eligible: list[int]


def batches(examples: Sequence[Example], fields: tuple[str, ...], points: int = 1 << 17) -> list[Batch]:
    """Cut examples into batches of about so many code points, whose arrays fit a processor's cache."""
    out: list[Batch] = []
    first = 0
    size = 0
    parts: list[list[Text]] = []
    for at, example in enumerate(examples):
        texts = texts_of(example, fields)
        parts.append(texts)
        size += sum(map(_size, texts))
        if size >= points or at == len(examples) - 1:
            out.append(Batch(examples[first : at + 1], fields, parts))
            first, size, parts = at + 1, 0, []
    return out


def _size(text: Text) -> int:
    return len(text.content) if isinstance(text.content, str) else sum(map(len, text.content))


def rebuild(batch: Batch, texts: Texts, edits: Edits) -> Rebuilt:
    """Make the edits and put the examples together again.

    Raises:
        AssertionError: an edit touched a gold answer, which is a mistake in the perturbation.
    """
    moved = apply(texts.points, edits, origin=texts.tags is not None)
    new = moved.points
    starts = moved_starts(edits, texts.starts)
    tokens = np.flatnonzero(new == MARKER)
    tokens = tokens[~np.isin(tokens, starts)] if len(tokens) > len(starts) else tokens[:0]
    new[starts] = 0
    new[tokens] = 0
    string = new.tobytes().decode("utf-32-le", "surrogatepass")
    owner = np.zeros(0, np.int64)
    if texts.tags is not None and moved.origin is not None:
        owner = np.searchsorted(texts.tokens, moved.origin[tokens])
    flat_tags = [tag for tags in texts.tags or () for tag in tags]
    bounds = starts.tolist()
    cuts = np.searchsorted(tokens, starts)
    contents: list[Content] = []
    new_tags: dict[int, tuple[str, ...]] = {}
    for at, content in enumerate(texts.contents):
        if isinstance(content, str):
            contents.append(string[bounds[at] + 1 : bounds[at + 1]])
        else:
            own = tokens[cuts[at] : cuts[at + 1]].tolist()
            ends = [*own[1:], bounds[at + 1]]
            contents.append(tuple(string[a + 1 : b] for a, b in zip(own, ends, strict=False)))
            new_tags[at] = tuple(flat_tags[i] for i in owner[cuts[at] : cuts[at + 1]])
    return _examples(batch, texts, edits, contents, new_tags)


def _examples(
    batch: Batch, texts: Texts, edits: Edits, contents: list[Content], tags: dict[int, tuple[str, ...]]
) -> Rebuilt:
    out = Rebuilt([], [], [], [])
    units, eligible = edits.units.tolist(), edits.eligible.tolist()
    at = 0
    for example, parts in zip(batch.examples, batch.parts, strict=True):
        until = at + len(parts)
        own = contents[at:until]
        changed = any(new != part.content for new, part in zip(own, parts, strict=True))
        if changed:
            answers = _answers(example, parts, texts, edits, at, own)
            example = with_texts(example, batch.fields, own, tags.get(at), answers)
        out.examples.append(example)
        out.changed.append(changed)
        out.edits.append(sum(units[at:until]))
        out.eligible.append(sum(eligible[at:until]))
        at = until
    return out


def _answers(
    example: Example, parts: list[Text], texts: Texts, edits: Edits, at: int, contents: list[Content]
) -> list[int] | None:
    """New starts of the answers of a span whose context was edited."""
    if not isinstance(example, Span):
        return None
    place = next((i for i, part in enumerate(parts) if part.name == "context"), None)
    if place is None or not example.answers:
        return None
    first = int(texts.starts[at + place]) + 1
    old = np.array([first + answer.start for answer in example.answers])
    ends = np.array([first + answer.start + len(answer.text) for answer in example.answers])
    origin = int(moved_starts(edits, texts.starts[at + place : at + place + 1])[0]) + 1
    starts = moved_starts(edits, old) - origin
    stops = moved_ends(edits, ends) - origin
    context = contents[place]
    for answer, start, stop in zip(example.answers, starts.tolist(), stops.tolist(), strict=True):
        was_right = example.context[answer.start : answer.start + len(answer.text)] == answer.text
        if was_right and answer.text and context[start:stop] != answer.text:
            raise AssertionError(f"answer {answer.text!r} of example {example.id} was moved wrongly")
    return [max(start, 0) for start in starts.tolist()]
