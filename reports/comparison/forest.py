"""The lines of the forest plot: the primary contrast and what it is made of."""

from collections.abc import Callable

import polars as pl

from reports.answer import UNIFORM, FitState
from reports.comparison.design import Design
from reports.comparison.estimate import Difference, difference, holm
from reports.comparison.rows import by_severity, named_pairs
from reports.errors import Refused

COLUMNS = ("label", "group", *(c for c in UNIFORM if c != "term"), "p_adjusted", "pooled")


def forest(design: Design, response: str, primary: Difference, fits: dict[str, FitState]) -> pl.DataFrame:
    """The pooled contrast, then those by perturbation, severity, task and intermediate task.

    A group is left out where its factor has one level or its model cannot be had. The state of each
    model is put into ``fits``.

    Returns:
        ``label, group``, the uniform numbers, ``p_adjusted`` (Holm, within a group) and ``pooled``.
    """
    parts = [_lines(primary.contrasts.with_columns(label=pl.lit("pooled")), "all together", pooled=True)]
    makers: tuple[tuple[str, Callable[[], pl.DataFrame], str], ...] = (
        ("perturbation", lambda: named_pairs(design.finer), "perturbation"),
        ("severity", lambda: by_severity(design.scores), "level"),
        ("task", lambda: design.rows, "task"),
    )
    for group, rows, by in makers:
        if len(design.levels(group)) < 2:
            continue
        try:
            found = difference(rows(), response, f"by {group}", by=by)
        except Refused:
            continue
        fits[group] = found.state
        prefix = "severity " if group == "severity" else ""
        lines = found.contrasts.with_columns(label=pl.lit(prefix) + pl.col(by).cast(pl.String))
        parts.append(_lines(lines, group))
    parts += _by_intermediate(design, response)
    return pl.concat(parts)


def _by_intermediate(design: Design, response: str) -> list[pl.DataFrame]:
    """Each intermediate task of the treatment against the whole reference, where there are several."""
    rows = design.rows
    reference, treatment = design.regimes
    own = rows.filter(pl.col("regime") == treatment)
    tasks = sorted(own["intermediate"].unique().to_list())
    base = rows.filter(pl.col("regime") == reference)
    parts = []
    for task in tasks if len(tasks) > 1 else []:
        against = (
            base.filter(pl.col("intermediate").is_in([task])) if task in set(base["intermediate"]) else base
        )
        arm = own.filter(pl.col("intermediate") == task)
        shared = arm.select("cell").unique()
        both = pl.concat([against.join(shared, on="cell"), arm])
        try:
            found = difference(both, response, f"after {task}")
        except Refused:
            continue
        parts.append(found.contrasts.with_columns(label=pl.lit(f"after {task}")))
    if not parts:
        return []
    lines = pl.concat(parts)
    return [_lines(lines.with_columns(p_adjusted=holm(lines["p_value"])), "intermediate task")]


def _lines(contrasts: pl.DataFrame, group: str, *, pooled: bool = False) -> pl.DataFrame:
    return contrasts.with_columns(group=pl.lit(group), pooled=pl.lit(pooled)).select(COLUMNS)
