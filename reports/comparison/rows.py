"""The rows that models are fitted to: scores averaged with equal weight per level and perturbation.

A run and a language give one number each way: mean over severities first, then over perturbations, so
that a perturbation with more levels counts no more than another.
"""

from collections.abc import Sequence

import polars as pl

BLOCK = ("encoder_fingerprint", "data_source", "task")
"""Columns that name a block: where the regimes are compared like with like."""

UNIT = ("run_id", "task", "language")
"""What one row of a summary is; everything in ``DESCRIBED`` follows from it."""

DESCRIBED = (
    "regime",
    "seed",
    "encoder",
    "encoder_fingerprint",
    "data_source",
    "intermediate",
    "checkpoint",
    "overlapping",
    "chance",
    "name",
    "script",
    "distance",
    "pretraining_gib",
    "cell",
)


def by_perturbation(scores: pl.DataFrame) -> pl.DataFrame:
    """One row per run, task, language and perturbation: means over severities.

    Columns besides the keys: ``perturbed, clean, change, n, perturbed_logit, clean_logit, change_logit,
    change_touched`` (the change among texts that the perturbation did touch).
    """
    return named_pairs(plain_by_perturbation(scores))


def named_pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``plain_by_perturbation`` with the cell, and the pair of run and perturbation, of each."""
    run_perturbation = pl.concat_str(["run_id", "perturbation"], separator="|")
    return rows.with_columns(_within("perturbation"), run_perturbation=run_perturbation)


def plain_by_perturbation(scores: pl.DataFrame) -> pl.DataFrame:
    """As ``by_perturbation``, with the cell of ``summary``: what ``across`` takes."""
    return _averages(_scaled(scores), [*UNIT, "perturbation"])


def by_severity(scores: pl.DataFrame) -> pl.DataFrame:
    """One row per run, task, language and severity: means over the perturbations that have every severity."""
    have = scores.group_by("perturbation").agg(pl.col("severity").n_unique().alias("levels"))
    whole = have.filter(pl.col("levels") == scores["severity"].n_unique())["perturbation"]
    kept = scores.filter(pl.col("perturbation").is_in(whole.implode()))
    rows = _averages(_scaled(kept), [*UNIT, "severity"]).with_columns(
        level=pl.col("severity").cast(pl.String)
    )
    run_level = pl.concat_str(["run_id", "level"], separator="|")
    return rows.with_columns(_within("severity"), run_level=run_level)


def summary(scores: pl.DataFrame) -> pl.DataFrame:
    """One row per run, task and language: means over severities, then over perturbations.

    Adds ``change_relative``: the share of the clean score above chance that is lost (negative) or
    gained; null where the clean score is within two standard errors of chance.
    """
    return across(plain_by_perturbation(scores))


def across(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows by perturbation, with the cell that ``summary`` has, averaged over perturbations."""
    means = _averages(rows, UNIT)
    above = pl.col("clean") - pl.col("chance").fill_null(0.0)
    error = (pl.col("clean") * (1 - pl.col("clean")) / pl.col("n")).clip(lower_bound=0).sqrt()
    return means.with_columns(
        change_relative=pl.when(above > 2 * error).then((pl.col("perturbed") - pl.col("clean")) / above)
    )


MEASURES = (
    "perturbed",
    "clean",
    "change",
    "n",
    "perturbed_logit",
    "clean_logit",
    "change_logit",
    "change_touched",
)


def _within(column: str) -> pl.Expr:
    """The cell of finer rows: task and language, and the level of the column."""
    return pl.concat_str(["cell", pl.col(column).cast(pl.String)], separator="|").alias("cell")


def _averages(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Means by key. The order of the rows is kept: sums depend on it, and a page must not change."""
    return rows.group_by(keys, maintain_order=True).agg(
        *(pl.col(column).first() for column in DESCRIBED), *(pl.col(column).mean() for column in MEASURES)
    )


def _scaled(scores: pl.DataFrame) -> pl.DataFrame:
    """Scores with their logits: the empirical logit, (successes + 1/2) / (trials + 1), finite at 0 and 1."""

    def logit(value: pl.Expr) -> pl.Expr:
        share = (value * pl.col("n") + 0.5) / (pl.col("n") + 1)
        return (share / (1 - share)).log()

    touched = (pl.col("n") - pl.col("unchanged")) / pl.col("n")
    return scores.with_columns(
        perturbed=pl.col("value"),
        perturbed_logit=logit(pl.col("value")),
        clean_logit=logit(pl.col("clean")),
        change_touched=pl.when((touched > 0) & pl.col("per_example")).then(pl.col("change") / touched),
    ).with_columns(change_logit=pl.col("perturbed_logit") - pl.col("clean_logit"))
