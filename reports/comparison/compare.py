"""The road from scores to an answer for questions that compare two regimes."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from reports.answer import Answer, Data, FitState, Question, Table
from reports.comparison import describe, text
from reports.comparison.design import Design, design
from reports.comparison.estimate import Difference, difference
from reports.comparison.forest import forest
from reports.comparison.rows import by_perturbation, summary
from reports.comparison.sensitivity import sensitivity
from reports.comparison.variance import variance
from reports.errors import Refused
from reports.provenance import provenance

RESPONSES = {
    "change": "change of score under perturbation",
    "perturbed": "score on perturbed text",
    "clean": "score on clean text",
}
"""What each response means; three models of one shape, of which the question calls one primary."""


def compare(question: Question, data: Data) -> Answer:
    """Compare the question's two regimes, or say why that cannot be done.

    Everything else in the answer (contrasts by perturbation, severity, task, intermediate task and language,
    other pairs of regimes, sensitivity) uses models of the same shape as the primary one.
    """
    common = {
        "question": question,
        "provenance": provenance(data.runs),
    }
    covered = Table(
        title="Scores that are there, by regime, task and language",
        frame=_covered(data.coverage, question),
        sql=data.sql["coverage"],
        how="A cell is expected of every run on a task if any run has a value in it.",
    )
    try:
        chosen = design(data, question, (question.reference, question.treatment))
        key = _key(chosen)
    except Refused as refusal:
        return Answer(refusal=str(refusal), tables={"coverage": covered}, **common)
    fits = {response: found.state for response, found in key.items()}
    tables, notes = _tables(question, data, chosen, key, fits)
    tables["coverage"] = covered
    primary = key[question.response]
    answer = Answer(
        primary=primary.contrasts,
        cautions=(*chosen.cautions, *_fit_cautions(fits), *notes),
        tables=tables,
        fits=tuple(fits.values()),
        design=_counts(chosen),
        **common,
    )
    return text.written(answer, chosen, key)


def _key(chosen: Design) -> dict[str, Difference]:
    rows = summary(chosen.scores)
    return {response: difference(rows, response, purpose) for response, purpose in RESPONSES.items()}


def _tables(
    question: Question, data: Data, chosen: Design, key: Mapping[str, Difference], fits: dict[str, FitState]
) -> tuple[dict[str, Table], list[str]]:
    """Every result frame, and sentences about the models that could not be had. Adds to ``fits``."""
    sql = data.sql["cells"]
    notes: list[str] = list(key[question.response].notes)
    tables: dict[str, Table] = {}

    def add(name: str, title: str, how: str, make: Callable[[], pl.DataFrame]) -> None:
        try:
            tables[name] = Table(title=title, frame=make(), sql=sql, how=how)
        except Refused as refusal:
            notes.append(f"{title}: {refusal}.")

    def modelled(name: str, rows: pl.DataFrame, response: str, purpose: str, by: str) -> Difference:
        found = difference(rows, response, purpose, by=by)
        fits[name] = found.state
        return found

    scores = chosen.scores
    rows = summary(scores)
    response = question.response
    add(
        "key",
        "The regimes on clean text, on perturbed text, and the change between them",
        SUMMARY,
        lambda: _key_table(question, key),
    )
    add(
        "contrasts",
        f"{question.regimes[question.treatment]} minus {question.regimes[question.reference]}",
        "Each group of rows from a model of its own; p adjusted within a group by Holm's method.",
        lambda: forest(chosen, response, key[response], fits),
    )
    add(
        "languages",
        "Difference of the regimes in each language",
        f"{SUMMARY} A model with a difference for each language; p adjusted by Holm's method.",
        lambda: _by_language(modelled("language", rows, response, "by language", "language"), rows),
    )
    add(
        "scores",
        "Difference of the regimes in score, clean and under each perturbation",
        "Means over severities, one row per run, task, language and perturbation; clean is one of them.",
        lambda: (
            modelled(
                "scores", _with_clean(scores), "perturbed", "score by perturbation", "perturbation"
            ).contrasts
        ),
    )
    add("others", "Other pairs of regimes", SUMMARY, lambda: _others(question, data))
    add(
        "sensitivity",
        "The primary contrast under other choices",
        SUMMARY,
        lambda: sensitivity(chosen, response),
    )
    add(
        "variance",
        "Where the differences between rows come from",
        "Variance components of the primary model.",
        lambda: variance(key[response].model),
    )
    add(
        "fixed",
        "Fixed effects of the primary model",
        SUMMARY,
        lambda: key[response].model.fixed,
    )
    add("runs", "Runs compared", "", lambda: _runs(data))
    _describe(add, chosen, data, question)
    return tables, notes


SUMMARY = "Languages other than English; means over severities, then perturbations: one row per run, task and language."


def _describe(add: Any, chosen: Design, data: Data, question: Question) -> None:
    """Frames of the charts, for every regime of the question that has the compared cells."""
    scores = _all_regimes(chosen, data, question)
    spread = "Mean over runs within a task, then over tasks; the interval rests on the spread of the runs."
    add("severity", "Score by severity", spread, lambda: describe.severity_curves(scores))
    add("changes", "Change under perturbation by language", spread, lambda: describe.language_changes(scores))
    add("drops", "Drop by language and perturbation", spread, lambda: describe.drops(scores))
    add(
        "slopes",
        "Clean and perturbed score by task and language",
        "Mean over runs.",
        lambda: describe.slopes(scores),
    )
    add(
        "logits",
        "Clean and perturbed score of every run and language, logits",
        SUMMARY,
        lambda: describe.logits(scores),
    )


def _all_regimes(chosen: Design, data: Data, question: Question) -> pl.DataFrame:
    """The compared scores and, in the same cells, those of the question's other regimes; regimes by label."""
    frames = [chosen.scores.with_columns(pl.col("regime").cast(pl.String))]
    for reference, treatment in question.others:
        try:
            other = design(data, question, (reference, treatment)).scores
        except Refused:
            continue
        have = pl.concat(frames)["regime"].unique()
        keys = ["encoder_fingerprint", "data_source", "task", "language", "perturbation", "severity"]
        frames.append(
            other.with_columns(pl.col("regime").cast(pl.String))
            .filter(~pl.col("regime").is_in(have.implode()))
            .join(chosen.scores.select(keys).unique(), on=keys)
        )
    labels = dict(question.regimes)
    present = pl.concat(frames)
    order = [label for name, label in labels.items() if name in set(present["regime"])]
    return present.with_columns(regime=pl.col("regime").replace_strict(labels).cast(pl.Enum(order)))


