"""Mining pairs of translations from two sets of sentences, by the margin between a pair and its neighbours.

Follows google-research/xtreme@838c13b third_party/utils_retrieve.py (LASER's mine_bitexts.py; Artetxe &
Schwenk, 2019): the margin of a pair is its cosine over the mean of both sides' similarities to their 4
nearest neighbours; the candidates are each sentence's best neighbour in both directions, taken greedily
from the highest margin down, each sentence once. A sentence that occurs twice is in no pair.

Two departures: the threshold may lie at the last pair (there an IndexError), and test is cut at the
threshold of the validation set (there the test gold tunes it again when it is at hand).
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xtb.search import nearest

NEIGHBOURS = 4
BLOCK = 16_384
"""Sentences whose pairs are scored at a time."""

Matrix = NDArray[np.float32]


class Pair(NamedTuple):
    """A mined pair: places in the two sets, and the margin."""

    first: int
    second: int
    margin: float


def mine(
    first: Matrix, second: Matrix, first_texts: Sequence[str], second_texts: Sequence[str]
) -> list[Pair]:
    """Pairs of translations, the highest margin first.

    Every sentence meets every other (exact), in blocks (``xtb.search.nearest``); beside the vectors and one
    block nothing grows faster than the number of sentences.

    Args:
        first, second: unit vectors [sentences, hidden].
        first_texts, second_texts: their sentences.
    """
    ones, twos = _distinct(first_texts), _distinct(second_texts)
    if not ones or not twos:
        return []
    x = first if len(ones) == len(first) else first[ones]
    y = second if len(twos) == len(second) else second[twos]
    forward, backward = nearest(x, y, NEIGHBOURS), nearest(y, x, NEIGHBOURS)
    x_mean, y_mean = forward.similarity.mean(1), backward.similarity.mean(1)
    there = _best(x, y, forward.candidate, x_mean, y_mean)
    back = _best(y, x, backward.candidate, y_mean, x_mean)
    sources = np.concatenate([np.arange(len(x)), back[0]])
    targets = np.concatenate([there[0], np.arange(len(y))])
    margins = np.concatenate([there[1], back[1]])
    repeated = _repeated(first_texts), _repeated(second_texts)
    pairs = []
    used_sources, used_targets = np.zeros(len(x), bool), np.zeros(len(y), bool)
    for place in np.argsort(-margins, kind="stable").tolist():
        source, target = int(sources[place]), int(targets[place])
        if used_sources[source] or used_targets[target]:
            continue
        used_sources[source] = used_targets[target] = True
        pair = Pair(ones[source], twos[target], float(margins[place]))
        unique = (
            first_texts[pair.first].strip() not in repeated[0]
            and second_texts[pair.second].strip() not in repeated[1]
        )
        if pair.margin > 0 and unique:
            pairs.append(pair)
    return pairs


def best_threshold(margins: Sequence[float], right: Sequence[bool], gold: int) -> float:
    """The margin from which on pairs count, so that F1 is highest: half-way to the next pair.

    Args:
        margins: of the pairs, falling.
        right: is each pair in the gold?
        gold: pairs there are.

    >>> best_threshold([1.5, 1.25, 1.0, 0.5], [True, True, False, False], 3)
    1.125
    """
    best, threshold, hits = 0.0, 0.0, 0
    for place, hit in enumerate(right):
        hits += hit
        f1 = 2 * hits / (place + 1 + gold)
        if f1 > best:
            best = f1
            below = margins[place + 1] if place + 1 < len(margins) else margins[place]
            threshold = (margins[place] + below) / 2
    return threshold


def _best(
    x: Matrix, y: Matrix, near: NDArray[np.int64], x_mean: Matrix, y_mean: Matrix
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of each sentence's neighbours the one of the highest margin, and the margin."""
    chosen = np.empty(len(x), np.int64)
    margins = np.empty(len(x), np.float64)
    for at in range(0, len(x), BLOCK):
        part = slice(at, at + BLOCK)
        cosine = np.stack([np.einsum("ij,ij->i", x[part], y[column]) for column in near[part].T], axis=1)
        margin = (cosine / ((x_mean[part, None] + y_mean[near[part]]) / 2)).astype(np.float64)
        place = margin.argmax(1)
        rows = np.arange(len(place))
        chosen[part], margins[part] = near[part][rows, place], margin[rows, place]
    return chosen, margins


def _distinct(texts: Sequence[str]) -> list[int]:
    """The place of each distinct text, in order of first occurrence."""
    places: dict[str, int] = {}
    for place, text in enumerate(texts):
        places.setdefault(text, place)
    return list(places.values())


def _repeated(texts: Sequence[str]) -> frozenset[str]:
    counts = Counter(text.strip() for text in texts)
    return frozenset(text for text, count in counts.items() if count > 1)
