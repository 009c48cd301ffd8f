"""Variance components in words: where the differences between rows come from."""

import polars as pl

from reports.models import Fit

SOURCES = {
    "language": "language",
    "task": "task",
    "encoder": "encoder",
    "run_id": "training run (seed)",
    "cell": "task and language (cell)",
    "Residual": "rest (run within cell)",
}


def variance(model: Fit) -> pl.DataFrame:
    """Standard deviation and share of variance of each source, largest first.

    A slope of regime is a source of its own: how much more the regimes differ in one language than in
    another. Shares are of the sum of the listed variances, which, with a slope, is a rough guide only.

    Returns:
        ``source, sd, share``.
    """
    own = model.varcomp.filter(
        pl.col("term2").is_null() | (pl.col("term1") == pl.col("term2")) | (pl.col("term2") == "")
    )
    named = own.with_columns(
        source=pl.struct("group", "term1").map_elements(
            lambda row: _source(row["group"], row["term1"]), return_dtype=pl.String
        ),
        sd=pl.col("variance_or_covariance").clip(lower_bound=0).sqrt(),
    )
    total = float(named["sd"].pow(2).sum()) or 1.0
    return named.select("source", "sd", share=pl.col("sd").pow(2) / total).sort(
        "share", "source", descending=[True, False]
    )


def _source(group: str, term: str | None) -> str:
    name = SOURCES.get(group, group)
    if group != "Residual" and term not in (None, "", "(Intercept)", "1"):
        return f"{name}: difference of the regimes"
    return name
