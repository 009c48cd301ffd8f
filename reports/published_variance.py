"""Where the differences between published scores come from: variance components with intervals.

Each design is a set of scores of single trainings and a model with crossed random effects. Encoders are
fixed effects: two of them are no sample. Shares are of the sum of the variances; their intervals are
percentiles over responses simulated from the fitted model (parametric bootstrap).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from reports import frames
from reports.answer import UNIFORM, Answer, Data, Finding, Plan, Question, Table
from reports.comparison.estimate import state
from reports.models import Fit, fit, parametric_bootstrap
from reports.provenance import provenance
from reports.wording import NBSP, count, interval, listing, number, points
from warehouse.connect import Connection
from warehouse.query import query

DRAWS = 100
TWO_ENCODERS = "value ~ encoder + (1 | language) + (1 | language:encoder) + (1 | run_id)"
ONE_ENCODER = "value ~ 1 + (1 | language) + (1 | run_id)"
THREE_TASKS = "(1 | task) + (1 | language) + (1 | task:language) + (1 | run_id)"
PLAN = Plan(
    formula=TWO_ENCODERS,
    random=(
        "Every language is scored in every run and every run has a seed (or a training mix) of its own, so "
        "language and run are crossed. Languages may rank differently for another encoder, hence their "
        "interaction. The rest is where a run and a language meet; it holds the noise of the test sets too."
    ),
    sensitivity=("dev in place of test sets", "exact match in place of F1", "log-odds in place of points"),
)
SEEDS = "xlmv_experiments_{}_seeds"
RUN = {"seed": "training run (seed)", "mix": "training mix (one training each)"}
REST = {"seed": "rest: run within language", "mix": "rest: mix within language"}
SOURCES = {
    "language": "language",
    "language:encoder": "language, differently by encoder",
    "task": "task",
    "task:language": "language, differently by task",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One set of published scores and its model.

    Attributes:
        unit: what a run stands for: ``seed`` or ``mix``.
        rows: which of the question's rows.
        again: other rows or scales on which the shares are computed again, by name.
    """

    name: str
    title: str
    formula: str
    unit: str
    rows: pl.Expr
    again: Mapping[str, pl.Expr]


def _seeds(task: str, table: str, split: str = "test", metric: str | None = None) -> pl.Expr:
    chosen = (pl.col("table_name") == SEEDS.format(table)) & (pl.col("split") == split)
    return chosen & (pl.col("metric") == metric) if metric else chosen


def _sumeval(*tasks: str) -> pl.Expr:
    return pl.col("table_name").str.starts_with("sumeval") & pl.col("task").is_in(tasks)


_PANX, _XQUAD, _MASAKHA = (
    _seeds("panx", "wikiann"),
    _seeds("xquad", "xquad", metric="f1"),
    _seeds("masakhaner", "masakhaner"),
)
PARTS = (
    Part(
        name="wikiann_seeds",
        title="WikiANN, five seeds",
        formula=TWO_ENCODERS,
        unit="seed",
        rows=_PANX,
        again={"dev in place of test": _seeds("panx", "wikiann", "validation")},
    ),
    Part(
        name="xquad_seeds",
        title="XQuAD F1, five seeds",
        formula=TWO_ENCODERS,
        unit="seed",
        rows=_XQUAD,
        again={"exact match in place of F1": _seeds("xquad", "xquad", metric="exact_match")},
    ),
    Part(
        name="masakhaner_seeds",
        title="MasakhaNER from English WikiANN, five seeds",
        formula=TWO_ENCODERS,
        unit="seed",
        rows=_MASAKHA,
        again={"dev in place of test": _seeds("masakhaner", "masakhaner", "validation")},
    ),
    Part(
        name="tasks_seeds",
        title="WikiANN, XQuAD and MasakhaNER together, XLM-R Base, five seeds",
        formula=f"value ~ 1 + {THREE_TASKS}",
        unit="seed",
        rows=(_PANX | _XQUAD | _MASAKHA) & (pl.col("encoder") == "XLM-R Base"),
        again={},
    ),
    Part(
        name="sumeval_panx",
        title="SumEval WikiANN, 500 training mixes",
        formula=ONE_ENCODER,
        unit="mix",
        rows=_sumeval("panx"),
        again={},
    ),
    Part(
        name="sumeval_udpos",
        title="SumEval UDPOS, 500 training mixes",
        formula=ONE_ENCODER,
        unit="mix",
        rows=_sumeval("udpos"),
        again={},
    ),
    Part(
        name="sumeval_xnli",
        title="SumEval XNLI, 50 training mixes an encoder",
        formula=TWO_ENCODERS,
        unit="mix",
        rows=_sumeval("xnli"),
        again={},
    ),
    Part(
        name="sumeval_tydiqa",
        title="SumEval TyDiQA, 29 training mixes an encoder",
        formula=TWO_ENCODERS,
        unit="mix",
        rows=_sumeval("tydiqa"),
        again={},
    ),
    Part(
        name="tasks_sumeval",
        title="SumEval WikiANN, UDPOS and XNLI together, XLM-R Large",
        formula=f"value ~ 1 + {THREE_TASKS}",
        unit="mix",
        rows=_sumeval("panx", "udpos", "xnli") & (pl.col("encoder") == "XLM-R Large"),
        again={},
    ),
)
PRIMARY = PARTS[0]


