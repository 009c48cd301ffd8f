"""Figures of what this analysis, and a larger study, would find."""

import polars as pl

from reports.answer import Answer
from reports.charts.errors import error_rates
from reports.charts.power import GOAL, power_curves
from reports.figures import base
from reports.wording import listing, points


def figures(answer: Answer) -> list[base.Figure]:
    """Figures of what this analysis, and a larger study, would find."""
    return base.made(answer, (_power, _calibration))


def _power(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "power")
    if table is None:
        return None
    effect = f"{points(answer.question.smallest)} points"
    return base.figure(
        "power",
        "Power, and the smallest difference that can be found",
        power_caption(table.frame, effect),
        power_curves(table.frame, "", effect=effect),
        table,
    )


def _calibration(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "calibration")
    if table is None:
        return None
    nominal = float(table.frame["nominal"][0])
    reach = 1.96 * pl.col("error_se")
    shown = table.frame.select(
        "analysis",
        "error_rate",
        "power",
        (pl.col("error_rate") - reach).clip(lower_bound=0).alias("low"),
        (pl.col("error_rate") + reach).clip(upper_bound=1).alias("high"),
        pl.col("analysis").str.starts_with("chosen model").alias("chosen"),
    )
    return base.figure(
        "calibration",
        "Error rates on this very design",
        calibration_caption(table.frame),
        error_rates(shown, nominal, ""),
        table,
    )


def power_caption(frame: pl.DataFrame, effect: str) -> str:
    """What this study can find, and what it would take to find the effect of interest."""
    own = frame.filter("own").row(0, named=True)
    enough = frame.filter(pl.col("power") >= GOAL).sort("seeds", "languages")
    size = f"{own['seeds']} seeds and {own['languages']} languages"
    told = (
        f"Ringed: a balanced study of this size, {size}, finds {effect} "
        f"with probability {own['power']:.0%} and {points(own['detectable'])} points four times in five. "
    )
    if enough.height:
        least = enough.group_by("languages").agg(pl.col("seeds").min()).sort("languages")
        ways = [f"{seeds} seeds with {n} languages" for n, seeds in least.iter_rows()]
        return told + f"For {GOAL:.0%} it takes {listing(ways)}."
    best = frame.sort("power").row(-1, named=True)
    return told + (
        f"No size drawn reaches {GOAL:.0%}; {best['seeds']} seeds with {best['languages']} languages reach "
        f"{best['power']:.0%}."
    )


def calibration_caption(frame: pl.DataFrame) -> str:
    """Who keeps the nominal rate and who does not."""
    chosen = frame.filter(pl.col("analysis") == "chosen model, Satterthwaite").row(0, named=True)
    naive = frame.filter(~pl.col("analysis").str.starts_with("chosen model")).sort("error_rate")
    worst = naive.row(-1, named=True)
    honest = naive.filter(pl.col("error_rate") - 2 * pl.col("error_se") <= pl.col("nominal"))
    keep = honest["analysis"].to_list()
    others = listing(keep, limit=3) + " keep the rate" if keep else "none keeps the rate"
    return (
        f"In {chosen['draws']} studies of this design simulated without an effect, the model used here finds "
        f"one in {chosen['error_rate']:.1%} (nominal {chosen['nominal']:.0%}); '{worst['analysis']}' in "
        f"{worst['error_rate']:.0%}. Of {naive.height} other analyses {others}. The model finds a true "
        f"difference of {points(chosen['effect'])} points in {chosen['power']:.0%}, and "
        f"{points(chosen['detectable'])} points four times in five. Lines show the error of the simulation."
    )
