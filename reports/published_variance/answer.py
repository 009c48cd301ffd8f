"""Where the differences between published scores come from: variance components with intervals."""

import polars as pl

from reports import frames
from reports.answer import UNIFORM, Answer, Data, Plan, Question, Table
from reports.comparison.estimate import state
from reports.models import fit
from reports.provenance import provenance
from reports.published_variance import text
from reports.published_variance.designs import DESIGNS, LANGUAGE, PRIMARY, TWO_ENCODERS
from reports.published_variance.shares import of, shares, under_other_choices
from warehouse.connect import Connection
from warehouse.query import query

DRAWS = 100
PLAN = Plan(
    formula=TWO_ENCODERS,
    random=(
        "Every language is scored in every run and every run has a seed (or a training mix) of its own, so "
        "language and run are crossed. Languages may rank differently for another encoder, hence their "
        "interaction. The rest is where a run and a language meet; it holds the noise of the test sets too."
    ),
    sensitivity=("dev in place of test sets", "exact match in place of F1", "log-odds in place of points"),
)


def read(question: Question, con: Connection) -> Data:
    """The published scores of single trainings."""
    sql = {"cells": frames.text("published"), "runs": frames.compared(question, "runs")}
    cells = query(con, sql["cells"])
    return Data(cells=cells, coverage=pl.DataFrame(), runs=query(con, sql["runs"]), sql=sql)


def answer(question: Question, data: Data, *, draws: int = DRAWS) -> Answer:
    """Shares of variance of every design, or why there are none."""
    made = provenance(data.runs.clear())
    found = [design for design in DESIGNS if data.cells.filter(design.rows).height]
    if PRIMARY not in found:
        return Answer(
            question=question,
            refusal=(
                f"this warehouse holds no published scores of single trainings ({PRIMARY.title}). "
                f"Supply them with: {question.supply}"
            ),
            provenance=made,
        )
    fits = {design.name: fit(design.formula, data.cells.filter(design.rows)) for design in found}
    carried = shares(fits, found, draws=draws)
    sql = data.sql["cells"]
    how = f"Models with crossed random effects; intervals: 95 % of {draws} responses simulated from each."
    tables = {
        f"variance_{design.name}": Table(
            title=design.title, frame=of(carried, design).drop("design"), sql=sql, how=how
        )
        for design in found
    }
    tables["shares"] = Table(title="Shares of variance of every design", frame=carried, sql=sql, how=how)
    tables["choices"] = Table(
        title="The shares under other choices",
        frame=under_other_choices(data.cells, found),
        sql=sql,
        how="The same models on other rows or on the log-odds of the scores.",
    )
    tables["sources"] = Table(title="Sources of the numbers", frame=_sources(data.cells), sql=sql)
    return Answer(
        question=question,
        headline=text.headline(carried, fits[PRIMARY.name]),
        findings=tuple(text.findings(carried, found)),
        cautions=tuple(text.cautions(fits, found)),
        primary=_primary(carried),
        tables=tables,
        fits=tuple(state(fits[design.name], design.title) for design in found),
        provenance={**made, "data_sources": data.cells["source"].unique().sort().to_list()},
    )


def _sources(cells: pl.DataFrame) -> pl.DataFrame:
    """One row per table that the numbers are from: its source and how much it holds."""
    counted = {"runs": "run_id", "languages": "language", "tasks": "task"}
    return (
        cells.group_by("table_name", "source", "url", maintain_order=True)
        .agg(
            pl.len().alias("scores"),
            *(pl.col(column).n_unique().alias(name) for name, column in counted.items()),
        )
        .sort("table_name")
    )


def _primary(carried: pl.DataFrame) -> pl.DataFrame:
    """The share of language in the primary design, in the uniform columns."""
    none = pl.lit(None, pl.Float64)
    row = of(carried, PRIMARY).filter(pl.col("source") == LANGUAGE)
    named = row.with_columns(
        term=pl.concat_str(pl.lit("share of variance: "), "source", pl.lit(", "), "design"),
        estimate="share",
        statistic=none,
        df=none,
        p_value=none,
    )
    return named.select(UNIFORM)
