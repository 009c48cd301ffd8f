"""Figures of the question about the difficulty of the intermediate task."""

import polars as pl

from reports.answer import Answer
from reports.charts.forest import forest
from reports.charts.scatter import labelled_scatter
from reports.figures import base
from reports.wording import NBSP, count, number, p_value, points


def figures(answer: Answer) -> list[base.Figure]:
    """Figures of the question about the difficulty of the intermediate task."""
    return base.made(
        answer,
        (
            _difficulty,
            _definitions,
        ),
    )


def _difficulty(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "difficulty")
    if table is None:
        return None
    name = pl.col("intermediate")
    shown = table.frame.select(
        name.alias("label"), name.alias("name"), pl.col("unsolved").alias("x"), *base.INTERVAL
    )
    return base.figure(
        "difficulty",
        "Change under perturbation by difficulty of the intermediate task",
        difficulty_caption(table.frame),
        labelled_scatter(
            shown,
            "",
            x_title="difficulty: share of the way from chance to perfect that is left",
            y_title="change from clean to perturbed, points",
            nought=False,
        ),
        table,
    )


def _definitions(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "definitions")
    if table is None:
        return None
    frame = table.frame.filter(pl.col("estimate").is_not_null() & (pl.col("unit") == "points")).select(
        pl.col("term").alias("label"),
        "group",
        *base.INTERVAL,
        pl.col("p_value").alias("p_adjusted"),
        (pl.col("group") == "primary").alias("pooled"),
    )
    return base.figure(
        "definitions",
        "The slope under other choices",
        definitions_caption(table.frame),
        forest(
            frame,
            "",
            title="points per 10 points of difficulty (per standard deviation where it is no share)",
            zero="\u2190 harder loses more \u00b7 harder loses less \u2192",
        ),
        table,
    )


def difficulty_caption(frame: pl.DataFrame) -> str:
    """Do harder tasks leave more robust models?"""
    r = frame.select(pl.corr("unsolved", "estimate")).item()
    direction = "less" if r > 0 else "more"
    return (
        f"Across {count(frame.height, 'intermediate task')} models lose {direction} the harder the task was "
        f"(correlation {number(r, 2)}). Lines are 95{NBSP}% intervals over training runs."
    )


def definitions_caption(frame: pl.DataFrame) -> str:
    """How far other definitions move the slope."""
    have = frame.filter(pl.col("estimate").is_not_null())
    same = have.filter(pl.col("unit") == "points")
    low, high = base.as_float(same["estimate"].min()), base.as_float(same["estimate"].max())
    told = f"{same.height} slopes, from {points(low, signed=True)} to {points(high, signed=True)} points."
    others = [
        f"{number(row['estimate'], 3, signed=True)} in {row['term']} ({p_value(row['p_value'])})"
        for row in have.filter(pl.col("unit") != "points").to_dicts()
    ]
    return told + (f" On other scales: {'; '.join(others)}." if others else "")
