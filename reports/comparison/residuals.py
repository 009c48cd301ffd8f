"""Does the primary model hold? Its residuals against normal ones, and what each language weighs."""

import numpy as np
import polars as pl
from scipy.special import ndtri

from reports.errors import Refused
from reports.models import Fit, residuals
from reports.wording import count

MOST_ROWS = 20_000
"""Rows whose residuals a report computes: the leverage of each costs a product with every random effect."""

MOST_POINTS = 200
"""Points of the plot of quantiles; the outermost are always among them."""


def of_rows(model: Fit, rows: pl.DataFrame) -> pl.DataFrame:
    """``language, run_id, fitted, residual, standardised, leverage`` of the rows of a model.

    Raises:
        Refused: there are too many.
    """
    if model.n > MOST_ROWS:
        raise Refused(
            f"{count(model.n, 'row')} are too many for residuals in a report; fit the model with xtb analyze "
            "--also residuals"
        )
    found = residuals(model).select("fitted", "residual", "standardised", "leverage")
    return rows.select("language", "run_id").hstack(found)


def quantiles(rows: pl.DataFrame) -> pl.DataFrame:
    """Standardised residuals in order against the quantiles of a normal distribution.

    Returns:
        normal (quantile at (i - 1/2) / n), standardised, language, run_id, fitted: at most ``MOST_POINTS``
        rows, evenly spread over the ranks.
    """
    ordered = rows.sort("standardised", "run_id", "language")
    n = ordered.height
    normal = ndtri((np.arange(n) + 0.5) / n)
    kept = np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).round().astype(int))
    shown = ordered.select(pl.Series("normal", normal), "standardised", "language", "run_id", "fitted")
    return shown[kept]


def by_language(rows: pl.DataFrame) -> pl.DataFrame:
    """What each language decides of the fit, and how well it is fitted.

    Returns:
        language, rows, leverage (its sum; over languages the number of effective parameters), share,
        mean_residual, sd_residual (of the standardised), largest first.
    """
    return (
        rows.group_by("language", maintain_order=True)
        .agg(
            pl.len().alias("rows"),
            pl.col("leverage").sum(),
            pl.col("residual").mean().alias("mean_residual"),
            pl.col("standardised").std().alias("sd_residual"),
        )
        .with_columns(share=pl.col("leverage") / pl.col("leverage").sum())
        .select("language", "rows", "leverage", "share", "mean_residual", "sd_residual")
        .sort("share", "language", descending=[True, False])
    )
