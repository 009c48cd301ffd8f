"""Analyses one might run instead of a mixed model, each giving an interval for the treatment effect.

They are here to be measured against it (``calibrate``), not to be used: each treats something as a unit of
replication that is none.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reports.models.columns import Factor, Floats, Ints, interaction
from reports.models.distributions import t_quantile

RESAMPLES = 400
Interval = tuple[float, float]
Analysis = Callable[[Floats], Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which column plays which part; factors over the same rows.

    Attributes:
        arm: 0 for the reference, 1 for the treatment; shape (n,).
        cluster: what the treatment is crossed with and generalises over: language.
        run: unit of replication: belongs to one arm.
        cell: everything that pairs one arm with the other: language x task x perturbation.
    """

    arm: Ints
    cluster: Factor
    run: Factor
    cell: Factor


def naive_analyses(roles: Roles, alpha: float, rng: np.random.Generator) -> dict[str, Analysis]:
    """Intervals of level 1 - alpha, by name of the analysis; resamples are drawn once, for all responses."""
    over = roles.cluster.name
    return {
        "paired t over cells": lambda y: _paired(y, roles.arm, roles.cell, alpha),
        f"paired t over {over}": lambda y: _paired(y, roles.arm, roles.cluster, alpha),
        f"Welch t over {roles.run.name} means": lambda y: _welch(y, roles, alpha),
        f"bootstrap over {over}": _bootstrap(roles, alpha, rng, runs=False),
        f"bootstrap over {over} and {roles.run.name}": _bootstrap(roles, alpha, rng, runs=True),
    }


def pairing(factors: list[Factor]) -> Factor:
    """The combinations of factors that pair the arms."""
    return interaction(factors)


def _paired(y: Floats, arm: Ints, unit: Factor, alpha: float) -> Interval:
    count = len(unit.levels)
    key = arm * count + unit.codes
    with np.errstate(invalid="ignore"):
        means = np.bincount(key, y, minlength=2 * count) / np.bincount(key, minlength=2 * count)
    difference = means[count:] - means[:count]
    difference = difference[~np.isnan(difference)]
    m = len(difference)
    if m < 2:
        return np.nan, np.nan
    reach = t_quantile(1 - alpha / 2, m - 1) * float(difference.std(ddof=1) / np.sqrt(m))
    return float(difference.mean()) - reach, float(difference.mean()) + reach


def _welch(y: Floats, roles: Roles, alpha: float) -> Interval:
    size = np.bincount(roles.run.codes, minlength=len(roles.run.levels))
    means = np.bincount(roles.run.codes, y, minlength=len(size)) / size
    arm = _arm_of_runs(roles)
    a, b = means[arm == 0], means[arm == 1]
    if min(len(a), len(b)) < 2:
        return np.nan, np.nan
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    middle, reach = float(b.mean() - a.mean()), t_quantile(1 - alpha / 2, float(df)) * float(np.sqrt(va + vb))
    return middle - reach, middle + reach


def _bootstrap(roles: Roles, alpha: float, rng: np.random.Generator, *, runs: bool) -> Analysis:
    """Percentile interval of the mean difference; every resample is a weight per cluster and per run."""
    clusters, count = len(roles.cluster.levels), len(roles.run.levels)
    arm = _arm_of_runs(roles)
    by_cluster = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES).astype(float)
    by_run = np.ones((RESAMPLES, count))
    if runs:
        for side in (0, 1):
            where = np.flatnonzero(arm == side)
            by_run[:, where] = rng.multinomial(
                len(where), np.full(len(where), 1 / len(where)), size=RESAMPLES
            )
    key = roles.run.codes * clusters + roles.cluster.codes
    size = np.bincount(key, minlength=count * clusters).reshape(count, clusters).astype(float)
    total = {
        side: np.einsum("br,rc,bc->b", by_run[:, arm == side], size[arm == side], by_cluster)
        for side in (0, 1)
    }

    def interval(y: Floats) -> Interval:
        sums = np.bincount(key, y, minlength=count * clusters).reshape(count, clusters)
        mean = {
            side: np.einsum("br,rc,bc->b", by_run[:, arm == side], sums[arm == side], by_cluster)
            / total[side]
            for side in (0, 1)
        }
        low, high = np.quantile(mean[1] - mean[0], [alpha / 2, 1 - alpha / 2])
        return float(low), float(high)

    return interval


def _arm_of_runs(roles: Roles) -> Ints:
    arm = np.zeros(len(roles.run.levels), dtype=np.int64)
    arm[roles.run.codes] = roles.arm
    return arm
