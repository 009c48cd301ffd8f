"""SQuAD's F1 and exact match of answers, versions 1.1 and 2.0 (Rajpurkar et al., 2016, 2018).

TyDiQA-GoldP and XQuAD are scored by the rules of 1.1 in XTREME, in every language: articles are the
English ones, punctuation is ASCII, words are parted by white space.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Judged(NamedTuple):
    """Token F1 and exact match, both in [0, 1], against the gold answer that suits best (each on its own)."""

    f1: float
    exact: float


def normalise(text: str) -> str:
    """Lower case without ASCII punctuation, English articles and surplus white space.

    >>> normalise("The  Panthers' (defense)")
    'panthers defense'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def judge(prediction: str, golds: Sequence[str], normalise: Callable[[str], str] = normalise) -> Judged:
    """Scores an answer as evaluate-v1.1.py does.

    Args:
        prediction: the answer given.
        golds: the right answers, at least one.
        normalise: MLQA has its own.
    """
    given = normalise(prediction)
    wanted = [normalise(gold) for gold in golds]
    return Judged(max(overlap(given, gold) for gold in wanted), float(given in wanted))


def judge2(prediction: str, golds: Sequence[str]) -> Judged:
    """Scores an answer as SQuAD 2.0's evaluate-v2.0.py does: the answer to an unanswerable question is ''.

    Differs from ``judge`` where an answer normalises to nothing ("the"): gold answers of this
    kind are left out, and two empty answers agree fully.

    Args:
        prediction: the answer given, '' for none.
        golds: the right answers; none for an unanswerable question.
    """
    given = normalise(prediction)
    wanted = [text for text in map(normalise, golds) if text] or [""]
    scores = [overlap(given, gold) if given and gold else float(given == gold) for gold in wanted]
    return Judged(max(scores), float(given in wanted))


def overlap(given: str, gold: str) -> float:
    """F1 over the bags of words of two normalised texts; 0 when they share none."""
    one, two = given.split(), gold.split()
    same = sum((Counter(one) & Counter(two)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(one), same / len(two)
    return 2 * precision * recall / (precision + recall)
