"""Variance components of published scores as shares of their sum.

Intervals are percentiles over responses simulated from the fitted model (parametric bootstrap;
Efron & Tibshirani 1993, ch. 6 and 13).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from reports.models import Fit, fit, parametric_bootstrap
from reports.published_variance.designs import PublishedDesign


def components(design: PublishedDesign, model: Fit) -> pl.DataFrame:
    """Standard deviation and share of variance of each source, largest first.

    Returns:
        ``source, group, sd, share`` with the grouping of the formula, ``Residual`` for the rest.
    """
    variance = pl.col("sd_or_corr") ** 2
    return model.varcomp.select(
        source=pl.col("group").replace_strict(design.sources, return_dtype=pl.String),
        group="group",
        sd="sd_or_corr",
        share=variance / variance.sum(),
    ).sort("share", descending=True)


def shares(fits: Mapping[str, Fit], designs: Sequence[PublishedDesign], *, draws: int) -> pl.DataFrame:
    """The components of every design with 95 % intervals.

    Returns:
        ``design`` (title), ``source, sd, share, conf_low, conf_high, std_error, levels``.
    """
    return pl.concat(_with_intervals(design, fits[design.name], draws) for design in designs)


def _with_intervals(design: PublishedDesign, model: Fit, draws: int) -> pl.DataFrame:
    drawn = parametric_bootstrap(model, draws=draws).varcomp ** 2
    drawn = drawn / drawn.sum(axis=1, keepdims=True)
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    spread = pl.DataFrame(
        {
            "group": model.varcomp["group"],
            "conf_low": low,
            "conf_high": high,
            "std_error": np.nanstd(drawn, axis=0, ddof=1),
        }
    )
    levels = {**model.groups, "Residual": model.n}
    joined = components(design, model).join(spread, on="group", maintain_order="left")
    return joined.select(
        pl.lit(design.title).alias("design"),
        "source",
        "sd",
        "share",
        "conf_low",
        "conf_high",
        "std_error",
        levels=pl.col("group").replace_strict(levels, return_dtype=pl.Int64),
    )


def under_other_choices(cells: pl.DataFrame, designs: Sequence[PublishedDesign]) -> pl.DataFrame:
    """The shares on other rows, and on log-odds where no score is 0 or 1.

    Returns:
        ``design, choice, source, sd, share``.
    """
    parts = []
    for design in designs:
        rows = cells.filter(design.rows)
        other = {choice: cells.filter(chosen) for choice, chosen in design.again.items()}
        if rows["value"].is_between(0, 1, closed="none").all():
            odds = (pl.col("value") / (1 - pl.col("value"))).log()
            other["log-odds in place of points"] = rows.with_columns(value=odds)
        parts += [
            components(design, fit(design.formula, changed)).select(
                pl.lit(design.title).alias("design"), pl.lit(choice).alias("choice"), "source", "sd", "share"
            )
            for choice, changed in other.items()
        ]
    return pl.concat(parts)


def of(frame: pl.DataFrame, design: PublishedDesign) -> pl.DataFrame:
    """The rows of one design."""
    return frame.filter(pl.col("design") == design.title)


def row(frame: pl.DataFrame, design: PublishedDesign, source: str) -> dict[str, float]:
    """The row of one source of a design; empty where its model has no such term."""
    rows = of(frame, design).filter(pl.col("source") == source).to_dicts()
    return rows[0] if rows else {}
