"""The road from scores to an answer, for questions that compare two regimes."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from reports.answer import Answer, Data, FitState, Question, Table
from reports.comparison import text
from reports.comparison.design import Design, design
from reports.comparison.estimate import RESPONSES, key
from reports.comparison.tables import tables
from reports.errors import Refused
from reports.provenance import provenance


def compare(question: Question, data: Data) -> Answer:
    """Compare the question's two regimes, or say why that cannot be done.

    Everything else in the answer (contrasts by perturbation, severity, task, intermediate task and language,
    other pairs of regimes, sensitivity) uses models of the same shape as the primary one.
    """
    made = provenance(data.runs, data.coverage)
    covered = {"coverage": coverage(question, data)}
    try:
        chosen = design(data, question, (question.reference, question.treatment))
        models = key(chosen)
    except Refused as refusal:
        return Answer(question=question, refusal=str(refusal), tables=covered, provenance=made)
    fits = {
        name: models[name].state
        for name in (question.response, *(r for r in RESPONSES if r != question.response))
    }
    found, missing = tables(question, data, chosen, models, fits)
    primary = models[question.response]
    answer = Answer(
        question=question,
        primary=primary.contrasts,
        cautions=(
            *chosen.cautions,
            *_state_cautions(list(fits.values())),
            *map(_noted, primary.notes),
            *missing,
        ),
        tables=found | covered,
        fits=tuple(fits.values()),
        design=_counts(chosen),
        provenance=made,
    )
    return text.written(answer, models)


def coverage(question: Question, data: Data) -> Table:
    """What was measured and what is missing, regimes by label."""
    frame = data.coverage.drop("citation").with_columns(
        regime=pl.col("regime").replace_strict(dict(question.regimes), return_dtype=pl.String),
        share=pl.col("scores") / pl.col("expected"),
    )
    return Table(
        title="Scores that are there, by regime, task and language",
        frame=frame,
        sql=data.sql["coverage"],
        how="A cell is expected of every run on a task if any run has a value in it.",
    )


def _state_cautions(fits: list[FitState]) -> list[str]:
    """What the end states of the models mean for a reader; the first is the primary one."""
    said = [
        f"The model '{fit.purpose}' did not converge: do not rely on it." for fit in fits if not fit.converged
    ]
    if fits[0].singular:
        said.append(
            "The primary model's fit is singular: a variance is estimated as nought, as is usual with few "
            "languages or runs. The difference stays usable; its interval may be a little short."
        )
    return said


def _noted(note: str) -> str:
    return f"The model is simpler than planned: {note}."


def _counts(chosen: Design) -> Mapping[str, Any]:
    runs = chosen.scores.group_by("regime").agg(pl.col("run_id").n_unique()).sort("regime")
    return {
        "runs": {str(regime): int(n) for regime, n in runs.iter_rows()},
        "seeds": chosen.seeds,
        "encoders": chosen.levels("encoder"),
        "tasks": chosen.levels("task"),
        "intermediates": [name for name in chosen.levels("intermediate") if name != "none"],
        "languages": chosen.levels("language"),
        "perturbations": chosen.levels("perturbation"),
        "severities": chosen.levels("severity"),
        "scores": chosen.scores.height,
    }
