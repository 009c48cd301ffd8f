"""Tests of linear combinations of fixed effects, whatever the degrees of freedom come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from reports.models.columns import Floats
from reports.models.distributions import f_tail, t_quantile, two_sided

ESTIMATE = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")
"""The columns every table of estimates ends with."""


class Inference(Protocol):
    """A covariance matrix of the fixed effects and the degrees of freedom of combinations of them.

    Attributes:
        name: satterthwaite, kenward-roger or asymptotic.
        covariance: shape (p, p).
    """

    name: str
    covariance: Floats

    def df(self, combination: Floats) -> float:
        """Degrees of freedom of one combination, shape (p,); infinite for z tests."""
        ...

    def joint(self, coefficients: Floats, combinations: Floats) -> "JointTest":
        """F test that all combinations, linearly independent, shape (q, p), are zero."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTest:
    """An F test: with infinite denominator df it is chi-squared over its degrees of freedom."""

    statistic: float
    numerator: int
    denominator: float

    @property
    def p_value(self) -> float:
        """Upper tail."""
        return f_tail(self.statistic, self.numerator, self.denominator)


def f_statistic(coefficients: Floats, combinations: Floats, covariance: Floats) -> float:
    """(L beta)' (L C L')^-1 (L beta) / q."""
    estimate = combinations @ coefficients
    spread = combinations @ covariance @ combinations.T
    return float(estimate @ np.linalg.solve(spread, estimate)) / len(combinations)


@dataclass(slots=True)
class Asymptotic:
    """z tests: the degrees of freedom are infinite."""

    covariance: Floats
    name: str = "asymptotic"

    def df(self, combination: Floats) -> float:
        """Infinite."""
        return np.inf

    def joint(self, coefficients: Floats, combinations: Floats) -> JointTest:
        """Wald's chi-squared over q."""
        statistic = f_statistic(coefficients, combinations, self.covariance)
        return JointTest(statistic=statistic, numerator=len(combinations), denominator=np.inf)


def wald(
    inference: Inference, coefficients: Floats, combinations: Floats, *, level: float = 0.95
) -> dict[str, Floats]:
    """Estimate, test against zero and interval of each row of ``combinations``, shape (m, p).

    A combination that is all zero, or holds a NaN, answers NaN throughout: it has no variance.
    """
    rows = len(combinations)
    out = {name: np.full(rows, np.nan) for name in ESTIMATE}
    for i, combination in enumerate(combinations):
        if not np.isfinite(combination).all():
            continue
        estimate = float(combination @ coefficients)
        error = float(np.sqrt(combination @ inference.covariance @ combination))
        out["estimate"][i], out["std_error"][i] = estimate, error
        if error == 0.0:
            continue
        df = inference.df(combination)
        statistic = estimate / error
        reach = error * t_quantile(0.5 + level / 2.0, df)
        out["df"][i], out["statistic"][i] = df, statistic
        out["p_value"][i] = two_sided(statistic, df)
        out["conf_low"][i], out["conf_high"][i] = estimate - reach, estimate + reach
    return out


def frame(labels: dict[str, Sequence[object]], estimates: dict[str, Floats]) -> pl.DataFrame:
    """Labels and estimates side by side; what cannot be told is null."""
    return pl.DataFrame(labels | dict(estimates), strict=False).with_columns(
        pl.col(list(estimates)).cast(pl.Float64).fill_nan(None)
    )
