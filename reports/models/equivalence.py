"""Equivalence: is a difference too small to matter? Two one-sided tests against a stated margin."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from reports.errors import BadFormula
from reports.models.contrast import Method, contrasts
from reports.models.distributions import t_cdf, t_quantile
from reports.models.grid import Value
from reports.models.result import Fit


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
    if margin <= 0:
        raise BadFormula(
            f"the margin must be above zero, not {margin}: state the smallest difference of interest"
        )
    table = contrasts(fit, specs, by=by, at=at, method=method, reference=reference, adjust="none")
    estimate, error, df = (
        table[name].fill_null(np.nan).to_numpy() for name in ("estimate", "std_error", "df")
    )
    statistic = (np.abs(estimate) - margin) / error
    p = np.array(
        [t_cdf(t, nu) for t, nu in zip(statistic, np.nan_to_num(df, nan=1.0, posinf=np.inf), strict=True)]
    )
    reach = error * np.array([t_quantile(1.0 - alpha, each) if not np.isnan(each) else np.nan for each in df])
    labels = ["contrast", *by]
    return table.select(*labels, "estimate", "std_error", "df").with_columns(
        pl.lit(margin).alias("margin"),
        pl.Series("p_equivalence", p).fill_nan(None),
        pl.Series("conf_low", estimate - reach).fill_nan(None),
        pl.Series("conf_high", estimate + reach).fill_nan(None),
        pl.Series("equivalent", p < alpha),
    )
