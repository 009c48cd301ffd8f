"""Figures that set the clean score beside the perturbed one."""

import polars as pl

from reports.answer import MOST_ROWS, Answer
from reports.charts.effective import effective_robustness
from reports.charts.interaction import interaction
from reports.charts.slopes import paired_slopes
from reports.comparison.describe import reference_line
from reports.figures import base
from reports.wording import NBSP, listing, number, points


def figures(answer: Answer) -> list[base.Figure]:
    """Figures that set the clean score beside the perturbed one."""
    return base.made(
        answer,
        (
            _interaction,
            _slopes,
            _effective,
        ),
    )


def _interaction(answer: Answer) -> base.Figure | None:
    title = "Estimated mean scores, clean and under each perturbation"
    return base.by_regime(answer, "margins", title, interaction_caption, interaction, id="interaction")


def _slopes(answer: Answer) -> base.Figure | None:
    return base.by_regime(answer, "slopes", "Clean and perturbed score", slopes_caption, paired_slopes)


def _effective(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "logits")
    if table is None or table.frame.height > MOST_ROWS:
        return None
    reference = base.labels(answer)[0]
    line = reference_line(table.frame, reference)
    shown = base.plain(table.frame).drop("run_id", "language")
    return base.figure(
        "effective",
        "Effective robustness",
        effective_caption(table.frame, line, reference),
        effective_robustness(shown, line, base.regimes(table.frame), ""),
        table,
    )


def interaction_caption(frame: pl.DataFrame) -> str:
    """How the distance of the regimes changes from clean to each perturbation."""
    reference, treatment = base.regimes(frame)
    wide = (
        base.plain(frame)
        .pivot(on="regime", index="perturbation", values="estimate", maintain_order=True)
        .with_columns(gap=pl.col(treatment) - pl.col(reference))
    )
    clean = wide.filter(pl.col("perturbation") == "clean")["gap"].item()
    noisy = wide.filter(pl.col("perturbation") != "clean").sort("gap")
    low, high = noisy.row(0, named=True), noisy.row(-1, named=True)
    return (
        "Means that one model estimates; bars of the two overlap exactly where the "
        f"95{NBSP}% interval of their difference holds nought. {treatment} minus {reference} is "
        f"{points(clean, signed=True)} points on clean text; under noise it runs from "
        f"{points(low['gap'], signed=True)} ({low['perturbation']}) to {points(high['gap'], signed=True)} "
        f"({high['perturbation']})."
    )


def slopes_caption(frame: pl.DataFrame) -> str:
    """By task, how much is lost from clean to perturbed."""
    wide = frame.pivot(on="condition", index=["task", "regime", "language"], values="value")
    means = (
        wide.group_by("task", "regime", maintain_order=True)
        .agg((pl.col("perturbed") - pl.col("clean")).mean().alias("change"))
        .sort("task", "regime")
    )
    told = []
    for (task,), part in means.group_by("task", maintain_order=True):
        changes = [f"{regime} {points(change, signed=True)}" for _, regime, change in part.iter_rows()]
        told.append(f"{task} {listing(changes)}")
    return f"One line a language. Mean change in points: {'; '.join(told)}."


def effective_caption(points_frame: pl.DataFrame, line: pl.DataFrame, reference: str) -> str:
    """How many of each regime's runs lie above the line of the reference."""
    start, end = line.row(0, named=True), line.row(1, named=True)
    reach = end["clean"] - start["clean"]
    slope = (end["perturbed"] - start["perturbed"]) / reach if reach else 0.0
    above = points_frame.with_columns(
        above=pl.col("perturbed") > start["perturbed"] + slope * (pl.col("clean") - start["clean"])
    )
    shares = above.group_by("regime", maintain_order=True).agg(pl.col("above").mean())
    told = [f"{share:.0%} of {regime}" for regime, share in shares.iter_rows()]
    return (
        f"One mark per run, task and language. The dashed line is fitted to {reference} (slope "
        f"{number(slope, 2)}): above it, a model is more robust than its clean score foretells. Above the "
        f"line: {listing(told)}."
    )
