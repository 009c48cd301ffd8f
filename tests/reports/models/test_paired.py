"""Paired differences against scipy, statsmodels, and sums worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.models.paired import Paired, cluster_percentiles, clustered, mcnemar


def pairs(difference, cluster=None, stratum=None, weight=(1.0,)) -> Paired:
    size = len(difference)
    return Paired(
        difference=np.array(difference, dtype=float),
        stratum=np.array(stratum if stratum is not None else [0] * size),
        cluster=np.array(cluster if cluster is not None else range(size)),
        weight=np.array(weight),
    )


def test_one_pair_an_item_is_the_paired_t_test() -> None:
    from scipy.stats import ttest_1samp

    difference = [0.5, -0.25, 1.0, 0.0, 0.25, -0.5, 0.75]
    found = clustered(pairs(difference))
    expected = ttest_1samp(difference, 0.0)
    interval = expected.confidence_interval(0.95)
    assert found.estimate == pytest.approx(np.mean(difference))
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_translations_of_an_item_are_one_unit() -> None:
    """Items 1 1, 0 0, 0 1 in two languages: means 1, 0, .5; their mean .5, variance .25 / 3.

    Taken as six items apart, the standard error would be sqrt(.3 / 6) = .224 instead of sqrt(.25 / 3) = .289.
    """
    found = clustered(
        pairs([1, 0, 0, 1, 0, 1], cluster=[0, 1, 2, 0, 1, 2], stratum=[0, 0, 0, 1, 1, 1], weight=[0.5, 0.5])
    )
    assert (found.estimate, found.clusters) == (pytest.approx(0.5), 3)
    assert found.std_error == pytest.approx((0.25 / 3) ** 0.5)


def test_languages_of_other_sizes_weigh_alike() -> None:
    """German 1 0 (mean .5), Swahili -1 -1 -1 0 (mean -.75), other items: -.125.

    u = .5 (d - mean) / n: German +-.125; Swahili three of .5 * -.25 / 4 = -.03125, one of .09375.
    Sum of squares .03125 + .00293 + .00879 = .04297; times 6 / 5.
    """
    found = clustered(pairs([1, 0, -1, -1, -1, 0], stratum=[0, 0, 1, 1, 1, 1], weight=[0.5, 0.5]))
    assert found.estimate == pytest.approx(-0.125)
    assert found.std_error == pytest.approx((1.2 * (0.03125 + 3 * 0.03125**2 + 0.09375**2)) ** 0.5)


def test_no_variation_and_a_single_item_give_no_test() -> None:
    same = clustered(pairs([0, 0, 0]))
    assert (same.estimate, same.low, same.high) == (0, 0, 0)
    assert np.isnan(same.p)
    one = clustered(pairs([1]))
    assert one.estimate == 1
    assert np.isnan([one.std_error, one.low, one.p]).all()


def test_the_bootstrap_of_items_agrees_with_the_t_interval() -> None:
    rng = np.random.default_rng(1)
    item = rng.normal(0.1, 1, 400)
    both = pairs(
        np.concatenate([item + rng.normal(0, 0.3, 400), item + rng.normal(0, 0.3, 400)]),
        cluster=np.tile(np.arange(400), 2),
        stratum=np.repeat([0, 1], 400),
        weight=[0.5, 0.5],
    )
    low, high = cluster_percentiles(both, draws=4000)
    found = clustered(both)
    # 4,000 draws place a 2.5 % quantile to about .05 standard errors
    assert low == pytest.approx(found.low, abs=0.2 * found.std_error)
    assert high == pytest.approx(found.high, abs=0.2 * found.std_error)
    assert cluster_percentiles(both, draws=4000) == (low, high)


def test_a_stratum_without_items_in_a_draw_does_not_break_the_bootstrap() -> None:
    low, high = cluster_percentiles(pairs([1, 0], stratum=[0, 1], weight=[0.5, 0.5]), draws=200)
    assert (low, high) == (0.0, 1.0)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_binomial_test(only_a: int, only_b: int) -> None:
    from scipy.stats import binomtest

    expected = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert mcnemar(only_a, only_b) == pytest.approx(expected)


@pytest.mark.parametrize(("only_a", "only_b"), [(1, 5), (10, 22), (7, 7), (0, 8)])
def test_mcnemar_is_that_of_statsmodels(only_a: int, only_b: int) -> None:
    from statsmodels.stats.contingency_tables import mcnemar as theirs

    expected = theirs([[30, only_a], [only_b, 12]], exact=True).pvalue
    assert mcnemar(only_a, only_b) == pytest.approx(expected)
