"""Average precision of ranked candidates."""

from collections.abc import Collection, Sequence


def average_precision(ranked: Sequence[str], positives: Collection[str], k: int = 20) -> float:
    """AP@k: precision at each positive among the first k, summed, over the positives there could be.

    The mean over queries is mAP@k as LAReQA defines it (Roy et al., 2020; ``average_precision_at_k`` of
    google-research/xtreme, third_party/utils_lareqa.py). With one positive it is the reciprocal rank,
    the "map@20" of Mewsli-X.

    Args:
        ranked: distinct candidates, best first.
        positives: the right ones, at least one.
        k: how many of the ranked count.

    >>> average_precision(["a", "x", "b"], {"a", "b"})
    0.8333333333333333
    """
    hits, total = 0, 0.0
    for rank, candidate in enumerate(ranked[:k], start=1):
        if candidate in positives:
            hits += 1
            total += hits / rank
    return total / min(len(positives), k)
