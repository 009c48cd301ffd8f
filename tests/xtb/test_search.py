import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xtb.search import nearest


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 99), st.integers(1, 6), st.integers(1, 40), st.integers(1, 12), st.integers(1, 300))
def test_blocks_give_what_a_full_stable_sort_gives(
    seed: int, queries: int, candidates: int, k: int, cells: int
) -> None:
    rng = np.random.default_rng(seed)
    # Small whole numbers: exact products, many ties.
    left = rng.integers(-2, 3, (queries, 3)).astype(np.float32)
    right = rng.integers(-2, 3, (candidates, 3)).astype(np.float32)
    found = nearest(left, right, k, cells=cells)
    order = np.argsort(-(left @ right.T), axis=1, kind="stable")[:, :k]
    assert found.candidate.tolist() == order.tolist()
    assert found.similarity.tolist() == np.take_along_axis(left @ right.T, order, axis=1).tolist()


def test_equal_candidates_come_in_the_order_of_the_pool() -> None:
    pool = np.ones((50, 2), dtype=np.float32)
    assert nearest(pool[:2], pool, 3).candidate.tolist() == [[0, 1, 2]] * 2


def test_no_queries_give_nothing() -> None:
    none = np.empty((0, 2), dtype=np.float32)
    assert nearest(none, np.ones((4, 2), dtype=np.float32), 3).candidate.shape == (0, 3)
