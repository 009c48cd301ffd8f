"""What a research question is and what an answer holds. Computing and drawing are elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from warehouse.connect import Connection

UNIFORM = ("term", "estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")
"""Columns that every frame of estimates begins with."""

MOST_ROWS = 5_000
"""Rows that a chart, and so a page, may hold of one frame; more is aggregated first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The analysis as it stands before the data are seen.

    Attributes:
        formula: the model of the primary contrast; a design with fewer levels gets a simpler one, and the
            report says so.
        random: why the random structure is what it is.
        sensitivity: the other choices under which the primary contrast is computed again.
        predictors: properties of languages that the difference is crossed with.
    """

    formula: str
    random: str
    sensitivity: tuple[str, ...]
    predictors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What a question reads from the warehouse, so that the file can be closed before the work begins.

    Attributes:
        cells: rows of ``queries/cells.sql``: perturbed scores beside their clean twins.
        coverage: rows of ``queries/coverage.sql``; ``runs`` those of ``queries/runs.sql``.
        sql: the complete query behind each frame, by name.
    """

    cells: pl.DataFrame
    coverage: pl.DataFrame
    runs: pl.DataFrame
    sql: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A research question that the warehouse may answer.

    Attributes:
        number: its place among the questions.
        title: the question as a person would ask it.
        hypothesis: what is expected, stated so that it can turn out wrong.
        estimand: the number that answers it, in words.
        runs_sql: a query that gives ``run_id``, ``regime`` and ``language``: which runs are compared, under
            which of the names in ``regimes``, and the only language each counts in (null: all).
        regimes: label of each regime compared; the order is that of legends and tables.
        reference: the regime compared with.
        treatment: the regime of interest; the primary contrast is treatment minus reference.
        others: further pairs (reference, treatment) that are compared beside the primary one.
        within: columns that must be equal beside encoder, data and task for regimes to be compared.
        response: what the primary contrast is about: ``change`` (perturbed minus clean), ``perturbed``
            or ``clean`` score.
        smallest: the smallest difference of interest, in units of the response (0.01 is a point); within it,
            differences are tested for equivalence.
        plan: the analysis as it stands before the data are seen.
        supply: the command that supplies the data, where it is no study.
        study: smallest shipped study that supplies the data (``xtb study run NAME``), ``<name>_mini``; the
            larger ones are ``<name>_gpu`` and ``<name>_paper``.
        read: takes what is needed from an open warehouse.
        analyse: computes the answer from that.
    """

    number: int
    name: str
    title: str
    hypothesis: str
    estimand: str
    runs_sql: str
    regimes: Mapping[str, str]
    reference: str
    treatment: str
    others: tuple[tuple[str, str], ...] = ()
    within: tuple[str, ...] = ()
    response: Literal["change", "perturbed", "clean"]
    smallest: float = 0.01
    plan: Plan
    study: str = ""
    supply: str = ""
    read: Callable[["Question", Connection], Data]
    analyse: Callable[["Question", Data], "Answer"]

    @property
    def command(self) -> str:
        """What to type to get the data."""
        return self.supply or f"xtb study run {self.study} --encoder ENCODER"


@dataclass(frozen=True, slots=True, kw_only=True)
class FitState:
    """How one model ended: shown beside its result, never hidden.

    Attributes:
        purpose: what the model is for, in words.
        rows: observations; ``groups`` the number of levels of each grouping factor.
    """

    purpose: str
    formula: str
    rows: int
    groups: Mapping[str, int]
    converged: bool
    singular: bool
    warnings: tuple[str, ...]
    criterion: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A result frame with what a reader needs beside it.

    Attributes:
        sql: the query whose rows the frame was computed from, ready for ``xtb sql``.
        how: what was done to those rows, in words; empty when the query is the frame.
    """

    title: str
    frame: pl.DataFrame
    sql: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the numbers say: a lead of a few words, and sentences."""

    lead: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the warehouse says about a question.

    Attributes:
        refusal: why there is no answer, in a sentence; None when there is one.
        headline: the answer in one sentence, computed from the numbers.
        findings: what else the numbers say.
        cautions: reasons to trust the answer less, loudest first.
        primary: the primary contrast, one row in the uniform columns (None when refused).
        tables: result frames by name.
        fits: how each model ended.
        design: counts of what was compared (runs, languages, tasks, ...).
        provenance: where the numbers come from (versions, commits, configurations, shards).
    """

    question: Question
    refusal: str | None = None
    headline: str = ""
    findings: tuple[Finding, ...] = ()
    cautions: tuple[str, ...] = ()
    primary: pl.DataFrame | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    fits: tuple[FitState, ...] = ()
    design: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON-ready values, with full double precision."""
        return {
            "question": self.question.name,
            "title": self.question.title,
            "refusal": self.refusal,
            "headline": self.headline,
            "findings": [{"lead": found.lead, "text": found.text} for found in self.findings],
            "cautions": list(self.cautions),
            "primary": None if self.primary is None else self.primary.to_dicts()[0],
            "tables": {name: table.frame.to_dicts() for name, table in self.tables.items()},
            "fits": [
                {
                    "purpose": fit.purpose,
                    "formula": fit.formula,
                    "n": fit.rows,
                    "groups": dict(fit.groups),
                    "converged": fit.converged,
                    "singular": fit.singular,
                    "warnings": list(fit.warnings),
                    "criterion": fit.criterion,
                    "method": fit.method,
                }
                for fit in self.fits
            ],
            "design": dict(self.design),
            "provenance": dict(self.provenance),
        }
