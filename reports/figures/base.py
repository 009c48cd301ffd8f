"""What the figures of a report have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from reports.answer import Answer, Table

INTERVAL = ("estimate", "conf_low", "conf_high")
RESPONSES = {
    "change": "change under perturbation",
    "perturbed": "perturbed score",
    "clean": "clean score",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: a Vega-Lite specification, what it shows in words, and the frame it is drawn from."""

    id: str
    title: str
    caption: str
    spec: dict[str, Any]
    table: Table


def made(answer: Answer, makers: tuple[Callable[[Answer], Figure | None], ...]) -> list[Figure]:
    """The figures that the answer has the frames for."""
    return [figure for make in makers if (figure := make(answer)) is not None]


def found(answer: Answer, name: str) -> Table | None:
    """A table of the answer, if it has rows."""
    table = answer.tables.get(name)
    return table if table is not None and table.frame.height else None


def figure(id: str, title: str, caption: str, spec: dict[str, Any], table: Table) -> Figure:
    """A figure whose chart is described by title and caption, for those who cannot see it."""
    described = spec | {"description": f"{title}. {caption}"}
    return Figure(id=id, title=title, caption=caption, spec=described, table=table)


def by_regime(
    answer: Answer,
    name: str,
    title: str,
    caption: Callable[[pl.DataFrame], str],
    chart: Callable[[pl.DataFrame, list[str], str], dict[str, Any]],
    *,
    id: str = "",
) -> Figure | None:
    """The figure of a table whose rows carry a regime: None where the answer lacks it.

    Args:
        name: of the table; the figure is called the same unless ``id`` is given.
        caption: of the frame, in words.
        chart: draws the frame, given the regimes in order and a description.
    """
    table = found(answer, name)
    if table is None:
        return None
    spec = chart(plain(table.frame), regimes(table.frame), "")
    return figure(id or name, title, caption(table.frame), spec, table)


def labels(answer: Answer) -> tuple[str, str]:
    """Labels of reference and treatment."""
    question = answer.question
    return question.regimes[question.reference], question.regimes[question.treatment]


def regimes(frame: pl.DataFrame) -> list[str]:
    """Regimes of a frame in the order of the question where it has one."""
    met = frame["regime"].cast(pl.String).unique(maintain_order=True).to_list()
    kind = frame["regime"].dtype
    return [name for name in kind.categories if name in met] if isinstance(kind, pl.Enum) else met


def sides(answer: Answer) -> str:
    """Who is better on which side of nought."""
    reference, treatment = labels(answer)
    return f"\u2190 {reference} better \u00b7 {treatment} better \u2192"


def difference_title(answer: Answer) -> str:
    """The axis of the primary contrast."""
    reference, treatment = labels(answer)
    return f"{treatment} minus {reference}, {RESPONSES[answer.question.response]}, points"


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with regimes as text, which Vega understands."""
    return frame.with_columns(pl.col("regime").cast(pl.String))


def as_float(value: object) -> float:
    """A number from an aggregate of a frame, whose type polars leaves open."""
    return float(str(value)) if value is not None else float("nan")
