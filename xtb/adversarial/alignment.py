"""Which words of parallel texts mean each other, learned from the texts: IBM Model 1, both ways."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

Sentence = Sequence[str]
Table = Mapping[str, Mapping[str, float]]
ROUNDS = 5


def model1(pairs: Sequence[tuple[Sentence, Sentence]], rounds: int = ROUNDS) -> Table:
    """``t(target word | source word)`` by expectation maximisation (Brown et al., 1993, Model 1).

    Args:
        pairs: source and target words of parallel sentences.
        rounds: of the algorithm, from uniform probabilities.
    """
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for source, target in pairs:
        for word in source:
            table[word].update(dict.fromkeys(target, 1.0))
    for _ in range(rounds):
        counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for source, target in pairs:
            for meant in target:
                total = sum(table[word][meant] for word in source)
                for word in source:
                    counts[word][meant] += table[word][meant] / total
        for word, found in counts.items():
            whole = sum(found.values())
            table[word] = {meant: count / whole for meant, count in found.items()}
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
