"""Figures of the sensitivity analyses and of the model."""

from collections.abc import Mapping

import polars as pl

from reports.answer import Answer
from reports.charts.forest import forest
from reports.charts.quantiles import quantile_plot
from reports.charts.variance import variance_shares
from reports.figures import base
from reports.wording import listing, number, points

EVEN = 1.1
"""Times the even share from which a language is said to weigh more than others."""


def figures(answer: Answer) -> list[base.Figure]:
    """Figures of the sensitivity analyses and of the model."""
    return base.made(
        answer,
        (
            _sensitivity,
            _variance,
            _residuals,
        ),
    )


def _sensitivity(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "sensitivity")
    if table is None or answer.primary is None:
        return None
    primary = answer.primary.row(0, named=True)
    label, p = pl.col("term").alias("label"), pl.col("p_value").alias("p_adjusted")
    columns = (label, "group", *base.INTERVAL, p)
    same = table.frame.filter((pl.col("unit") == "points") & pl.col("estimate").is_not_null())
    first = answer.primary.with_columns(term=pl.lit("as planned"), group=pl.lit("primary analysis")).select(
        *columns, pooled=pl.lit(True)
    )
    others = same.select(*columns, pooled=pl.lit(False))
    if others.is_empty():
        return None
    return base.figure(
        "sensitivity",
        "The primary contrast under other choices",
        sensitivity_caption(table.frame, primary["estimate"]),
        forest(pl.concat([first, others]), "", title=base.difference_title(answer), zero=base.sides(answer)),
        table,
    )


def _variance(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "variance")
    if table is None:
        return None
    return base.figure(
        "variance",
        "Where the differences come from",
        variance_caption(table.frame),
        variance_shares(table.frame, ""),
        table,
    )


def _residuals(answer: Answer) -> base.Figure | None:
    table, weights = base.found(answer, "residuals"), base.found(answer, "leverage")
    if table is None or weights is None:
        return None
    return base.figure(
        "residuals",
        "Residuals of the primary model",
        residuals_caption(table.frame, weights.frame, _names(answer)),
        quantile_plot(table.frame, ""),
        table,
    )


def sensitivity_caption(frame: pl.DataFrame, primary: float) -> str:
    """How far other choices move the answer."""
    same = frame.filter((pl.col("unit") == "points") & pl.col("estimate").is_not_null())
    low, high = base.as_float(same["estimate"].min()), base.as_float(same["estimate"].max())
    turned = same.filter(pl.col("estimate") * primary < 0)["term"].to_list()
    told = (
        f"Under {same.height} other choices the difference lies between {points(low, signed=True)} and "
        f"{points(high, signed=True)} points; "
    )
    return told + (f"its sign turns for {listing(turned, limit=4)}." if turned else "its sign never turns.")


def variance_caption(frame: pl.DataFrame) -> str:
    """The largest sources."""
    told = [f"{row['source']} {row['share']:.0%}" for row in frame.head(3).to_dicts()]
    return f"Largest sources of variance in the primary model: {listing(told)}."


def residuals_caption(frame: pl.DataFrame, weights: pl.DataFrame, names: Mapping[str, str]) -> str:
    """How near to normal, which row is farthest off, and which language weighs most."""
    r = frame.select(pl.corr("normal", "standardised")).item()
    far = frame.sort(pl.col("standardised").abs()).row(-1, named=True)
    most, even = weights.row(0, named=True), 1 / weights.height
    where = names.get(far["language"], far["language"])
    off = f"{number(far['standardised'], 1, signed=True)} standard deviations ({where})"
    told = (
        f"Points on the line are as a normal distribution has them (correlation {number(r, 3)}). The "
        f"farthest residual is {off}. "
    )
    if most["share"] < EVEN * even:
        return told + "Every language decides about as much of the fit as another."
    name = names.get(most["language"], most["language"])
    return (
        told
        + f"{name} decides most of the fit, {most['share']:.0%} of it against {even:.0%} if all languages "
        "weighed the same."
    )


def _names(answer: Answer) -> dict[str, str]:
    """Names of the languages by code."""
    table = base.found(answer, "languages")
    return {} if table is None else dict(table.frame.select("language", "name").iter_rows())
