"""Figures of the sensitivity analyses and of the model."""

import polars as pl

from reports.answer import Answer
from reports.charts.forest import forest
from reports.charts.variance import variance_shares
from reports.figures import base
from reports.wording import listing, points


def figures(answer: Answer) -> list[base.Figure]:
    """Figures of the sensitivity analyses and of the model."""
    return base.made(
        answer,
        (
            _sensitivity,
            _variance,
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
    first = answer.primary.with_columns(group=pl.lit("primary analysis")).select(
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
