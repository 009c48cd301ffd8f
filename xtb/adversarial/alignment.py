"""Which words of parallel texts mean each other, learned from the texts: IBM Model 1, both ways."""

from collections.abc import Mapping, Sequence

import numpy as np

Sentence = Sequence[str]
Table = Mapping[str, Mapping[str, float]]
ROUNDS = 5
_NONE = np.zeros(0, np.int64)


def model1(pairs: Sequence[tuple[Sentence, Sentence]], rounds: int = ROUNDS) -> Table:
    """``t(target word | source word)`` by expectation maximisation (Brown et al., 1993, Model 1).

    Args:
        pairs: source and target words of parallel sentences.
        rounds: of the algorithm, from uniform probabilities.
    """
    source: dict[str, int] = {}
    target: dict[str, int] = {}
    ones, twos, cells = [_NONE], [_NONE], [_NONE]
    size = 0
    for left, right in pairs:
        one = np.array([source.setdefault(word, len(source)) for word in left], np.int64)
        two = np.array([target.setdefault(word, len(target)) for word in right], np.int64)
        ones.append(np.repeat(one, len(two)))
        twos.append(np.tile(two, len(one)))
        cells.append(size + np.tile(np.arange(len(two)), len(one)))
        size += len(two)
    cell = np.concatenate(cells)
    known, at = np.unique(np.concatenate(ones) * len(target) + np.concatenate(twos), return_inverse=True)
    given = known // max(len(target), 1)
    chance = np.ones(len(known))
    for _ in range(rounds):
        # Each target word is shared out among the source words of its sentence, as likely as they are now.
        total = np.bincount(cell, chance[at])
        counts = np.bincount(at, chance[at] / total[cell], len(known))
        chance = counts / np.bincount(given, counts)[given]
    table: dict[str, dict[str, float]] = {word: {} for word in source}
    from_words, to_words = list(source), list(target)
    for key, value in zip(known.tolist(), chance.tolist(), strict=True):
        table[from_words[key // len(target)]][to_words[key % len(target)]] = value
    return table


def links(source: Sentence, target: Sentence, forward: Table, backward: Table) -> set[tuple[int, int]]:
    """Pairs of word indices that are each other's best, the nearest to the diagonal among equals."""

    def best(words: Sentence, given: str, at: float, table: Table) -> int:
        chances = table.get(given, {})
        far = len(words) or 1
        return max(
            range(len(words)), key=lambda i: (chances.get(words[i], 0.0), -abs(i / far - at)), default=-1
        )

    there = [best(target, word, i / (len(source) or 1), forward) for i, word in enumerate(source)]
    back = [best(source, word, j / (len(target) or 1), backward) for j, word in enumerate(target)]
    return {
        (i, j)
        for i, j in enumerate(there)
        if j >= 0 and back[j] == i and forward.get(source[i], {}).get(target[j])
    }


def phrases(size: int, aligned: set[tuple[int, int]], longest: int) -> list[tuple[int, int, int, int]]:
    """Phrases that translate each other: first and last index on both sides (Koehn et al., 2003).

    A phrase is at most ``longest`` words on either side, and no word of it is aligned outside it.
    """
    found = []
    for first in range(size):
        for last in range(first, min(first + longest, size)):
            inside = [j for i, j in aligned if first <= i <= last]
            if not inside:
                continue
            low, high = min(inside), max(inside)
            if high - low < longest and all(first <= i <= last for i, j in aligned if low <= j <= high):
                found.append((first, last, low, high))
    return found
