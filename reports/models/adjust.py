"""p values adjusted for the size of their family.

Holm (1979), Bonferroni, Benjamini & Hochberg (1995), Tukey's studentised range, and the single-step
adjustment of Hothorn, Bretz & Westfall (2008) from the joint distribution of the tests.
"""

from typing import Literal

import numpy as np
from scipy import special

from reports.errors import BadFormula
from reports.models.columns import Floats
from reports.models.distributions import chi2_quantile, two_sided

Adjust = Literal["none", "holm", "BH", "bonferroni", "tukey", "single-step"]
DRAWS = 1 << 16
"""Quasi-random draws of the joint distribution; the error of a p value is below 1e-3."""


def adjust_p(p: Floats, method: str) -> Floats:
    """Adjust by p values alone; NaN stays NaN and does not count.

    >>> adjust_p(np.array([0.01, 0.04, 0.03]), "holm")
    array([0.03, 0.06, 0.06])
    """
    out = np.full_like(p, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    size = len(known)
    order = known[np.argsort(p[known], kind="stable")]
    ranks = np.arange(1, size + 1)
    if method == "none":
        out[known] = p[known]
    elif method == "bonferroni":
        out[known] = np.minimum(1.0, size * p[known])
    elif method == "holm":
        out[order] = np.minimum(1.0, np.maximum.accumulate((size + 1 - ranks) * p[order]))
    elif method == "BH":
        out[order] = np.minimum(1.0, np.minimum.accumulate((size / ranks * p[order])[::-1])[::-1])
    else:
        raise BadFormula(f"unknown adjustment '{method}': none, holm, BH, bonferroni, tukey or single-step")
    return out


def tukey(statistics: Floats, df: Floats, groups: int) -> Floats:
    """p values of all pairwise differences among ``groups`` means by the studentised range."""
    if groups < 2:
        return np.full_like(statistics, np.nan)
    out = np.full_like(statistics, np.nan)
    for i, (t, nu) in enumerate(zip(statistics, df, strict=True)):
        if np.isnan(t):
            continue
        if groups == 2:
            out[i] = two_sided(t, nu)
        else:
            from scipy.stats import studentized_range  # 1.5 s of CPU that others should not pay

            out[i] = studentized_range.sf(np.sqrt(2.0) * abs(t), groups, nu)
    return out


def single_step(statistics: Floats, df: Floats, covariance: Floats, seed: int = 0) -> Floats:
    """P(max_j |T_j| >= |t_i|) under the joint t distribution of the tests.

    Args:
        statistics: t values, shape (m,); NaN is left out.
        df: their degrees of freedom; the smallest serves for all, which errs on the safe side.
        covariance: of the estimates, shape (m, m).
        seed: of the quasi-random sequence.
    """
    out = np.full_like(statistics, np.nan)
    known = np.flatnonzero(~np.isnan(statistics))
    if not len(known):
        return out
    sd = np.sqrt(np.diagonal(covariance)[known])
    correlation = covariance[np.ix_(known, known)] / np.outer(sd, sd)
    values, vectors = np.linalg.eigh(correlation)
    keep = values > 1e-10 * values.max()
    root = vectors[:, keep] * np.sqrt(values[keep])
    nu = float(np.min(df[known]))
    from scipy.stats import qmc

    uniform = qmc.Sobol(root.shape[1] + 1, rng=np.random.default_rng(seed)).random(DRAWS)
    uniform = np.clip(uniform, 1e-12, 1 - 1e-12)
    largest = np.abs(special.ndtri(uniform[:, 1:]) @ root.T).max(axis=1)
    if np.isfinite(nu):
        largest = largest / np.sqrt(chi2_quantile(uniform[:, 0], nu) / nu)
    largest.sort()
    beyond = 1.0 - np.searchsorted(largest, np.abs(statistics[known]), side="left") / DRAWS
    alone = np.array([two_sided(t, nu) for t in statistics[known]])
    out[known] = np.clip(np.maximum(beyond, alone), 0.0, 1.0)
    return out
