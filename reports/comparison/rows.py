"""The rows that models are fitted to: scores averaged with equal weight per level and perturbation.

A run and a language give one number each way: mean over severities first, then over perturbations, so
that a perturbation with more levels counts no more than another.
"""

import polars as pl

from reports.comparison.design import BLOCK

RUN = (
    "regime",
    "run_id",
    "seed",
    "encoder",
    *BLOCK,
    "intermediate",
    "checkpoint",
    "overlapping",
    "chance",
    "language",
    "name",
    "script",
    "distance",
    "cell",
)


def by_perturbation(scores: pl.DataFrame) -> pl.DataFrame:
    """One row per run, task, language and perturbation: means over severities.

    Columns besides the keys: ``perturbed, clean, change, n, perturbed_logit, clean_logit, change_logit,
    change_touched`` (the change among texts that the perturbation did touch).
    """
    keys = [*RUN, "perturbation", "run_perturbation"]
    return _averages(_scaled(scores), keys).with_columns(_within("perturbation"))


def by_severity(scores: pl.DataFrame) -> pl.DataFrame:
    """One row per run, task, language and severity: means over the perturbations that have every severity."""
    have = scores.group_by("perturbation").agg(pl.col("severity").n_unique().alias("levels"))
    whole = have.filter(pl.col("levels") == scores["severity"].n_unique())["perturbation"]
    kept = scores.filter(pl.col("perturbation").is_in(whole.implode()))
    rows = _averages(_scaled(kept), [*RUN, "severity"])
    return rows.with_columns(_within("severity"), level=pl.col("severity").cast(pl.String))


def summary(scores: pl.DataFrame) -> pl.DataFrame:
    """One row per run, task and language: means over severities, then over perturbations.

    Adds ``change_relative``: the share of the clean score above chance that is lost (negative) or
    gained; null where the clean score is within two standard errors of chance.
    """
    rows = _averages(_averages(_scaled(scores), [*RUN, "perturbation"]), list(RUN))
    above = pl.col("clean") - pl.col("chance").fill_null(0.0)
    error = (pl.col("clean") * (1 - pl.col("clean")) / pl.col("n")).clip(lower_bound=0).sqrt()
    return rows.with_columns(
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


def _averages(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Means by key, of sorted rows: a sum depends on the order of its terms, and a page must not change."""
    finer = [column for column in ("perturbation", "severity") if column in rows.columns]
    ordered = rows.sort(*keys, *finer)
    return ordered.group_by(keys, maintain_order=True).agg(pl.col(column).mean() for column in MEASURES)


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
