"""Edit distance on clusters and chrF, against definitions written out."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xtb.adversarial.distance import chrf, cluster_edits, clusters

TEXTS = st.text(alphabet="abनम स्ते\u0301👩\u200d", max_size=12)


def plainly(a: list[str], b: list[str]) -> int:
    """Levenshtein's recursion, word for word."""

    @cache
    def distance(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        return min(
            distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (a[i - 1] != b[j - 1])
        )

    return distance(len(a), len(b))


@given(TEXTS, TEXTS)
def test_the_distance_is_levenshteins_on_clusters(a: str, b: str) -> None:
    assert "".join(clusters(a)) == a
    assert cluster_edits(a, b) == plainly(clusters(a), clusters(b)) == cluster_edits(b, a)


def test_a_cluster_counts_once() -> None:
    assert clusters("नमस्ते🇩🇪a\r\n") == ["न", "म", "स्ते", "🇩🇪", "a", "\r\n"]
    assert cluster_edits("नमस्ते", "नमते") == 1


def test_chrf_of_a_text_worked_out_by_hand() -> None:
    # 1-grams 2 of 3, 2-grams 1 of 2, 3-grams 0 of 1, the same both ways: (2/3 + 1/2 + 0) / 3.
    assert chrf(["ab c"], ["abd"]) == pytest.approx((2 / 3 + 1 / 2) / 3)
    # Precision (1 + 1) / 2; recall (2/3 + 1/2) / 2; F with recall twice as important.
    precision, recall = 1.0, (2 / 3 + 1 / 2) / 2
    assert chrf(["ab"], ["abd"]) == pytest.approx(5 * precision * recall / (4 * precision + recall))
    assert (chrf(["x"], ["y"]), chrf([""], [""]), chrf(["same"], ["same"])) == (0, 1, 1)
