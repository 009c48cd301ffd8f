"""Figures by language."""

import polars as pl

from reports.answer import Answer
from reports.charts.forest import forest
from reports.charts.heatmap import drop_heatmap
from reports.charts.languages import language_changes
from reports.charts.scatter import labelled_scatter
from reports.figures import base
from reports.wording import count, listing, number, points


def figures(answer: Answer) -> list[base.Figure]:
    """Figures by language."""
    return base.made(
        answer,
        (
            _changes,
            _gaps,
            _drops,
            _distance,
        ),
    )


def _changes(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "changes")
    if table is None:
        return None
    return base.figure(
        "languages",
        "What perturbation does in each language",
        languages_caption(table.frame),
        language_changes(base.plain(table.frame), base.regimes(table.frame), ""),
        table,
    )


def _gaps(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "languages")
    if table is None:
        return None
    frame = table.frame.select(
        pl.col("name").alias("label"), pl.lit("language").alias("group"), "estimate", "conf_low", "conf_high",
        "p_adjusted", pl.lit(False).alias("pooled"),
    )  # fmt: skip
    return base.figure(
        "gaps",
        "The difference between the regimes in each language",
        language_gaps_caption(table.frame),
        forest(frame, "", title=base.difference_title(answer), zero=base.sides(answer)),
        table,
    )


def _drops(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "drops")
    if table is None:
        return None
    return base.figure(
        "drops",
        "Drop by language and perturbation",
        drops_caption(table.frame),
        drop_heatmap(base.plain(table.frame), base.regimes(table.frame), ""),
        table,
    )


def _distance(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "languages")
    if table is None:
        return None
    frame = table.frame.filter(pl.col("distance").is_not_null())
    if frame.height < 4 or frame["distance"].n_unique() < 3 or frame["estimate"].n_unique() < 2:
        return None
    shown = frame.select(
        pl.col("language").alias("label"), "name", pl.col("distance").alias("x"), *base.INTERVAL
    )
    return base.figure(
        "distance",
        "The difference by distance from English",
        distance_caption(frame),
        labelled_scatter(
            shown, "", x_title="syntactic distance to English", y_title=base.difference_title(answer)
        ),
        table,
    )


def languages_caption(frame: pl.DataFrame) -> str:
    """Which language loses most and least under each regime."""
    told = []
    for regime in frame["regime"].unique(maintain_order=True):
        own = frame.filter(pl.col("regime") == regime).sort("estimate")
        low, high = own.row(0, named=True), own.row(-1, named=True)
        told.append(
            f"{regime} changes most in {low['name']} ({points(low['estimate'], signed=True)} points) and "
            f"least in {high['name']} ({points(high['estimate'], signed=True)})"
        )
    return f"Under perturbation, {'; '.join(told)}. Lines are 95 % intervals over training runs."


def language_gaps_caption(frame: pl.DataFrame) -> str:
    """In how many languages the treatment does better, and for how many that is sure."""
    up = frame.filter(pl.col("estimate") > 0).height
    sure = frame.filter(pl.col("p_adjusted") < 0.05)["name"].to_list()
    stands = listing(sure) if sure else "none of them"
    return (
        f"The difference is above nought in {up} of {count(frame.height, 'language')}; "
        f"after Holm's correction it stands in {stands}."
    )


def drops_caption(frame: pl.DataFrame) -> str:
    """The dearest and the cheapest tile."""
    ranked = frame.sort("drop")
    low, high = ranked.row(0, named=True), ranked.row(-1, named=True)
    kinds = (
        frame.group_by("perturbation")
        .agg(pl.col("drop").mean())
        .sort("drop", "perturbation", descending=[True, False])
    )
    return (
        f"{kinds['perturbation'][0]} costs most on average ({points(kinds['drop'][0])} points). The dearest "
        f"tile is {high['perturbation']} in {high['name']} under {high['regime']} ({points(high['drop'])}), "
        f"the cheapest {low['perturbation']} in {low['name']} under {low['regime']} ({points(low['drop'])})."
    )


def distance_caption(frame: pl.DataFrame) -> str:
    """Does the difference go with the distance from English?"""
    r = frame.select(pl.corr("distance", "estimate")).item()
    direction = "larger" if r > 0 else "smaller"
    return (
        f"Across {count(frame.height, 'language')} the difference tends to be {direction} the farther a "
        f"language's syntax is from English (correlation {number(r, 2)}; descriptive, no test)."
    )
