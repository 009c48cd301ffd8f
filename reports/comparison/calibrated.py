"""How often the primary analysis, and others in its place, would find what is not there in this design."""

from dataclasses import replace

import polars as pl

from reports.answer import Answer, Data, Question, Table
from reports.comparison.design import design
from reports.comparison.structure import structure
from reports.models import calibrate


def primary(question: Question, data: Data) -> tuple[str, pl.DataFrame]:
    """The formula of a question's primary contrast and the rows it is fitted to.

    Raises:
        Refused: the data cannot carry the comparison.
    """
    rows = design(data, question, (question.reference, question.treatment)).rows
    return structure(rows).formula(question.response), rows


def calibrated(answer: Answer, data: Data, *, draws: int, seed: int = 0) -> Answer:
    """The answer with a table of error rate and power of its model and of naive analyses.

    The variances are those that the model estimates; power is that at the smallest difference of interest.
    An answer that is refused, or no comparison of two regimes, comes back as it is.
    """
    if answer.primary is None or "key" not in answer.tables:
        return answer
    question = answer.question
    formula, rows = primary(question, data)
    found = calibrate(formula, rows, treatment="regime", draws=draws, seed=seed)
    frame = found.table(question.smallest).with_columns(
        effect=pl.lit(question.smallest), nominal=pl.lit(found.alpha)
    )
    table = Table(
        title="Error rate and power of this and other analyses on simulated studies of this design",
        frame=frame,
        sql=data.sql["cells"],
        how=f"{draws} tables simulated from {formula} with the estimated standard deviations and no effect, "
        f"seed {seed}; an effect shifts every interval, which gives the power.",
    )
    return replace(answer, tables={**answer.tables, "calibration": table})
