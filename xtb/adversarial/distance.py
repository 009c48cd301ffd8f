"""How far two texts are apart: Levenshtein distance on grapheme clusters, and chrF."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ingest.text.clusters import boundaries
from ingest.text.properties import MARKER, properties

ORDER = 6
BETA = 2.0


def clusters(text: str) -> list[str]:
    """The extended grapheme clusters of a text.

    >>> clusters("नमस्ते")
    ['न', 'म', 'स्ते']
    """
    if text.isascii() and "\r" not in text:
        return list(text)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    starts = np.flatnonzero(boundaries(properties()[np.concatenate(([MARKER], points, [MARKER]))]))
    cuts = (starts[1:] - 1).tolist()
    return [text[a:b] for a, b in pairwise(cuts)]


def cluster_edits(before: str, after: str) -> int:
    """Clusters inserted, deleted or replaced, at least (Levenshtein, 1966).

    >>> cluster_edits("kitten", "sitting"), cluster_edits("नमस्ते", "नमते")
    (3, 1)
    """
    if before == after:
        return 0
    a, b = clusters(before), clusters(after)
    first = 0
    while first < min(len(a), len(b)) and a[first] == b[first]:
        first += 1
    a, b = a[first:], b[first:]
    while a and b and a[-1] == b[-1]:
        a.pop()
        b.pop()
    if not a or not b:
        return len(a) + len(b)
    number: dict[str, int] = {}
    row = np.array([number.setdefault(each, len(number)) for each in b])
    place = np.arange(len(b) + 1)
    best = place.copy()
    for line, each in enumerate(a, 1):
        over = np.minimum(best[1:] + 1, best[:-1] + (row != number.get(each, -1)))
        best = np.concatenate(([line], over))
        best = np.minimum.accumulate(best - place) + place  # insertions
    return int(best[-1])


def chrf(hypothesis: Sequence[str], reference: Sequence[str]) -> float:
    """chrF2 in [0, 1] of some texts against others: n-grams of characters, blanks left out.

    Popović (2015): n from 1 to 6, recall counts twice; precision and recall are averaged over the orders
    that both sides have, as sacreBLEU does. Equal texts without any character have 1.
    """
    precisions, recalls = [], []
    said = ["".join(text.split()) for text in hypothesis]
    meant = ["".join(text.split()) for text in reference]
    for n in range(1, ORDER + 1):
        found, there = _grams(said, n), _grams(meant, n)
        if not found or not there:
            continue
        common = (found & there).total()
        precisions.append(common / found.total())
        recalls.append(common / there.total())
    if not precisions:
        return float(said == meant)
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    if precision + recall == 0:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _grams(texts: Sequence[str], n: int) -> Counter[str]:
    return Counter(text[i : i + n] for text in texts for i in range(len(text) - n + 1))
