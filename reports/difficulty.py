"""Does the difficulty of the intermediate task go with the robustness of what is trained after it?

The intermediate task is the unit: a slope over tasks has as many degrees of freedom as there are tasks,
less two, however many runs and cells there are.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
from scipy.special import stdtr, stdtrit

from reports.answer import UNIFORM, Answer, Data, Finding, Plan, Question, Table
from reports.comparison import describe
from reports.comparison.compare import coverage
from reports.comparison.design import design, supply
from reports.comparison.estimate import state
from reports.comparison.rows import summary
from reports.errors import Refused
from reports.models import Fit, fit
from reports.provenance import provenance
from reports.wording import NBSP, capital, count, interval, listing, number, p_value, points

LEAST = 4
ENOUGH = 8
STEP = 0.1
"""Effects are told per this much difficulty."""

DEFINITIONS = {
    "unsolved": "share of the way from chance to perfect that is left, on English dev",
    "error_rate": "errors on English dev",
    "train_loss": "training loss at the end",
    "unexplained": "share of the labels' entropy that the inputs leave open (V-usable information)",
    "steps_to_90": "steps to 90 % of the dev score",
    "train_examples": "training examples",
}
_SHARES = ("unsolved", "error_rate", "unexplained")
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
        "each intermediate task left out in turn",
    ),
)


def answer(question: Question, data: Data) -> Answer:
    """The slope of robustness on difficulty over intermediate tasks, or why there is none."""
    made = provenance(data.runs)
    covered = {"coverage": coverage(question, data)}
    try:
        rows, tasks, cautions = _rows(question, data)
        model, primary = _slope(rows, "unsolved", "change")
    except Refused as refusal:
        return Answer(question=question, refusal=str(refusal), tables=covered, provenance=made)
    others = _others(rows)
    sql = data.sql["cells"]
    how = "One row per run, task and language: means over severities, then perturbations, non-English."
    tables = {
        "difficulty": Table(
            title="Intermediate tasks: difficulty and what perturbation costs afterwards",
            frame=tasks,
            sql=sql,
            how="Mean over runs; the interval rests on the spread of the runs. Difficulty as mean over runs.",
        ),
        "definitions": Table(
            title="The slope under other choices", frame=pl.concat([primary, others]), sql=sql, how=how
        ),
        "runs": Table(title="Runs compared", frame=_listed(data), sql=data.sql["runs"]),
    }
    row = primary.row(0, named=True)
    return Answer(
        question=question,
        headline=_headline(row, tasks.height),
        findings=tuple(_findings(tasks, others, row)),
        cautions=tuple(cautions),
        primary=primary.select(UNIFORM),
        tables=tables | covered,
        fits=(state(model, "change under perturbation by difficulty"),),
        provenance=made,
    )


def _rows(question: Question, data: Data) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """Rows of runs after an intermediate task, the tasks themselves, and cautions."""
    chosen = design(data, question, (question.reference, question.treatment))
    hard = data.runs.select("run_id", *DEFINITIONS)
    rows = summary(chosen.scores.filter(pl.col("regime") == question.treatment)).join(hard, on="run_id")
    rows = rows.filter(pl.col("unsolved").is_not_null())
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
    cautions = list(chosen.cautions)
    if tasks.height < ENOUGH:
        cautions.insert(
            0, f"Only {tasks.height} intermediate tasks: a slope over so few sees strong relations only."
        )
    return rows, tasks, cautions


def _slope(rows: pl.DataFrame, difficulty: str, response: str) -> tuple[Fit, pl.DataFrame]:
    """The slope per ``STEP`` of difficulty (per standard deviation where it is no share)."""
    values = rows[difficulty]
    if values.null_count() or values.n_unique() < LEAST:
        raise Refused(f"no {difficulty.replace('_', ' ')} is on record for every intermediate task")
    unit = STEP if difficulty in _SHARES else float(str(_by_task(rows, difficulty).std()))
    scaled = rows.with_columns(difficulty=(pl.col(difficulty) - pl.col(difficulty).mean()) / unit)
    levels = {name: rows[name].n_unique() for name in ("language", "task", "cell")}
    terms = ["difficulty", "(1 | intermediate)"]
    if 1 < levels["task"] < 3:
        terms.append("task")
    terms += [f"(1 | {name})" for name in ("language", "task") if levels[name] > 2]
    terms.append("(1 | run_id)")
    if levels["cell"] > levels["language"]:
        terms.append("(1 | cell)")
    model = fit(f"{response} ~ {' + '.join(terms)}", scaled)
    row = capped(model.fixed.filter(pl.col("term") == "difficulty").select(UNIFORM), rows)
    label = f"{response} by {difficulty.replace('_', ' ')}"
    return model, row.with_columns(term=pl.lit(label), group=pl.lit("primary"), note=pl.lit(""))


def capped(row: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The row with at most as many degrees of freedom as there are intermediate tasks, less two.

    Where the tasks' own variance is estimated as nought, Satterthwaite's would count the runs.
    """
    found = row.row(0, named=True)
    df = min(found["df"], rows["intermediate"].n_unique() - 2)
    reach = float(stdtrit(df, 0.975)) * found["std_error"]
    return row.with_columns(
        df=pl.lit(float(df)),
        p_value=pl.lit(2 * float(stdtr(df, -abs(found["statistic"])))),
        conf_low=pl.col("estimate") - reach,
        conf_high=pl.col("estimate") + reach,
    )


def _by_task(rows: pl.DataFrame, column: str) -> pl.Series:
    return rows.unique("intermediate", maintain_order=True)[column]


def _others(rows: pl.DataFrame) -> pl.DataFrame:
    """The slope by other definitions, of other responses, and without each intermediate task."""
    variants = [("definition", rows, name, "change", None) for name in list(DEFINITIONS)[1:]]
    variants += [("response", rows, "unsolved", response, None) for response in ("perturbed", "clean")]
    tasks = sorted(rows["intermediate"].unique().to_list())
    if len(tasks) > LEAST:
        variants += [
            ("leave one out", rows.filter(pl.col("intermediate") != task), "unsolved", "change", task)
            for task in tasks
        ]
    parts: list[pl.DataFrame] = []
    for group, kept, difficulty, response, left in variants:
        try:
            row = _slope(kept, difficulty, response)[1].with_columns(group=pl.lit(group))
        except Refused as refusal:
            empty = dict.fromkeys(UNIFORM)
            named = {
                "term": f"{response} by {difficulty.replace('_', ' ')}",
                "group": group,
                "note": str(refusal),
            }
            row = pl.DataFrame([{**empty, **named}], schema=parts[0].schema if parts else None)
        parts.append(row.with_columns(term=pl.lit(f"without {left}")) if left else row)
    return pl.concat(parts, how="vertical_relaxed")


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
