"""What an attack on retrieval takes away, and how near it is to that: right candidates against wrong ones."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from ingest.example import Retrieval
from xtb.heads.base import Outcome, Vectors
from xtb.search import nearest

Goal = Literal["first", "top20", "half_precision"]
GOALS: tuple[Goal, ...] = get_args(Goal)
"""No right candidate is at rank 1; none is among the first 20; average precision is below one half."""

_WRONG: dict[Goal, int] = {"first": 1, "top20": 20, "half_precision": 100}
"""Nearest wrong candidates that count; AP@20 hardly sees those further back than 100."""

SMOOTH = 0.01
"""The temperature of Smooth-AP that Brown et al. (2020, section 4.2) use."""


def heights(goal: Goal, items: Sequence[Retrieval], queries: Tensor, pool: Vectors) -> Tensor:
    """How near each query is to the goal, [queries]; a function of the vectors, for gradients too.

    first: the cosine of the nearest wrong candidate minus that of the nearest right one. top20: the same with
    the twentieth nearest wrong one. Both are above 0 exactly where the goal is reached; a query without a
    right candidate has the cosine of the wrong one alone. half_precision: one minus Smooth-AP (Brown et al.
    2020, eq. 5), in which the ranks of average precision are sums of sigmoids.

    Args:
        items: the queries.
        queries: their unit vectors [queries, hidden].
        pool: the candidates.
    """
    place = {name: i for i, name in enumerate(pool.ids)}
    golds = [[place[name] for name in item.positives if name in place] for item in items]
    depth = _WRONG[goal] + max(map(len, golds), default=0)
    near = nearest(queries.detach().cpu().numpy(), pool.matrix, depth).candidate
    made = []
    for query, row, gold in zip(queries, near.tolist(), golds, strict=True):
        there = frozenset(gold)
        wrong = [i for i in row if i not in there][: _WRONG[goal]] or gold[:1]
        matrix = torch.from_numpy(pool.matrix[np.array([*wrong, *gold])]).to(query.device)
        cosines = matrix @ query
        made.append(_height(goal, cosines[: len(wrong)], cosines[len(wrong) :]))
    return torch.stack(made)


def unreachable(goal: Goal, pool: Vectors) -> str | None:
    """Why no query at all can reach the goal."""
    if len(pool.ids) > _WRONG["top20"] or goal != "top20":
        return None
    return f"goal top20 needs more than 20 candidates, and the pool has {len(pool.ids)}"


def _height(goal: Goal, wrong: Tensor, right: Tensor) -> Tensor:
    """Of one query, from the cosines of wrong candidates, best first, and of all right ones."""
    if goal == "half_precision":
        return 1 - smooth_precision(wrong, right)
    return wrong[-1] - right.max() if len(right) else wrong[-1]


def smooth_precision(wrong: Tensor, right: Tensor) -> Tensor:
    """Smooth-AP of the cosines of wrong and right candidates; 0 where there is no right one."""
    if not len(right):
        return wrong.new_zeros(())
    # What stands before each right candidate; it does not stand before itself.
    before = ((right - right[:, None]) / SMOOTH).sigmoid()
    better = before.sum(1) - before.diagonal()
    worse = ((wrong - right[:, None]) / SMOOTH).sigmoid().sum(1)
    precision: Tensor = ((1 + better) / (1 + better + worse)).mean()
    return precision


def named(name: str) -> Goal:
    """A goal by its name; '' is the first rank."""
    return next(goal for goal in GOALS if goal == (name or GOALS[0]))


def reached(goal: Goal, outcome: Outcome) -> bool:
    """Is the goal reached? All but ``first`` need a ranking, whose average precision is ``correct``."""
    match goal:
        case "first":
            return (outcome.exact or 0.0) < 1
        case "top20":
            return outcome.correct == 0
        case "half_precision":
            return outcome.correct < 0.5