def _key_table(question: Question, key: Mapping[str, Difference]) -> pl.DataFrame:
    """One row per response: the mean of each regime and their difference."""
    parts = [
        found.contrasts.with_columns(
            pl.lit(response).alias("response"),
            pl.lit(found.mean(question.reference)).alias("reference_mean"),
            pl.lit(found.mean(question.treatment)).alias("treatment_mean"),
        )
        for response, found in key.items()
    ]
    return pl.concat(parts).select(
        "response",
        "reference_mean",
        "treatment_mean",
        pl.exclude("response", "reference_mean", "treatment_mean", "p_adjusted"),
    )


def _by_language(found: Difference, rows: pl.DataFrame) -> pl.DataFrame:
    names = rows.select("language", "name", "script", "distance").unique("language")
    return found.contrasts.join(names, on="language").sort("estimate", "language", descending=[True, False])


def _with_clean(scores: pl.DataFrame) -> pl.DataFrame:
    """Rows by perturbation with the clean score as a level of its own, first."""
    noisy = by_perturbation(scores)
    clean = summary(scores).with_columns(
        perturbed=pl.col("clean"),
        perturbation=pl.lit("clean"),
        run_perturbation=pl.concat_str(["run_id", pl.lit("clean")], separator="|"),
        cell=pl.concat_str(["cell", pl.lit("clean")], separator="|"),
    )
    columns = noisy.columns
    both = pl.concat([clean.select(columns), noisy])
    order = ["clean", *sorted(noisy["perturbation"].unique())]
    return both.with_columns(pl.col("perturbation").cast(pl.Enum(order)))


def _others(question: Question, data: Data) -> pl.DataFrame:
    """Key contrasts of the question's other pairs of regimes."""
    parts = []
    refusals = []
    for pair in question.others:
        try:
            chosen = design(data, question, pair)
            parts += [
                found.contrasts.with_columns(pl.lit(response).alias("response"))
                for response, found in _key(chosen).items()
            ]
        except Refused as refusal:
            refusals.append(str(refusal))
    if not parts:
        raise Refused(" ".join(refusals) or "the question names none")
    return pl.concat(parts).select("response", pl.exclude("response", "p_adjusted"))


def _covered(coverage: pl.DataFrame, question: Question) -> pl.DataFrame:
    return coverage.with_columns(
        regime=pl.col("regime").replace_strict(dict(question.regimes), return_dtype=pl.String),
        share=pl.col("scores") / pl.col("expected"),
    )


def _runs(data: Data) -> pl.DataFrame:
    return data.runs.select(
        "regime",
        "target",
        "intermediate",
        "seed",
        "encoder",
        "data_source",
        "status",
        "device",
        "seconds",
        "run_id",
    )


def _fit_cautions(fits: Mapping[str, FitState]) -> list[str]:
    said = [
        f"The model '{fit.purpose}' did not converge: do not rely on it."
        for fit in fits.values()
        if not fit.converged
    ]
    singular = [fit.purpose for fit in fits.values() if fit.singular]
    if singular:
        said.append(
            f"Singular {'fit' if len(singular) == 1 else 'fits'} ({', '.join(singular)}): a variance is estimated as "
            "nought, as is usual with few languages or runs; the fixed effects stay usable."
        )
    return said


def _counts(chosen: Design) -> dict[str, Any]:
    scores = chosen.scores
    runs = scores.group_by("regime").agg(pl.col("run_id").n_unique()).sort("regime")
    return {
        "runs": {str(regime): int(n) for regime, n in runs.iter_rows()},
        "seeds": chosen.seeds,
        "encoders": chosen.levels("encoder"),
        "tasks": chosen.levels("task"),
        "intermediates": [name for name in chosen.levels("intermediate") if name != "none"],
        "languages": chosen.levels("language"),
        "perturbations": chosen.levels("perturbation"),
        "severities": chosen.levels("severity"),
        "scores": scores.height,
    }