def read(question: Question, con: Connection) -> Data:
    """The published scores of single trainings."""
    sql = {"cells": frames.text("published"), "runs": frames.compared(question, "runs")}
    cells = query(con, sql["cells"])
    return Data(cells=cells, coverage=pl.DataFrame(), runs=query(con, sql["runs"]), sql=sql)


def answer(question: Question, data: Data, *, draws: int = DRAWS) -> Answer:
    """Shares of variance of every design, or why there are none."""
    made = provenance(data.runs.clear())
    found = [part for part in PARTS if data.cells.filter(part.rows).height]
    if PRIMARY not in found:
        return Answer(
            question=question,
            refusal=(
                f"this warehouse holds no published scores of single trainings ({PRIMARY.title}). "
                f"Supply them with: {question.supply}"
            ),
            provenance=made,
        )
    fits = {part.name: fit(part.formula, data.cells.filter(part.rows)) for part in found}
    shares = pl.concat(_shares(part, fits[part.name], draws) for part in found)
    sql = data.sql["cells"]
    how = f"Models with crossed random effects; intervals: 95 % of {draws} responses simulated from each."
    tables = {
        f"variance_{part.name}": Table(
            title=part.title, frame=_of(shares, part).drop("design", "unit"), sql=sql, how=how
        )
        for part in found
    }
    tables["shares"] = Table(
        title="Shares of variance of every design", frame=shares.drop("unit"), sql=sql, how=how
    )
    tables["choices"] = Table(
        title="The shares under other choices",
        frame=pl.concat(_choices(data.cells, found)),
        sql=sql,
        how="The same models on other rows or on the log-odds of the scores.",
    )
    tables["sources"] = Table(title="Sources of the numbers", frame=_sources(data.cells), sql=sql)
    return Answer(
        question=question,
        headline=_headline(shares, fits[PRIMARY.name]),
        findings=tuple(_findings(shares, found)),
        cautions=tuple(_cautions(fits, found)),
        primary=_primary(shares),
        tables=tables,
        fits=tuple(state(fits[part.name], part.title) for part in found),
        provenance={**made, "data_sources": data.cells["source"].unique().sort().to_list()},
    )


def components(part: Part, model: Fit) -> pl.DataFrame:
    """Standard deviation and share of variance of each source, largest first.

    Returns:
        ``source, group, sd, share`` with the grouping of the formula, ``Residual`` for the rest.
    """
    named = {**SOURCES, "run_id": RUN[part.unit], "Residual": REST[part.unit]}
    variance = pl.col("sd_or_corr") ** 2
    return model.varcomp.select(
        source=pl.col("group").replace_strict(named, return_dtype=pl.String),
        group="group",
        sd="sd_or_corr",
        share=variance / variance.sum(),
    ).sort("share", descending=True)


def _shares(part: Part, model: Fit, draws: int) -> pl.DataFrame:
    drawn = parametric_bootstrap(model, draws=draws).varcomp ** 2
    drawn = drawn / drawn.sum(axis=1, keepdims=True)
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    spread = pl.DataFrame(
        {
            "group": model.varcomp["group"],
            "conf_low": low,
            "conf_high": high,
            "std_error": np.nanstd(drawn, axis=0, ddof=1),
        }
    )
    levels = {**model.groups, "Residual": model.n}
    return (
        components(part, model)
        .join(spread, on="group", maintain_order="left")
        .select(
            pl.lit(part.title).alias("design"),
            pl.lit(part.unit).alias("unit"),
            "source",
            "sd",
            "share",
            "conf_low",
            "conf_high",
            "std_error",
            levels=pl.col("group").replace_strict(levels, return_dtype=pl.Int64),
        )
    )


def _choices(cells: pl.DataFrame, found: list[Part]) -> Iterator[pl.DataFrame]:
    """Shares on other rows, and on log-odds where no score is 0 or 1."""
    for part in found:
        rows = cells.filter(part.rows)
        other = {name: cells.filter(chosen) for name, chosen in part.again.items()}
        if rows["value"].is_between(0, 1, closed="none").all():
            odds = (pl.col("value") / (1 - pl.col("value"))).log()
            other["log-odds in place of points"] = rows.with_columns(value=odds)
        for name, changed in other.items():
            shares = components(part, fit(part.formula, changed))
            yield shares.select(
                pl.lit(part.title).alias("design"), pl.lit(name).alias("choice"), "source", "sd", "share"
            )


