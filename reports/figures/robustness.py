"""Figures of the main result."""

import polars as pl

from reports.answer import Answer
from reports.charts.forest import forest
from reports.charts.severity import severity_curves
from reports.figures import base
from reports.wording import NBSP, interval, points


def figures(answer: Answer) -> list[base.Figure]:
    """Figures of the main result."""
    return base.made(
        answer,
        (
            _severity,
            _forest,
        ),
    )


def _severity(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "severity")
    if table is None:
        return None
    frame = table.frame
    regimes = base.regimes(frame)
    names = dict(answer.tables["changes"].frame.select("language", "name").unique().sort("name").iter_rows())
    menu = {"all": "all", **{code: name for code, name in names.items() if code in set(frame["language"])}}
    shown = base.plain(frame)
    return base.figure(
        "severity",
        "Score by severity",
        severity_caption(frame),
        severity_curves(shown, regimes, menu, ""),
        table,
    )


def _forest(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "contrasts")
    if table is None:
        return None
    reference, treatment = base.labels(answer)
    frame = table.frame.select("label", "group", "estimate", "conf_low", "conf_high", "p_adjusted", "pooled")
    return base.figure(
        "forest",
        "The difference between the regimes and its parts",
        forest_caption(frame, treatment, reference),
        forest(frame, "", title=base.difference_title(answer), zero=base.sides(answer)),
        table,
    )


def severity_caption(frame: pl.DataFrame) -> str:
    """From clean to the highest severity: how far each regime falls, and where most."""
    pooled = frame.filter(pl.col("language") == "all")
    top = int(str(pooled["severity"].max()))
    told = []
    for regime in pooled["regime"].unique(maintain_order=True):
        own = pooled.filter(pl.col("regime") == regime)
        start = own.filter(pl.col("severity") == 0)["estimate"].mean()
        ends = own.filter(pl.col("severity") == pl.col("severity").max().over("perturbation"))
        end = ends["estimate"].mean()
        worst = ends.sort("estimate").row(0, named=True)
        ways = f"from {points(base.as_float(start))}{NBSP}% to {points(base.as_float(end))}{NBSP}%"
        low = f"lowest under {worst['perturbation']} ({points(worst['estimate'])}{NBSP}%)"
        told.append(f"{regime} goes {ways}, {low}")
    return (
        f"From clean to the highest severity ({top}), averaged over perturbations: {'; '.join(told)}. Bands "
        f"are 95{NBSP}% intervals over training runs."
    )


def forest_caption(frame: pl.DataFrame, treatment: str, reference: str) -> str:
    """The pooled difference, and how many of its parts lie on either side of nought."""
    pooled = frame.filter("pooled").row(0, named=True)
    parts = frame.filter(~pl.col("pooled"))
    told = (
        f"The diamond is the pooled difference, {points(pooled['estimate'], signed=True)} points "
        f"{interval(pooled['conf_low'], pooled['conf_high'])}; to the right {treatment} does better than "
        f"{reference}."
    )
    if parts.height:
        above = parts.filter(pl.col("estimate") > 0).height
        sure = parts.filter(pl.col("p_adjusted") < 0.05).height
        told += (
            f" Of its {parts.height} parts, {above} {'lies' if above == 1 else 'lie'} above nought and "
            f"{sure} {'is' if sure == 1 else 'are'} significant after Holm's correction. Intervals are not "
            "adjusted."
        )
    return told
