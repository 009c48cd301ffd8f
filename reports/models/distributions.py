"""Tails and quantiles of t, F, chi-squared and the normal distribution.

From scipy.special, whose import costs 0.2 s; scipy.stats, which calls the same functions, costs 1.5 s of CPU
and is loaded only for the studentised range. Infinite degrees of freedom give the normal or chi-squared
limit.
"""

import numpy as np
from scipy import special

from reports.models.columns import Floats


def t_cdf(statistic: float, df: float) -> float:
    """P(T <= statistic)."""
    return float(special.ndtr(statistic) if np.isinf(df) else special.stdtr(df, statistic))


def t_quantile(probability: float, df: float) -> float:
    """The value that T stays below with that probability."""
    return float(special.ndtri(probability) if np.isinf(df) else special.stdtrit(df, probability))


def two_sided(statistic: float, df: float) -> float:
    """P(|T| >= |statistic|)."""
    return 2.0 * t_cdf(-abs(statistic), df)


def f_tail(statistic: float, numerator: float, denominator: float) -> float:
    """P(F >= statistic)."""
    if np.isinf(denominator):
        return chi2_tail(statistic * numerator, numerator)
    return float(special.fdtrc(numerator, denominator, statistic))


def chi2_tail(statistic: float, df: float) -> float:
    """P(X >= statistic)."""
    return float(special.chdtrc(df, statistic))


def chi2_quantile(probability: Floats, df: float) -> Floats:
    """The values that X stays below with those probabilities."""
    return np.asarray(special.chdtri(df, 1.0 - probability))
