"""Equivalence: is a difference too small to matter? Two one-sided tests against a stated margin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reports.errors import BadFormula
from reports.models.contrast import Method, contrasts
from reports.models.distributions import t_cdf, t_quantile
from reports.models.grid import Value
from reports.models.result import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoOneSided:
    """Two one-sided tests of one difference.

    Attributes:
        p: the larger of the two p values.
        low, high: the interval of level 1 - 2 alpha; inside the margin exactly when p < alpha.
    """

    p: float
    low: float
    high: float


def two_one_sided(
    estimate: float, std_error: float, df: float, margin: float, *, alpha: float = 0.05
) -> TwoOneSided:
    """Test that a difference lies within +- margin (TOST, Schuirmann 1987; Lakens 2017); NaN where df is."""
    if margin <= 0:
        raise BadFormula(
            f"the margin must be above zero, not {margin}: state the smallest difference of interest"
        )
    if np.isnan(estimate) or np.isnan(df) or not std_error >= 0:
        return TwoOneSided(p=np.nan, low=np.nan, high=np.nan)
    reach = t_quantile(1.0 - alpha, df) * std_error
    beyond = (abs(estimate) - margin) / std_error if std_error else np.inf * np.sign(abs(estimate) - margin)
    return TwoOneSided(p=t_cdf(beyond, df), low=estimate - reach, high=estimate + reach)


def equivalence(
    fit: Fit,
    specs: str | Sequence[str],
    margin: float,
    *,
    by: Sequence[str] = (),
    at: Mapping[str, Sequence[Value]] | None = None,
    method: Method = "pairwise",
    reference: str | None = None,
    alpha: float = 0.05,
) -> pl.DataFrame:
    """Test that differences of marginal means lie within +- margin (TOST, Schuirmann 1987; Lakens 2017).

    Args:
        margin: the smallest difference of interest, in units of the response (logits for a binomial model).
        alpha: level of each one-sided test; the interval shown covers 1 - 2 alpha and lies inside the margin
            exactly when p_equivalence < alpha.

    Returns:
        contrast, by..., estimate, std_error, df, margin, p_equivalence, conf_low, conf_high, equivalent.
    """
    table = contrasts(fit, specs, by=by, at=at, method=method, reference=reference, adjust="none")
    rows = [
        two_one_sided(_number(estimate), _number(error), _number(df), margin, alpha=alpha)
        for estimate, error, df in table.select("estimate", "std_error", "df").iter_rows()
    ]
    labels = ["contrast", *by]
    return table.select(*labels, "estimate", "std_error", "df").with_columns(
        pl.lit(margin).alias("margin"),
        pl.Series("p_equivalence", [row.p for row in rows]).fill_nan(None),
        pl.Series("conf_low", [row.low for row in rows]).fill_nan(None),
        pl.Series("conf_high", [row.high for row in rows]).fill_nan(None),
        pl.Series("equivalent", [bool(row.p < alpha) for row in rows]),
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
