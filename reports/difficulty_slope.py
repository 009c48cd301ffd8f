"""The slope of robustness on the difficulty of the intermediate task, as planned and under other choices.

The intermediate task is the unit: a slope over tasks has at most as many degrees of freedom as there are
tasks, less two, however many runs and cells there are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from reports.answer import UNIFORM
from reports.comparison.design import Design
from reports.comparison.estimate import limited
from reports.comparison.examples import MOST_RUNS, counts
from reports.comparison.rows import across
from reports.errors import Refused
from reports.models import Fit, fit
from reports.wording import count

LEAST = 4
STEP = 0.1
"""Effects are told per this much difficulty."""

DEFINITIONS = {
    "unsolved": "share of the way from chance to perfect that is left, on English dev (from 0 where a "
    "guesser's score is not known, as for F1)",
    "error_rate": "errors on English dev",
    "train_loss": "training loss at the end",
    "unexplained": "share of the labels' entropy that the inputs leave open (V-usable information)",
    "steps_to_90": "steps to 90 % of the dev score",
    "train_examples": "training examples",
}
_SHARES = ("unsolved", "error_rate", "unexplained")
SCHEMA = {
    "term": pl.String,
    **dict.fromkeys(UNIFORM[1:], pl.Float64),
    "group": pl.String,
    "unit": pl.String,
    "note": pl.String,
}
"""Columns of a table of slopes; the unit is that of the response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One other choice: how to get its slope, and the unit of the response."""

    term: str
    group: str
    unit: str
    run: Callable[[], tuple[Fit, Mapping[str, float]]]


def slope(
    rows: pl.DataFrame, difficulty: str = "unsolved", response: str = "change"
) -> tuple[Fit, dict[str, float]]:
    """The slope per ``STEP`` of difficulty (per standard deviation over tasks where it is no share).

    Args:
        rows: one row per run, task and language, with the difficulty of its intermediate task.

    Raises:
        Refused: the difficulty is not on record for every task, or the rows cannot carry the model.
    """
    rows = rows.filter(pl.col(response).is_not_null())
    scaled = _scaled(rows, difficulty)
    levels = {name: rows[name].n_unique() for name in ("language", "task", "cell")}
    terms = ["difficulty", "(1 | intermediate)"]
    if 1 < levels["task"] < 3:
        terms.append("task")
    terms += [f"(1 | {name})" for name in ("language", "task") if levels[name] > 2]
    terms.append("(1 | run_id)")
    if levels["cell"] > levels["language"]:
        terms.append("(1 | cell)")
    model = fit(f"{response} ~ {' + '.join(terms)}", scaled)
    return model, _test(model, "difficulty", rows)


def slopes(
    design: Design, finer: pl.DataFrame, rows: pl.DataFrame, primary: Mapping[str, float]
) -> pl.DataFrame:
    """The planned slope, then those under every other choice; ``SCHEMA``.

    A choice that cannot be had keeps its line, with the reason in ``note`` and no numbers.

    Args:
        design: the compared scores, for the outcomes of examples.
        finer: the rows by perturbation (``rows.plain_by_perturbation``).
        rows: these averaged over perturbations, with the difficulty of their intermediate task.
        primary: the planned slope.
    """
    first = {"term": "change by unsolved", **primary, "group": "primary", "unit": "points", "note": ""}
    return pl.DataFrame([first, *map(_line, _choices(design, finer, rows))], schema=SCHEMA)


def _line(choice: Choice) -> dict[str, object]:
    named: dict[str, object] = {"term": choice.term, "group": choice.group, "unit": choice.unit}
    try:
        return {**named, "note": "", **choice.run()[1]}
    except Refused as refusal:
        return named | {"note": str(refusal)}


def _choices(design: Design, finer: pl.DataFrame, rows: pl.DataFrame) -> list[Choice]:
    def of(term: str, group: str, unit: str, kept: pl.DataFrame, **how: str) -> Choice:
        return Choice(term=term, group=group, unit=unit, run=lambda: slope(kept, **how))

    found = [
        of(f"change by {name.replace('_', ' ')}", "definition", "points", rows, difficulty=name)
        for name in list(DEFINITIONS)[1:]
    ]
    found += [
        of(f"{response} by unsolved", "response", "points", rows, response=response)
        for response in ("perturbed", "clean")
    ]
    found += [
        of("share of the clean score above chance", "scale", "share", rows, response="change_relative"),
        of("log-odds", "scale", "logits", rows, response="change_logit"),
        Choice(
            term="outcomes of examples (binomial model)",
            group="scale",
            unit="logits",
            run=lambda: among_examples(design, rows),
        ),
        of("texts that the noise did change", "texts", "points", rows, response="change_touched"),
    ]
    for column, group, least in (
        ("intermediate", "leave one out", LEAST + 1),
        ("language", "leave one language out", 3),
        ("perturbation", "leave one perturbation out", 2),
    ):
        frame = finer if column == "perturbation" else rows
        levels = sorted(frame[column].unique().to_list())
        for level in levels if len(levels) >= least else ():
            kept = frame.filter(pl.col(column) != level)
            found.append(
                of(f"without {level}", group, "points", _again(kept, rows) if frame is finer else kept)
            )
    return found


def _again(finer: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows by perturbation averaged over those left, with the difficulty of their tasks."""
    hard = rows.select("intermediate", *DEFINITIONS).unique("intermediate")
    return across(finer).join(hard, on="intermediate", maintain_order="left")


