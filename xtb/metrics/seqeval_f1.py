"""Entities of tagged sentences, as seqeval counts them, so that its F1 adds up from sentences.

Tags without B- and I- (parts of speech) go through seqeval as they are, which is how XTREME scores
UDPOS: the first letter is read as the position, the rest as the type, and neighbours of one type melt
into one entity. It is not token accuracy.
"""

import warnings
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

Entity = tuple[str, int, int]
"""Type, first and last word, counted through the corpus with one place between two sentences."""


def entities(sentences: Sequence[Sequence[str]]) -> list[frozenset[Entity]]:
    """The entities that end in each sentence (``seqeval.metrics.sequence_labeling.get_entities``).

    seqeval's F1 over a corpus is 2 x hits / (predicted + gold) over these sets. They are taken from
    the whole corpus because a sentence alone does not tell: seqeval gives the one-letter tag "X" the
    type it gives "O", so an "X" that begins a sentence becomes an entity that reaches back into the
    sentence before, and one that ends a sentence none at all. Such numbers are the published ones.

    >>> entities([["B-PER", "I-PER", "O"], ["B-LOC"]])
    [frozenset({('PER', 0, 1)}), frozenset({('LOC', 4, 4)})]
    """
    return list(_entities(tuple(map(tuple, sentences))))


@lru_cache(maxsize=4)  # a language's gold tags come back in each of its cells; 3 us a word
def _entities(sentences: tuple[tuple[str, ...], ...]) -> tuple[frozenset[Entity], ...]:
    from seqeval.metrics.sequence_labeling import get_entities

    found: list[set[Entity]] = [set() for _ in sentences]
    last = list(accumulate((len(tags) + 1 for tags in sentences), initial=-1))[1:]
    with warnings.catch_warnings():
        # seqeval warns of every tag without B- or I-.
        warnings.simplefilter("ignore")
        for entity in get_entities([list(tags) for tags in sentences]):
            found[bisect_left(last, entity[2])].add(entity)
    return tuple(map(frozenset, found))
