"""Words as units: found, chosen and described for whole batches.

In plain text a word is what stands between blanks, without the punctuation around it. In a
tokenised text it is a token, and what must stay together (an entity of several tokens) is one unit.
Text without blanks between words has no words here: nothing is guessed.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.text.draw import Noise, choose, quota
from ingest.text.properties import LETTER, NUMBER
from ingest.text.texts import Bools, Ints, Texts


class Words:
    """The words of a batch, in order.

    Attributes:
        first, last: first cluster of each word, and one past its last.
        text: the text of each.
        number: its number within the text.
        free: no part of it is protected, and its script separates words.
    """

    def __init__(self, texts: Texts, first: Ints, last: Ints, covered: Bools | None = None) -> None:
        """Take words as given.

        Args:
            covered: for each cluster, whether it belongs to one of them, where that is known.
        """
        self.texts = texts
        self.first = first
        self.last = last
        self.text = texts.text_of_cluster[first]
        begins = np.searchsorted(self.text, np.arange(len(texts)))
        self.number: Ints = np.arange(len(first)) - begins[self.text]
        self._covered = covered

    def __len__(self) -> int:
        return len(self.first)

    def any(self, clusters: Bools) -> Bools:
        """For each word, whether one of its clusters is marked."""
        total = np.zeros(len(clusters) + 1, np.int32)
        np.cumsum(clusters, out=total[1:])
        found: Bools = total[self.last] > total[self.first]
        return found

    def all(self, clusters: Bools) -> Bools:
        """For each word, whether all of its clusters are marked."""
        return ~self.any(~clusters)

    @cached_property
    def free(self) -> Bools:
        """Words that an edit may move or drop: unprotected, in a script with blanks between words."""
        return self.any(self.texts.letter) & self.all(self.texts.free) & ~self.any(self.texts.unspaced)

    @cached_property
    def numeral(self) -> Bools:
        """Words with a digit."""
        return self.any((self.texts.bits & NUMBER) != 0)

    @cached_property
    def starts(self) -> Ints:
        """Position in the buffer where each word starts."""
        return self.texts.starts_of(self.first)

    @cached_property
    def ends(self) -> Ints:
        """Position one past the end of each word."""
        return self.texts.ends_of(self.last - 1)

    def strings(self, at: Ints) -> list[str]:
        """The text of some of the words."""
        string = self.texts.string
        return [string[a:b] for a, b in zip(self.starts[at].tolist(), self.ends[at].tolist(), strict=True)]

    def pick(self, noise: Noise, candidates: Bools, eligible: Ints | None = None) -> tuple[Ints, Ints]:
        """Choose words at the noise's rate; indices of the chosen, and the eligible words per text."""
        at = np.flatnonzero(candidates)
        sizes = self.counts(at)
        if eligible is None:
            eligible = sizes
        draws = noise.hash(self.texts, self.text[at], self.number[at])
        return at[choose(draws, sizes, quota(eligible, noise.rate))], eligible

    def counts(self, at: Ints) -> Ints:
        """How many of the words with these indices lie in each text."""
        return np.bincount(self.text[at], minlength=len(self.texts))

    @cached_property
    def covered(self) -> Bools:
        """For each cluster, whether it belongs to a word."""
        return self.clusters(np.arange(len(self))) if self._covered is None else self._covered

    def clusters(self, at: Ints) -> Bools:
        """For each cluster, whether it belongs to one of the words."""
        mask = np.zeros(self.texts.count + 1, np.int8)
        mask[self.first[at]] = 1
        mask[self.last[at]] -= 1
        return np.cumsum(mask[:-1], dtype=np.int8).view(bool)


def words(texts: Texts) -> Words:
    """Words between blanks, punctuation and all; for tokens, the runs between blanks inside them."""
    return Words(texts, texts.word_starts, texts.word_ends)


def cores(texts: Texts) -> Words:
    """Words between blanks from their first letter or digit to their last; others are left out."""
    core = (texts.bits & (LETTER | NUMBER)) != 0
    at = np.flatnonzero(core)
    if not len(at):
        return Words(texts, at, at)
    begins = np.diff(texts.word[at], prepend=-1) != 0
    ends = np.append(begins[1:], True)
    return Words(texts, at[begins], at[ends] + 1)


@dataclass(frozen=True, slots=True)
class Chunks:
    """Runs of tokens that move as one, with their markers.

    Attributes:
        start, end: positions in the buffer.
        text: the text of each.
        number: the number of its first token within the text.
        tokens: how many tokens it has.
        free: it has a letter and nothing protected.
        numeral: it has a digit.
    """

    start: Ints
    end: Ints
    text: Ints
    number: Ints
    tokens: Ints
    free: Bools
    numeral: Bools


def chunks(texts: Texts, *, whole: bool = True) -> Chunks:
    """Entities (``B-X I-X ...``) and single tokens of the tokenised texts.

    Args:
        whole: keep the tokens of an entity together; otherwise every token is one.
    """
    start = texts.tokens
    text = np.searchsorted(texts.starts, start, "right") - 1
    first_token = np.searchsorted(start, texts.starts[:-1])
    number = np.arange(len(start)) - first_token[text]
    end = np.minimum(np.append(start[1:], len(texts.points)), texts.starts[text + 1])
    if whole and len(start):
        inside = _inside(texts)
        head = ~inside | (number == 0)
        where = np.flatnonzero(head)
        end = end[np.append(where[1:], len(start)) - 1]
        tokens = np.diff(where, append=len(start))
        start, text, number = start[head], text[head], number[head]
    else:
        tokens = np.ones(len(start), np.int64)
    return Chunks(start, end, text, number, tokens, *_contents(texts, start, end))


def _inside(texts: Texts) -> NDArray[np.bool_]:
    """For each token, whether its tag continues that of the token before."""
    inside: list[bool] = []
    for tags in texts.tags:
        before = ""
        for tag in tags:
            inside.append(tag.startswith("I-") and before[1:] == tag[1:] and before[:2] in ("B-", "I-"))
            before = tag
    return np.array(inside, bool)


def _contents(texts: Texts, start: Ints, end: Ints) -> tuple[Bools, Bools]:
    """Which stretches of tokens may be moved, and which hold a digit."""
    a, b = np.searchsorted(texts.clusters, start), np.searchsorted(texts.clusters, end)

    def count(mask: Bools) -> Ints:
        total = np.concatenate(([0], np.cumsum(mask, dtype=np.int64)))
        out: Ints = total[b] - total[a]
        return out

    marker = ~texts.free & texts.white
    fixed = ~texts.free & ~marker
    return (count(texts.letter) > 0) & (count(fixed) == 0), count((texts.bits & NUMBER) != 0) > 0
