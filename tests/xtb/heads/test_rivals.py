"""Goals of attacks on retrieval, on rankings worked out by hand."""

from math import exp

import numpy as np
import pytest
import torch

from ingest.example import Retrieval
from tests.xtb.toys import toy_task
from xtb.heads.base import Outcome, Vectors
from xtb.heads.retrieval import judged
from xtb.heads.rivals import GOALS, SMOOTH, Goal, heights, reached, smooth_precision, unreachable


def pool(cosines: list[float]) -> Vectors:
    """Candidates c0, c1 ... with these cosines to the query (1, 0)."""
    matrix = np.array([[c, (1 - c * c) ** 0.5] for c in cosines], np.float32)
    return Vectors([f"c{i}" for i in range(len(cosines))], matrix)


def height(goal: Goal, cosines: list[float], right: tuple[int, ...]) -> float:
    item = Retrieval(id="q", query="?", positives=tuple(f"c{i}" for i in right))
    return float(heights(goal, [item], torch.tensor([[1.0, 0.0]]), pool(cosines))[0])


def outcome(cosines: list[float], right: tuple[int, ...]) -> Outcome:
    order = sorted(range(len(cosines)), key=lambda i: -cosines[i])[:20]
    item = Retrieval(id="q", query="?", positives=tuple(f"c{i}" for i in right))
    said = " ".join(f"c{i}" for i in order)
    (found,) = judged([item], [said], toy_task("retrieval"), "en")
    return found


def test_the_first_rank_is_the_nearest_wrong_against_the_nearest_right() -> None:
    assert height("first", [0.9, 0.5, 0.7, 0.2], (1, 2)) == pytest.approx(0.9 - 0.7)
    assert height("first", [0.9, 0.5], (0,)) == pytest.approx(0.5 - 0.9)


@pytest.mark.parametrize("place", [5, 19, 20, 21, 24])
def test_out_of_the_first_twenty_exactly_where_twenty_wrong_ones_are_nearer(place: int) -> None:
    """25 candidates, the better right one at this place (from 0), the other one last."""
    cosines = [0.9 - 0.03 * i for i in range(26)]
    right = (place, 25)
    assert reached("top20", outcome(cosines, right)) == (place >= 20)
    wrong = [cosine for i, cosine in enumerate(cosines) if i not in right]
    assert height("top20", cosines, right) == pytest.approx(wrong[19] - cosines[place], abs=1e-6)
    assert (height("top20", cosines, right) > 0) == (place >= 20)


def test_half_of_the_average_precision() -> None:
    cosines = [0.9, 0.8, 0.7, 0.6]
    # Right at ranks 1 and 4: (1 + 2/4) / 2; at ranks 2 and 4: (1/2 + 2/4) / 2; at 3 and 4: (1/3 + 2/4) / 2.
    for right, precision, fooled in (((0, 3), 0.75, False), ((1, 3), 0.5, False), ((2, 3), 5 / 12, True)):
        assert outcome(cosines, right).correct == pytest.approx(precision)
        assert reached("half_precision", outcome(cosines, right)) == fooled
        # So far apart the sigmoids of the smooth ranks are steps.
        assert height("half_precision", cosines, right) == pytest.approx(1 - precision, abs=1e-3)


def test_smooth_precision_written_out() -> None:
    wrong, right = [0.50, 0.42], [0.51, 0.49]

    def step(gap: float) -> float:
        return 1 / (1 + exp(-gap / SMOOTH))

    expected = 0.0
    for i, mine in enumerate(right):
        before = 1 + sum(step(other - mine) for j, other in enumerate(right) if j != i)
        expected += before / (before + sum(step(other - mine) for other in wrong)) / 2
    found = smooth_precision(torch.tensor(wrong), torch.tensor(right))
    assert float(found) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("goal", GOALS)
def test_climbing_a_goal_lowers_the_right_candidates(goal: Goal) -> None:
    cosines = [0.9 - 0.01 * i for i in range(30)]
    item = Retrieval(id="q", query="?", positives=("c0", "c3"))
    query = torch.tensor([[1.0, 0.0]], requires_grad=True)
    found = heights(goal, [item], query, pool(cosines))
    found.sum().backward()
    assert query.grad is not None
    moved = torch.nn.functional.normalize(query + 0.05 * query.grad / query.grad.norm(), dim=-1).detach()
    assert float(heights(goal, [item], moved, pool(cosines))) > float(found.detach())


def test_a_small_pool_has_no_twenty_wrong_candidates() -> None:
    assert unreachable("top20", pool([0.1] * 20)) == (
        "goal top20 needs more than 20 candidates, and the pool has 20"
    )
    assert unreachable("top20", pool([0.1] * 21)) is None
    assert unreachable("first", pool([0.1])) is None
