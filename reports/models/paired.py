"""Two systems on the same items: the difference of their means, and the exact test of single cells.

An item may be measured more than once: in several languages (translations of one text), at several
severities. Its measurements go up and down together, so the item is the cluster: variances are of sums within
items, never of single measurements (Miller 2024, "Adding error bars to evals").
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from reports.models.columns import Floats, Ints
from reports.models.distributions import t_quantile, two_sided

_AT_ONCE = 2**24  # weights of a bootstrap held in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A mean difference with its interval; NaN where a single cluster, or no variation, gives none.

    Attributes:
        estimate: weighted mean over strata of the mean difference.
        std_error: its cluster-robust standard error.
        clusters: number of items; degrees of freedom are one less.
        low, high: the interval.
        p: of the two-sided t test against 0.
    """

    estimate: float
    std_error: float
    clusters: int
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Differences of pairs with where they belong; arrays over pairs, shape (n,), but for ``weight``.

    Attributes:
        difference: result of one system minus that of the other.
        stratum: code 0..S-1 of the cell.
        cluster: code 0..G-1 of the item.
        weight: of each stratum, sums to 1, shape (S,).
    """

    difference: Floats
    stratum: Ints
    cluster: Ints
    weight: Floats

    def sums(self) -> tuple[Floats, Floats]:
        """Sum of differences, and number of pairs, of each item in each stratum, both of shape (G, S)."""
        strata, clusters = len(self.weight), int(self.cluster.max()) + 1
        place = self.cluster * strata + self.stratum
        total = np.bincount(place, self.difference, minlength=clusters * strata).astype(np.float64)
        count = np.bincount(place, minlength=clusters * strata).astype(np.float64)
        return total.reshape(clusters, strata), count.reshape(clusters, strata)


def clustered(pairs: Paired, *, level: float = 0.95) -> Difference:
    """The mean difference with a t interval that treats items as the units.

    With pairs in one stratum and one pair an item it is the paired t interval. Else the variance is
    ``G / (G - 1) sum_g u_g^2`` with ``u_g = sum_s w_s sum_{i in g, s} (d_i - mean_s) / n_s``, the
    influence of item g on the estimate.
    """
    total, count = pairs.sums()
    size = count.sum(axis=0)
    mean = total.sum(axis=0) / size
    estimate = float(pairs.weight @ mean)
    influence = (total - count * mean) @ (pairs.weight / size)
    clusters = len(influence)
    if clusters < 2:
        return Difference(
            estimate=estimate, std_error=np.nan, clusters=clusters, low=np.nan, high=np.nan, p=np.nan
        )
    error = float(np.sqrt(clusters / (clusters - 1) * np.sum(influence**2)))
    reach = t_quantile(0.5 + level / 2, clusters - 1) * error
    return Difference(
        estimate=estimate,
        std_error=error,
        clusters=clusters,
        low=estimate - reach,
        high=estimate + reach,
        p=two_sided(estimate / error, clusters - 1) if error > 0 else np.nan,
    )


def cluster_percentiles(
    pairs: Paired, *, draws: int, seed: int = 0, level: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of the mean difference from whole items drawn with replacement.

    A draw that leaves a stratum without an item gives it the weight of none.
    """
    total, count = pairs.sums()
    clusters = len(total)
    rng = np.random.default_rng(seed)
    found: list[Floats] = []
    batch = max(1, _AT_ONCE // clusters)
    for start in range(0, draws, batch):
        times = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=min(batch, draws - start))
        times = times.astype(float)
        with np.errstate(invalid="ignore"):
            mean = (times @ total) / (times @ count)
        there = np.where(np.isnan(mean), 0.0, pairs.weight)
        found.append(np.nansum(mean * there, axis=1) / there.sum(axis=1))
    low, high = np.quantile(np.concatenate(found), [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p of McNemar's test (1947): are the discordant pairs as often one way as the other?

    Twice the smaller tail of the binomial distribution with probability 1/2, at most 1.

    >>> mcnemar(1, 5)
    0.21875
    >>> mcnemar(0, 0)
    1.0
    """
    if abs(only_a - only_b) <= 1:  # the two tails cover everything
        return 1.0
    return 2.0 * float(special.bdtr(min(only_a, only_b), only_a + only_b, 0.5))
