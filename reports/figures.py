"""The figures of a comparison: each takes one frame of the answer and gives a chart with its caption."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from reports import captions
from reports.answer import Answer, Table
from reports.charts.coverage import coverage_map
from reports.charts.distance import distance_scatter
from reports.charts.effective import effective_robustness
from reports.charts.forest import forest
from reports.charts.heatmap import drop_heatmap
from reports.charts.languages import language_changes
from reports.charts.severity import severity_curves
from reports.charts.slopes import paired_slopes
from reports.charts.theme import MAX_ROWS
from reports.charts.variance import variance_shares
from reports.comparison.describe import reference_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: a Vega-Lite specification, what it shows in words, and the frame it is drawn from."""

    id: str
    title: str
    caption: str
    spec: dict[str, Any]
    table: Table


def robustness(answer: Answer) -> list[Figure]:
    """Figures of the main result."""
    return _made(answer, (_severity, _forest))


def languages(answer: Answer) -> list[Figure]:
    """Figures by language."""
    return _made(answer, (_changes, _gaps, _drops, _distance))


def scales(answer: Answer) -> list[Figure]:
    """Figures that set the clean score beside the perturbed one."""
    return _made(answer, (_slopes, _effective))


def checks(answer: Answer) -> list[Figure]:
    """Figures of the sensitivity analyses and of the model."""
    return _made(answer, (_sensitivity, _variance))


def design(answer: Answer) -> list[Figure]:
    """What was measured."""
    return _made(answer, (_coverage,))


def _made(answer: Answer, makers: tuple[Callable[[Answer], Figure | None], ...]) -> list[Figure]:
    return [figure for make in makers if (figure := make(answer)) is not None]


def _table(answer: Answer, name: str) -> Table | None:
    table = answer.tables.get(name)
    return table if table is not None and table.frame.height else None


def _figure(id: str, title: str, caption: str, spec: dict[str, Any], table: Table) -> Figure:
    return Figure(
        id=id, title=title, caption=caption, spec=spec | {"description": f"{title}. {caption}"}, table=table
    )


def _labels(answer: Answer) -> tuple[str, str]:
    question = answer.question
    return question.regimes[question.reference], question.regimes[question.treatment]


def _regimes(frame: pl.DataFrame) -> list[str]:
    return (
        [str(name) for name in frame["regime"].cast(pl.String).unique(maintain_order=True)]
        if not isinstance(frame["regime"].dtype, pl.Enum)
        else [c for c in frame["regime"].dtype.categories if c in set(frame["regime"])]
    )


def _sides(answer: Answer) -> str:
    reference, treatment = _labels(answer)
    return f"\u2190 {reference} better \u00b7 {treatment} better \u2192"


def _difference(answer: Answer) -> str:
    reference, treatment = _labels(answer)
    what = {"change": "change under perturbation", "perturbed": "perturbed score", "clean": "clean score"}
    return f"{treatment} minus {reference}, {what[answer.question.response]}, points"


def _severity(answer: Answer) -> Figure | None:
    table = _table(answer, "severity")
    if table is None:
        return None
    frame = table.frame
    note = ""
    if frame.height > MAX_ROWS:
        frame = frame.filter(pl.col("language") == "all")
        note = f" Single languages are left to the CSV: a chart holds {MAX_ROWS:,} rows."
    regimes = _regimes(frame)
    names = dict(answer.tables["changes"].frame.select("language", "name").unique().sort("name").iter_rows())
    menu = {"all": "all", **{code: name for code, name in names.items() if code in set(frame["language"])}}
    shown = _plain(frame)
    return _figure(
        "severity",
        "Score by severity",
        captions.severity(frame) + note,
        severity_curves(shown, regimes, menu, ""),
        table,
    )


def _forest(answer: Answer) -> Figure | None:
    table = _table(answer, "contrasts")
    if table is None:
        return None
    reference, treatment = _labels(answer)
    frame = table.frame.select("label", "group", "estimate", "conf_low", "conf_high", "p_adjusted", "pooled")
    return _figure(
        "forest",
        "The difference between the regimes and its parts",
        captions.forest(frame, treatment, reference),
        forest(frame, "", title=_difference(answer), zero=_sides(answer)),
        table,
    )