def among_examples(design: Design, rows: pl.DataFrame) -> tuple[Fit, dict[str, float]]:
    """The slope among right and wrong answers in log-odds: difficulty crossed with clean or perturbed text.

    By Laplace's approximation; the test takes z for a t of the tasks' degrees of freedom.

    Raises:
        Refused: no task has a metric that is a mean over examples, or there are too many runs.
    """
    own = design.scores.filter(pl.col("run_id").is_in(rows["run_id"].unique().implode()))
    hard = rows.select("run_id", "intermediate", *DEFINITIONS).unique("run_id")
    both = counts(replace(design, scores=own)).join(hard, on="run_id", maintain_order="left")
    if both.is_empty():
        raise Refused("no task here has a metric that is a mean over examples, as a binomial model needs")
    runs = both["run_id"].n_unique()
    if runs > MOST_RUNS:
        raise Refused(f"{count(runs, 'run')} are too many for a binomial model in a report")
    scaled = _scaled(both, "unsolved").with_columns(
        intermediate_condition=pl.concat_str(["intermediate", "condition"], separator="|")
    )
    terms = "(1 | intermediate) + (1 | intermediate_condition) + (1 | run_id) + (1 | run_condition)"
    model = fit(
        f"cbind(right, wrong) ~ difficulty * condition + {terms} + (1 | cell_condition) + (1 | row)",
        scaled,
        family="binomial",
        levels={"condition": ["clean", "perturbed"]},
    )
    return model, _test(model, model.fixed["term"][-1], both)


def _scaled(rows: pl.DataFrame, difficulty: str) -> pl.DataFrame:
    """The rows with ``difficulty`` in steps, centred."""
    tasks = rows.unique("intermediate", maintain_order=True)[difficulty]
    name = difficulty.replace("_", " ")
    if tasks.null_count() or tasks.n_unique() < LEAST:
        raise Refused(f"{name} is not on record for every intermediate task, or hardly differs")
    unit = STEP if difficulty in _SHARES else float(str(tasks.std()))
    return rows.with_columns(difficulty=(pl.col(difficulty) - pl.col(difficulty).mean()) / unit)


def _test(model: Fit, term: str, rows: pl.DataFrame) -> dict[str, float]:
    found = model.fixed.filter(pl.col("term") == term).row(0, named=True)
    return limited(found, rows["intermediate"].n_unique() - 2)
