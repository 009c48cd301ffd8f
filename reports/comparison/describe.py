"""Frames for charts: means with intervals that rest on runs, not on cells.

A mean is taken within each block (encoder, data, task) over its runs, then over blocks with equal weight.
Its interval follows from the spread of the runs within their blocks: stratified standard error,
``sqrt(sum_b s_b^2 / n_b) / B``, with the degrees of freedom of Welch (1947) and Satterthwaite (1946).
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import stdtrit

from reports.answer import MOST_ROWS
from reports.comparison.rows import BLOCK

WITHIN_RUN = ("language", "perturbation", "severity")
"""What a row of scores stands for, beside its block and run."""


def stratified(rows: pl.DataFrame, value: str, by: Sequence[str]) -> pl.DataFrame:
    """Mean of ``value`` over blocks for each combination of ``by``, with a 95 % interval over runs.

    Args:
        rows: one row per block, run and combination of those columns of ``WITHIN_RUN`` that it has, in an
            order that is always the same: sums depend on it.
        value: column of numbers.
        by: columns to split by.

    Returns:
        ``by``, estimate, std_error, df, conf_low, conf_high, runs. Without a second run in every block the
        interval is null.
    """
    keys = [*by, *BLOCK]
    if any(column in rows.columns and column not in by for column in WITHIN_RUN):
        rows = rows.group_by(*keys, "run_id", maintain_order=True).agg(pl.col(value).mean())
    per_block = rows.group_by(keys, maintain_order=True).agg(
        pl.col(value).mean().alias("level"),
        (pl.col(value).var() / pl.len()).alias("spread"),
        pl.len().alias("runs"),
    )
    pooled = per_block.group_by(by, maintain_order=True).agg(
        pl.col("level").mean().alias("estimate"),
        pl.when(pl.col("runs").min() > 1).then(pl.col("spread").sum().sqrt() / pl.len()).alias("std_error"),
        pl.when(pl.col("runs").min() > 1)
        .then(pl.col("spread").sum().pow(2) / (pl.col("spread").pow(2) / (pl.col("runs") - 1)).sum())
        .alias("df"),
        pl.col("runs").sum(),
    )
    reach = pooled["std_error"] * pl.Series(_quantile(pooled["df"].to_numpy()))
    reach = pl.select(pl.when(pooled["std_error"] == 0).then(0.0).otherwise(reach.fill_nan(None))).to_series()
    return pooled.with_columns(
        pl.col("df").fill_nan(None),
        conf_low=pl.col("estimate") - reach,
        conf_high=pl.col("estimate") + reach,
    ).sort(by)


def _quantile(df: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(stdtrit(df.astype(float), 0.975))


def severity_curves(scores: pl.DataFrame, finer: pl.DataFrame) -> pl.DataFrame:
    """Score by regime, language (``all`` is their mean), perturbation and severity; severity 0 is clean.

    The clean score of a perturbation's panel is that of the languages and tasks it was measured in. Single
    languages are left out where there would be more than ``MOST_ROWS`` rows.

    Args:
        scores: one row per run, task, language, perturbation and severity.
        finer: these by perturbation (``rows.plain_by_perturbation``).
    """
    columns = [*BLOCK, "regime", "run_id", "language", "perturbation", "severity", "value"]
    clean = finer.with_columns(severity=pl.lit(0, scores["severity"].dtype), value=pl.col("clean"))
    rows = pl.concat([scores.select(columns), clean.select(columns)])
    each = stratified(rows, "value", ["regime", "language", "perturbation", "severity"])
    pooled = stratified(rows, "value", ["regime", "perturbation", "severity"])
    each = each.with_columns(pl.col("language").cast(pl.String))
    pooled = pooled.with_columns(language=pl.lit("all")).select(each.columns)
    columns = ["regime", "language", "perturbation", "severity", "estimate", "conf_low", "conf_high", "runs"]
    if pooled.height + each.height > MOST_ROWS:
        return pooled.select(columns)
    return pl.concat([pooled, each.sort("language", maintain_order=True)]).select(columns)


def language_changes(rows: pl.DataFrame) -> pl.DataFrame:
    """Change under noise by language and regime, the language that loses least first; ``rows`` a summary."""
    found = stratified(rows, "change", ["language", "name", "regime"])
    order = found.group_by("language", maintain_order=True).agg(pl.col("estimate").mean().alias("order"))
    return (
        found.join(order, on="language")
        .sort(["order", "language", "regime"], descending=[True, False, False])
        .select("language", "name", "regime", "estimate", "conf_low", "conf_high", "runs")
    )


def drops(finer: pl.DataFrame) -> pl.DataFrame:
    """Mean drop by regime, language and perturbation, both in order of mean drop."""
    negated = finer.with_columns(drop=-pl.col("change"))
    found = stratified(negated, "drop", ["regime", "name", "perturbation"])
    return (
        found.with_columns(
            by_name=pl.col("estimate").mean().over("name"),
            by_kind=pl.col("estimate").mean().over("perturbation"),
        )
        .sort(["regime", "by_name", "name", "by_kind", "perturbation"])
        .select(
            "regime",
            "name",
            "perturbation",
            pl.col("estimate").alias("drop"),
            "conf_low",
            "conf_high",
            "runs",
        )
    )


def slopes(rows: pl.DataFrame) -> pl.DataFrame:
    """Mean score clean and perturbed by task, regime and language; ``rows`` a summary."""
    ends = rows.unpivot(
        ["clean", "perturbed"],
        index=["task", "regime", "language", "name", "run_id"],
        variable_name="condition",
        value_name="value",
    )
    keys = ["task", "regime", "language", "name", "condition"]
    return (
        ends.sort(*keys, "run_id")
        .group_by(keys, maintain_order=True)
        .agg(pl.col("value").mean(), pl.len().alias("runs"))
        .sort(keys)
    )


def logits(rows: pl.DataFrame) -> pl.DataFrame:
    """Clean and perturbed score of every run and language on the logit scale; ``rows`` a summary."""
    return rows.select(
        "regime",
        "task",
        "language",
        "name",
        "run_id",
        pl.col("clean_logit").alias("clean"),
        pl.col("perturbed_logit").alias("perturbed"),
    ).sort("regime", "task", "language", "run_id")


def reference_line(points: pl.DataFrame, reference: str) -> pl.DataFrame:
    """The least-squares line of perturbed on clean logit among runs of the reference: its two ends.

    Effective robustness is the distance from it (Taori et al. 2020).
    """
    own = points.filter(pl.col("regime") == reference)
    x, y = own["clean"].to_numpy(), own["perturbed"].to_numpy()
    slope, start = np.polyfit(x, y, 1) if np.ptp(x) > 0 else (0.0, float(y.mean()))
    ends = np.array([points["clean"].min(), points["clean"].max()], dtype=float)
    return pl.DataFrame({"clean": ends, "perturbed": start + slope * ends})
