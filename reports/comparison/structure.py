"""The model formula that a design can carry, and in words what was left out of it."""

from dataclasses import dataclass

import polars as pl

FEW_FOR_SLOPE = 4
FEW_FOR_RANDOM = 3
WITHIN_RUN = ("perturbation", "level")
"""Factors that vary within a run, whose levels a run may meet in its own way: ``(1 | run_<factor>)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A formula without its response, and the terms that the design was too small for."""

    terms: str
    notes: tuple[str, ...]

    def formula(self, response: str) -> str:
        """The whole formula for a response column."""
        return f"{response} ~ {self.terms}"


def structure(rows: pl.DataFrame, *, by: str | None = None, covariate: str | None = None) -> Structure:
    """Fixed effect of the regime, crossed with ``by``, and the random effects that the rows can carry.

    The training run is the unit of replication, hence ``(1 | run_id)`` always; languages are a sample,
    and the regimes may differ more in one than in another, hence ``(1 + regime | language)``; every run
    sits the same tests, hence ``(1 | cell)``.

    Args:
        rows: one row per run, task and language, or per run, task, language and level of ``by``.
        by: a factor whose levels get a difference each.
        covariate: a numeric column to hold constant.
    """
    notes: list[str] = []
    levels = {column: rows[column].n_unique() for column in ("language", "task", "encoder", "run_id", "cell")}
    crossed = by is not None and rows[by].n_unique() > 1
    terms = [f"regime * {by}" if crossed else "regime"]
    if covariate:
        terms.append(covariate)
    for column in ("task", "encoder"):
        if 1 < levels[column] < FEW_FOR_RANDOM and by != column:
            terms.append(column)
            notes.append(f"with {levels[column]} levels, {column} is a fixed effect, not a random one")
    if by != "language":
        if levels["language"] >= FEW_FOR_SLOPE:
            terms.append("(1 + regime | language)")
        elif levels["language"] > 1:
            terms.append("(1 | language)")
            notes.append(
                f"with {levels['language']} languages the regime has no slope by language: claims hold for "
                "these"
            )
        else:
            notes.append("a single language: no language effect, claims hold for it alone")
    terms += [
        f"(1 | {column})"
        for column in ("task", "encoder")
        if levels[column] >= FEW_FOR_RANDOM and by != column
    ]
    terms.append("(1 | run_id)")
    if crossed and by in WITHIN_RUN:
        terms.append(f"(1 | run_{by})")
    if rows.height > levels["cell"] and levels["cell"] > max(levels["language"], 1):
        terms.append("(1 | cell)")
    return Structure(terms=" + ".join(terms), notes=tuple(notes))
