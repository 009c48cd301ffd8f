"""Entities of tagged sentences, as seqeval counts them, so that its F1 adds up from sentences.

Tags without B- and I- (parts of speech) are read as seqeval reads them, which is how XTREME scores
UDPOS: the first letter is the position, the rest the type, and neighbours of one type melt
into one entity. It is not token accuracy.
"""

from collections.abc import Sequence
from functools import cache

Entity = tuple[str, int, int]
"""Type, first and last word, counted through the corpus with one place between two sentences."""

OUTSIDE = "O"


def entities(sentences: Sequence[Sequence[str]]) -> list[frozenset[Entity]]:
    """The entities that end in each sentence (``seqeval.metrics.sequence_labeling.get_entities``).

    seqeval's F1 over a corpus is 2 x hits / (predicted + gold) over these sets. They are taken from
    the whole corpus because a sentence alone does not tell: seqeval gives the one-letter tag "X" the
    type it gives "O", so an "X" that begins a sentence becomes an entity that reaches back into the
    sentence before, and one that ends a sentence none at all. Such numbers are the published ones.

    A word without a tag ("") is outside of all entities.

    >>> entities([["B-PER", "I-PER", "O"], ["B-LOC"]])
    [frozenset({('PER', 0, 1)}), frozenset({('LOC', 4, 4)})]
    """
    found = []
    first = place = 0
    last = ""
    for tags in sentences:
        there = set()
        for tag in (*tags, OUTSIDE):
            ended, begins = _step(last, tag or OUTSIDE)
            if ended is not None:
                there.add((ended, first, place - 1))
            if begins:
                first = place
            last = tag or OUTSIDE
            place += 1
        found.append(frozenset(there))
    return found


@cache  # a corpus has few pairs of neighbouring tags; seqeval looks at each of its words anew
def _step(last: str, tag: str) -> tuple[str | None, bool]:
    """Between two tags: the type of the entity that ends, None where none does; and whether one begins.

    Before the first word there is the tag "", which stands outside and has a type of its own.
    """
    from seqeval.metrics.sequence_labeling import end_of_chunk, start_of_chunk

    (before, kind), (now, then) = _parted(last), _parted(tag)
    ends = end_of_chunk(before, now, kind, then)
    return kind if ends else None, start_of_chunk(before, now, kind, then)


def _parted(tag: str) -> tuple[str, str]:
    """Position and type, as seqeval parts them."""
    if not tag:
        return OUTSIDE, ""
    return tag[0], tag[1:].split("-", maxsplit=1)[-1] or "_"
