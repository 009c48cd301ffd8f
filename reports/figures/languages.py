"""Figures by language."""

from collections.abc import Callable

import polars as pl

from reports.answer import Answer
from reports.charts.forest import forest
from reports.charts.heatmap import drop_heatmap
from reports.charts.languages import language_changes
from reports.charts.scatter import labelled_scatter
from reports.figures import base
from reports.wording import NBSP, count, listing, number, p_value, points


def figures(answer: Answer) -> list[base.Figure]:
    """Figures by language."""
    return base.made(
        answer,
        (
            _changes,
            _gaps,
            _drops,
            _distance,
            _pretraining,
            _predictors,
        ),
    )


def _changes(answer: Answer) -> base.Figure | None:
    title = "What perturbation does in each language"
    return base.by_regime(answer, "changes", title, languages_caption, language_changes, id="languages")


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
    return base.by_regime(answer, "drops", "Drop by language and perturbation", drops_caption, drop_heatmap)


def _distance(answer: Answer) -> base.Figure | None:
    return _scatter(
        answer,
        "distance",
        "The difference by distance from English",
        distance_caption,
        known=pl.col("distance").is_not_null(),
        x_title="syntactic distance to English",
    )


def _pretraining(answer: Answer) -> base.Figure | None:
    return _scatter(
        answer,
        "pretraining_gib",
        "The difference by size of the pretraining text",
        pretraining_caption,
        known=pl.col("pretraining_gib") > 0,
        x_title="GiB of the language in CC-100, XLM-R's pretraining text (logarithmic)",
        logarithmic=True,
    )


def _scatter(
    answer: Answer,
    column: str,
    title: str,
    caption: Callable[[pl.DataFrame], str],
    *,
    known: pl.Expr,
    x_title: str,
    logarithmic: bool = False,
) -> base.Figure | None:
    """The difference in each language against a property of it, where four languages or more have one."""
    table = base.found(answer, "languages")
    if table is None:
        return None
    frame = table.frame.filter(known)
    if frame.height < 4 or frame[column].n_unique() < 3 or frame["estimate"].n_unique() < 2:
        return None
    shown = frame.select(pl.col("language").alias("label"), "name", pl.col(column).alias("x"), *base.INTERVAL)
    y_title = base.difference_title(answer)
    spec = labelled_scatter(shown, "", x_title=x_title, y_title=y_title, logarithmic=logarithmic)
    return base.figure(column.removesuffix("_gib"), title, caption(frame), spec, table)


def _predictors(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "predictors")
    if table is None:
        return None
    frame = table.frame.filter(pl.col("estimate").is_not_null())
    if frame.is_empty():
        return None
    shown = frame.select(
        (pl.col("predictor") + ", " + pl.col("step")).alias("label"),
        pl.lit("predictor").alias("group"),
        *base.INTERVAL,
        "p_adjusted",
        pl.lit(False).alias("pooled"),
    )
    return base.figure(
        "predictors",
        "What goes with the difference",
        predictors_caption(table.frame),
        forest(shown, "", title=f"slope of: {base.difference_title(answer)}", zero=""),
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
    return f"Under perturbation, {'; '.join(told)}. Lines are 95{NBSP}% intervals over training runs."


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
    """The dearest and the cheapest tile, and why some are empty."""
    ranked = frame.sort("drop")
    low, high = ranked.row(0, named=True), ranked.row(-1, named=True)
    kinds = (
        frame.group_by("perturbation")
        .agg(pl.col("drop").mean(), pl.col("name").n_unique().alias("languages"))
        .sort("drop", "perturbation", descending=[True, False])
    )
    languages = frame["name"].n_unique()
    first, short = kinds.row(0, named=True), kinds.filter(pl.col("languages") < languages)
    over = f", over {first['languages']} of {languages} languages" if first["languages"] < languages else ""
    empty = (
        f" Tiles of {listing(sorted(short['perturbation']))} are empty where there is no score, as where a "
        "script leaves nothing to change."
        if short.height
        else ""
    )
    return (
        f"{first['perturbation']} costs most on average ({points(first['drop'])} points{over}). The dearest "
        f"tile is {high['perturbation']} in {high['name']} under {high['regime']} ({points(high['drop'])}), "
        f"the cheapest {low['perturbation']} in {low['name']} under {low['regime']} ({points(low['drop'])})."
        f"{empty}"
    )


def distance_caption(frame: pl.DataFrame) -> str:
    """Does the difference go with the distance from English?"""
    r = frame.select(pl.corr("distance", "estimate")).item()
    return (
        f"Across {count(frame.height, 'language')} the difference tends to be {_way(r)} the farther a "
        f"language's syntax is from English (correlation {number(r, 2)}; descriptive, no test)."
    )


def pretraining_caption(frame: pl.DataFrame) -> str:
    """Does the difference go with how much of a language the encoder has read?"""
    r = frame.select(pl.corr(pl.col("pretraining_gib").log10(), "estimate")).item()
    most = frame.sort("pretraining_gib").row(-1, named=True)
    least = frame.sort("pretraining_gib").row(0, named=True)
    return (
        f"Across {count(frame.height, 'language')}, from {least['name']} "
        f"({number(least['pretraining_gib'], 1)} GiB) to {most['name']} "
        f"({number(most['pretraining_gib'], 1)} GiB), the difference tends to be {_way(r)} the more text "
        f"there is (correlation with the logarithm {number(r, 2)}; descriptive, no test)."
    )


def predictors_caption(frame: pl.DataFrame) -> str:
    """Which properties of languages the difference goes with, and which could not be asked."""
    have = frame.filter(pl.col("estimate").is_not_null())
    told = [
        f"{row['predictor']} {points(row['estimate'], signed=True)} points {row['step']} "
        f"({count(row['languages'], 'language')}, {p_value(row['p_adjusted'])} after Holm's correction)"
        for row in have.to_dicts()
    ]
    lacking = frame.filter(pl.col("estimate").is_null())
    left = [f"{row['predictor']}: {row['note']}" for row in lacking.to_dicts()]
    return f"One model each: {'; '.join(told)}." + (f" Not asked: {'; '.join(left)}." if left else "")


def _way(r: float) -> str:
    return "larger" if r > 0 else "smaller"
