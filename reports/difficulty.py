"""Does the difficulty of the intermediate task go with the robustness of what is trained after it?

The intermediate task is the unit: a slope over tasks has as many degrees of freedom as there are tasks,
less two, however many runs and cells there are.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from reports.answer import UNIFORM, Answer, Data, Finding, Plan, Question, Table
from reports.comparison import describe
from reports.comparison.compare import coverage
from reports.comparison.design import Design, design, supply
from reports.comparison.estimate import state
from reports.comparison.rows import across, plain_by_perturbation
from reports.difficulty_slope import DEFINITIONS, LEAST, STEP, slope, slopes
from reports.errors import Refused
from reports.provenance import provenance
from reports.wording import NBSP, capital, count, interval, listing, number, p_value, points

ENOUGH = 8
PLAN = Plan(
    formula=(
        "change ~ difficulty + (1 | intermediate) + (1 | language) + (1 | task) + (1 | run_id) + (1 | cell)"
    ),
    random=(
        "Difficulty belongs to the intermediate task, so the task has a random intercept and is the unit of "
        "replication; runs, languages and cells have theirs, as they share much. Tests use Satterthwaite's "
        "degrees of freedom, and never more than the number of intermediate tasks less two."
    ),
    sensitivity=(
        "six definitions of difficulty",
        "clean and perturbed score in place of the change",
        "loss relative to the clean score above chance",
        "the logit scale",
        "a binomial model of the examples' outcomes, where the metric is a mean over examples",
        "only texts that the noise did change",
        "each intermediate task, language and perturbation left out in turn",
    ),
)


def answer(question: Question, data: Data) -> Answer:
    """The slope of robustness on difficulty over intermediate tasks, or why there is none."""
    made = provenance(data.runs, data.coverage)
    covered = {"coverage": coverage(question, data)}
    try:
        chosen, finer, rows, tasks = _rows(question, data)
        model, primary = slope(rows)
    except Refused as refusal:
        return Answer(question=question, refusal=str(refusal), tables=covered, provenance=made)
    found = slopes(chosen, finer, rows, primary)
    cautions = list(chosen.cautions)
    if tasks.height < ENOUGH:
        cautions.insert(
            0, f"Only {tasks.height} intermediate tasks: a slope over so few sees strong relations only."
        )
    sql = data.sql["cells"]
    how = "One row per run, task and language: means over severities, then perturbations, non-English."
    tables = {
        "difficulty": Table(
            title="Intermediate tasks: difficulty and what perturbation costs afterwards",
            frame=tasks,
            sql=sql,
            how="Mean over runs; the interval rests on the spread of the runs. Difficulty as mean over runs.",
        ),
        "definitions": Table(title="The slope under other choices", frame=found, sql=sql, how=how),
        "runs": Table(title="Runs compared", frame=_listed(data), sql=data.sql["runs"]),
    }
    return Answer(
        question=question,
        headline=_headline(primary, tasks.height),
        findings=tuple(_findings(tasks, found.slice(1), primary)),
        cautions=tuple(cautions),
        primary=found.head(1).select(UNIFORM),
        tables=tables | covered,
        fits=(state(model, "change under perturbation by difficulty"),),
        provenance=made,
    )


def _rows(question: Question, data: Data) -> tuple[Design, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """What is compared; its rows after an intermediate task, by perturbation and over all; the tasks."""
    chosen = design(data, question, (question.reference, question.treatment))
    hard = data.runs.filter(pl.col("unsolved").is_not_null()).select("run_id", *DEFINITIONS)
    treated = chosen.scores.filter(pl.col("regime") == question.treatment)
    known = treated.filter(pl.col("run_id").is_in(hard["run_id"].implode()))
    measured = pl.col("run_id").is_in(known["run_id"].unique().implode())
    hard = hard.filter(measured).with_columns(pl.col("run_id").cast(known["run_id"].dtype))
    finer = plain_by_perturbation(known)
    rows = across(finer).join(hard, on="run_id", maintain_order="left")
    found = sorted(rows["intermediate"].unique().to_list())
    if len(found) < LEAST:
        have = (
            f"there {'is' if len(found) == 1 else 'are'} {len(found)} ({listing(found)})"
            if found
            else "there is none"
        )
        raise Refused(
            f"a slope over intermediate tasks needs {LEAST} of them with a dev score, better {ENOUGH}; "
            f"{have}. {supply(question)}"
        )
    means = rows.group_by("intermediate", maintain_order=True).agg(
        pl.col(name).mean() for name in DEFINITIONS
    )
    rows = rows.drop(DEFINITIONS).join(means, on="intermediate", maintain_order="left")
    tasks = (
        describe.stratified(rows, "change", ["intermediate"])
        .join(means, on="intermediate")
        .select("intermediate", *DEFINITIONS, "estimate", "conf_low", "conf_high", "runs")
        .sort("unsolved")
    )
    return chosen, finer, rows, tasks


def _headline(row: Mapping[str, Any], tasks: int) -> str:
    test = f"95{NBSP}% interval {interval(row['conf_low'], row['conf_high'])}, {p_value(row['p_value'])}"
    step = f"for every {100 * STEP:.0f} points of difficulty"
    if row["p_value"] is None or row["p_value"] >= 0.05:
        return (
            "No relation between difficulty and robustness could be established over "
            f"{count(tasks, 'intermediate task')}: {step} the change under perturbation differs by "
            f"{points(row['estimate'], signed=True)} points ({test})."
        )
    word = "less" if row["estimate"] > 0 else "more"
    return capital(
        f"{step}, models lose {points(abs(row['estimate']))} points {word} under perturbation ({test}; "
        f"{count(tasks, 'intermediate task')})."
    )


def _findings(tasks: pl.DataFrame, others: pl.DataFrame, row: Mapping[str, Any]) -> list[Finding]:
    easy, hard = tasks.row(0, named=True), tasks.row(-1, named=True)
    best = tasks.sort("estimate").row(-1, named=True)
    left = f"{number(easy['unsolved'], 2)} of the way from chance to perfect is left"
    tasks_text = (
        f"The easiest is {easy['intermediate']} ({left}), the hardest {hard['intermediate']} "
        f"({number(hard['unsolved'], 2)}). Least is lost after {best['intermediate']} "
        f"({points(best['estimate'], signed=True)} points)."
    )
    found = [Finding(lead="Tasks", text=tasks_text)]
    told = others.filter(pl.col("estimate").is_not_null() & (pl.col("group") != "response"))
    turned = told.filter(pl.col("estimate") * row["estimate"] < 0)["term"].to_list()
    if told.height:
        text = f"its sign turns for {listing(turned)}" if turned else "its sign never turns"
        found.append(
            Finding(lead="Other choices", text=f"Of {told.height} other slopes of the change, {text}.")
        )
    return found


def _listed(data: Data) -> pl.DataFrame:
    return data.runs.select("regime", "target", "intermediate", "seed", *DEFINITIONS, "status", "run_id")