def _changes(answer: Answer) -> Figure | None:
    table = _table(answer, "changes")
    if table is None:
        return None
    return _figure(
        "languages",
        "What perturbation does in each language",
        captions.languages(table.frame),
        language_changes(_plain(table.frame), _regimes(table.frame), ""),
        table,
    )


def _gaps(answer: Answer) -> Figure | None:
    table = _table(answer, "languages")
    if table is None:
        return None
    frame = table.frame.select(
        pl.col("name").alias("label"), pl.lit("language").alias("group"), "estimate", "conf_low", "conf_high",
        "p_adjusted", pl.lit(False).alias("pooled"),
    )  # fmt: skip
    return _figure(
        "gaps",
        "The difference between the regimes in each language",
        captions.language_gaps(table.frame),
        forest(frame, "", title=_difference(answer), zero=_sides(answer)),
        table,
    )


def _drops(answer: Answer) -> Figure | None:
    table = _table(answer, "drops")
    if table is None:
        return None
    return _figure(
        "drops",
        "Drop by language and perturbation",
        captions.drops(table.frame),
        drop_heatmap(_plain(table.frame), _regimes(table.frame), ""),
        table,
    )


def _distance(answer: Answer) -> Figure | None:
    table = _table(answer, "languages")
    if table is None:
        return None
    frame = table.frame.filter(pl.col("distance").is_not_null()).select(
        "language", "name", "script", "distance", "estimate", "conf_low", "conf_high"
    )
    if frame.height < 4 or frame["distance"].n_unique() < 3 or frame["estimate"].n_unique() < 2:
        return None
    return _figure(
        "distance",
        "The difference by distance from English",
        captions.distance(frame),
        distance_scatter(frame, "", title=_difference(answer)),
        table,
    )


def _slopes(answer: Answer) -> Figure | None:
    table = _table(answer, "slopes")
    if table is None:
        return None
    return _figure(
        "slopes",
        "Clean and perturbed score",
        captions.slopes(table.frame),
        paired_slopes(_plain(table.frame), _regimes(table.frame), ""),
        table,
    )


def _effective(answer: Answer) -> Figure | None:
    table = _table(answer, "logits")
    if table is None or table.frame.height > MAX_ROWS:
        return None
    reference = _labels(answer)[0]
    line = reference_line(table.frame, reference)
    shown = _plain(table.frame).drop("run_id", "language")
    return _figure(
        "effective",
        "Effective robustness",
        captions.effective(table.frame, line, reference),
        effective_robustness(shown, line, _regimes(table.frame), ""),
        table,
    )


def _sensitivity(answer: Answer) -> Figure | None:
    table = _table(answer, "sensitivity")
    if table is None or answer.primary is None:
        return None
    primary = answer.primary.row(0, named=True)
    first = answer.primary.select(
        pl.lit("primary analysis").alias("label"), pl.lit("primary").alias("group"), "estimate", "conf_low",
        "conf_high", pl.col("p_value").alias("p_adjusted"), pl.lit(True).alias("pooled"),
    )  # fmt: skip
    others = table.frame.filter((pl.col("unit") == "points") & pl.col("estimate").is_not_null()).select(
        pl.col("term").alias("label"), "group", "estimate", "conf_low", "conf_high",
        pl.col("p_value").alias("p_adjusted"), pl.lit(False).alias("pooled"),
    )  # fmt: skip
    if others.is_empty():
        return None
    return _figure(
        "sensitivity",
        "The primary contrast under other choices",
        captions.sensitivity(table.frame, primary["estimate"]),
        forest(pl.concat([first, others]), "", title=_difference(answer), zero=_sides(answer)),
        table,
    )


def _variance(answer: Answer) -> Figure | None:
    table = _table(answer, "variance")
    if table is None:
        return None
    return _figure(
        "variance",
        "Where the differences come from",
        captions.variance(table.frame),
        variance_shares(table.frame, ""),
        table,
    )


def _coverage(answer: Answer) -> Figure | None:
    table = _table(answer, "coverage")
    if table is None or table.frame.height > MAX_ROWS:
        return None
    return _figure(
        "coverage",
        "What was measured",
        captions.coverage(table.frame),
        coverage_map(_plain(table.frame), _regimes(table.frame), ""),
        table,
    )


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with regimes as text, which Vega understands."""
    return frame.with_columns(pl.col("regime").cast(pl.String))
