"""The sections of a report: which figures they show, in which order, and which tables beside them."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.answer import Answer
from reports.figures import (
    checks,
    design,
    difficulty,
    languages,
    planning,
    published_variance,
    robustness,
    scales,
)
from reports.figures.base import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section; ``tables`` are names of result frames that have no figure."""

    id: str
    title: str
    figures: Callable[[Answer], list[Figure]]
    tables: tuple[str, ...] = ()


SECTIONS = (
    Section(
        id="shares",
        title="Shares of variance",
        figures=published_variance.figures,
        tables=("shares", "choices", "sources"),
    ),
    Section(
        id="by-difficulty",
        title="Difficulty",
        figures=difficulty.figures,
        tables=("difficulty", "definitions"),
    ),
    Section(id="robustness", title="Robustness", figures=robustness.figures, tables=("key", "scores")),
    Section(id="by-language", title="By language", figures=languages.figures),
    Section(id="scales", title="Clean and perturbed", figures=scales.figures, tables=("others",)),
    Section(
        id="checks",
        title="Does it hold under other choices?",
        figures=checks.figures,
        tables=("leverage", "fixed"),
    ),
    Section(
        id="planning",
        title="What this and larger studies can find",
        figures=planning.figures,
        tables=("equivalence",),
    ),
    Section(id="design", title="What was measured", figures=design.figures),
)


def drawn(answer: Answer) -> list[Figure]:
    """Every figure of an answer, in the order of the report."""
    return [figure for section in SECTIONS for figure in section.figures(answer)]
