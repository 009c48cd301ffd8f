"""The search that most attacks share: site by site, the change of highest loss, if the loss grows."""

from collections.abc import Callable, Generator, Iterable, Sequence

import numpy as np

from xtb.adversarial.attack import Ask, Reply, scored
from xtb.adversarial.original import Change, Original, Word


def greedy(
    original: Original, sites: Iterable[Iterable[Change]], most: int | None = None
) -> Generator[Ask, Reply, tuple[Change, ...]]:
    """A beam of one.

    Args:
        sites: for each place, in the order in which they are tried, what it may become. Changes that
            overlap one that was made are skipped.
        most: changes that are made at most.

    Returns:
        The changes that were made.
    """
    climb = Climb(original)
    for site in sites:
        if most is not None and len(climb.made) >= most:
            break
        yield from climb.take(site)
    return climb.made


class Climb:
    """What a beam of one has made of an example so far.

    Attributes:
        made: the changes that were made.
    """

    def __init__(self, original: Original) -> None:
        self.made: tuple[Change, ...] = ()
        self._original, self._height = original, -np.inf

    def take(self, site: Iterable[Change]) -> Generator[Ask, Reply, None]:
        """Make the change of highest loss at one place, if the loss grows."""
        tried = [
            (change, proposal)
            for change in site
            if not any(overlap(change, other) for other in self.made)
            if (proposal := self._original.propose((*self.made, change))) is not None
        ]
        losses = yield from scored([proposal for _, proposal in tried])
        best = max(range(len(tried)), key=lambda at: losses[at], default=None)
        if best is not None and losses[best] > self._height:
            self._height, self.made = losses[best], (*self.made, tried[best][0])


def overlap(one: Change, other: Change) -> bool:
    """Do two changes touch the same stretch?"""
    if one.part != other.part:
        return False
    same = (one.start, one.end) == (other.start, other.end)
    return same or (one.start < other.end and other.start < one.end)


def ranked(
    original: Original, words: Sequence[Word], text: Callable[[Word], str] = lambda word: ""
) -> Generator[Ask, Reply, list[Word]]:
    """Words by the loss without them, highest first; ``text`` stands in for a word that is left out."""
    probes = [original.propose([Change(word.part, word.start, word.end, text(word))]) for word in words]
    known = [(word, probe) for word, probe in zip(words, probes, strict=True) if probe is not None]
    losses = yield from scored([probe for _, probe in known], probe=True)
    order = sorted(range(len(known)), key=lambda i: (-losses[i], i))
    return [known[i][0] for i in order]
