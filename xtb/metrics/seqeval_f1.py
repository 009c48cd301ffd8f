"""Entities of tagged sentences, as seqeval counts them, so that its F1 adds up from sentences.

Tags without B- and I- (parts of speech) go through seqeval as they are, which is how XTREME scores
UDPOS: the first letter is read as the position, the rest as the type, and neighbours of one type melt
into one entity. It is not token accuracy.
"""

import warnings
from collections.abc import Sequence

Entity = tuple[str, int, int]
"""Type, first word, last word."""


def entities(sentences: Sequence[Sequence[str]]) -> list[set[Entity]]:
    """The entities of each sentence (``seqeval.metrics.sequence_labeling.get_entities``).

    seqeval's F1 over a corpus is 2 x hits / (predicted + gold), counted over these sets: it puts an "O"
    behind each sentence, so no entity crosses two of them.

    >>> entities([["B-PER", "I-PER", "O"], ["B-LOC"]])
    [{('PER', 0, 1)}, {('LOC', 0, 0)}]
    """
    from seqeval.metrics.sequence_labeling import get_entities

    distinct = list(dict.fromkeys(map(tuple, sentences)))
    with warnings.catch_warnings():
        # seqeval warns of every tag without B- or I-.
        warnings.simplefilter("ignore")
        found = {tags: set(get_entities(list(tags))) for tags in distinct}
    return [found[tuple(tags)] for tags in sentences]