def _sources(cells: pl.DataFrame) -> pl.DataFrame:
    keys = ["table_name", "source", "url"]
    counted = cells.group_by(keys, maintain_order=True).agg(
        pl.len().alias("scores"),
        *(
            pl.col(column).n_unique().alias(name)
            for column, name in (("run_id", "runs"), ("language", "languages"), ("task", "tasks"))
        ),
    )
    return counted.sort("table_name")


def _primary(shares: pl.DataFrame) -> pl.DataFrame:
    none = pl.lit(None, pl.Float64)
    row = _of(shares, PRIMARY).filter(pl.col("source") == "language")
    named = row.with_columns(
        term=pl.concat_str(pl.lit("share of variance: "), "source", pl.lit(", "), "design"),
        estimate="share",
        statistic=none,
        df=none,
        p_value=none,
    )
    return named.select(UNIFORM)


def _headline(shares: pl.DataFrame, model: Fit) -> str:
    language, run, rest = (
        _row(shares, PRIMARY, source) for source in ("language", RUN["seed"], REST["seed"])
    )
    return (
        f"On WikiANN ({count(model.groups['language'], 'language')}, two encoders, five seeds each) language "
        f"carries {_share(language)} of the variance between scores, the training run {_share(run)}, and "
        f"what a run does in one language only, test noise included, {_share(rest)}."
    )


def _findings(shares: pl.DataFrame, found: list[Part]) -> Iterator[Finding]:
    yield Finding(lead="Language", text=_across(shares, "language", found))
    for unit, lead in (("seed", "Seed"), ("mix", "Training mix")):
        parts = [part for part in found if part.unit == unit]
        if parts:
            across = _across(shares, RUN[unit], parts)
            yield Finding(lead=lead, text=f"{across} {_within(shares, parts)}")
    told = [
        f"{_share(_row(shares, part, 'task'))} in {part.title}"
        for part in found
        if "(1 | task)" in part.formula
    ]
    if told:
        yield Finding(
            lead="Task",
            text=f"Task carries {'; '.join(told)}. Three tasks of different metrics tell it only roughly.",
        )
    yield Finding(
        lead="What it means for a study",
        text=(
            "A comparison within languages takes the language's share out; what is left is the run's and the "
            "rest's. The run's part does not average out over languages, the rest's does: so runs, not "
            "languages, have to be repeated to make the former small."
        ),
    )


def _across(shares: pl.DataFrame, source: str, parts: list[Part]) -> str:
    told = [(part.title, row) for part in parts if (row := _row(shares, part, source))]
    low, high = (choose(told, key=lambda one: one[1]["share"]) for choose in (min, max))
    if low is high:
        return f"It carries {_share(low[1])} in {low[0]}."
    return (
        f"It carries from {_share(low[1])} ({low[0]}) to {_share(high[1])} ({high[0]}) of the variance; "
        f"standard deviations from {points(min(row['sd'] for _, row in told))} to "
        f"{points(max(row['sd'] for _, row in told))} points."
    )


def _within(shares: pl.DataFrame, parts: list[Part]) -> str:
    """The run's part of what is left within a language."""
    told = []
    for part in parts:
        run, rest = _row(shares, part, RUN[part.unit]), _row(shares, part, REST[part.unit])
        told.append(f"{number(100 * run['share'] / (run['share'] + rest['share']), 0)}{NBSP}% ({part.title})")
    return f"Within a language its part, common to all languages, is {listing(told)} of what is left."


def _cautions(fits: Mapping[str, Fit], found: list[Part]) -> Iterator[str]:
    yield ("Encoders are held fixed, so what lies between them is in no share; two say nothing about others.")
    yield (
        "Seeds come from one group's scripts and two base-size encoders, five each: the share of the run is "
        "known from ten runs only."
    )
    if any(part.unit == "mix" for part in found):
        yield (
            "SumEval trains each mix once, so its mixes carry the seed's share too; it names neither its "
            "metric nor its evaluation split."
        )
    for part in found:
        model = fits[part.name]
        if not model.converged:
            yield f"The model of {part.title} did not converge: do not rely on it."
        elif model.singular:
            yield f"The fit of {part.title} is singular: a variance is estimated as nought."


def _of(shares: pl.DataFrame, part: Part) -> pl.DataFrame:
    return shares.filter(pl.col("design") == part.title)


def _row(shares: pl.DataFrame, part: Part, source: str) -> dict[str, float]:
    rows = _of(shares, part).filter(pl.col("source") == source).to_dicts()
    return rows[0] if rows else {}


def _share(row: Mapping[str, float]) -> str:
    return f"{points(row['share'])}{NBSP}% {interval(row['conf_low'], row['conf_high'])}"
