"""The reference grid: every combination of the fixed variables, as combinations of the coefficients.

A marginal mean averages the model's prediction over the grid with equal weights for the levels of the factors
that are not asked for, covariates at their mean or at given values (Searle, Speed & Milliken 1980; Lenth's
emmeans).
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reports.errors import BadFormula
from reports.models.columns import Factor, Floats
from reports.models.design import Design
from warehouse.errors import UnknownName

Value = float | str
NOT_ESTIMABLE = 1e-8
"""Part of a combination in the null space of X above which the data cannot tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Rows of a table of means: their labels and their combinations of coefficients.

    Attributes:
        labels: values of each asked-for variable, one per row.
        combinations: shape (rows, p); NaN where the data cannot tell.
        full: the same before dropped columns are left out, shape (rows, p + dropped).
    """

    labels: dict[str, list[Value]]
    combinations: Floats
    full: Floats


def margin(design: Design, names: Sequence[str], at: Mapping[str, Sequence[Value]] | None = None) -> Margin:
    """Average the reference grid to the variables named.

    Raises:
        UnknownName: a name is not among the fixed variables.
        BadFormula: a level in ``at`` does not exist, or a value of a covariate is no number.
    """
    given = dict(at or {})
    axes: dict[str, list[Value]] = {}
    for name in [*names, *given]:
        if name not in design.coding.variables:
            raise UnknownName(
                "fixed variable", name, design.coding.variables, f"the formula '{design.formula.text}'"
            )
    for name in design.coding.variables:
        if name in design.factors:
            axes[name] = [str(level) for level in given.get(name, design.factors[name])]
            missing = set(map(str, axes[name])) - set(design.factors[name])
            if missing:
                there, asked = ", ".join(design.factors[name]), ", ".join(sorted(missing))
                raise BadFormula(f"'{name}' has no level {asked}; it has: {there}")
        else:
            axes[name] = [_number(name, v) for v in given.get(name, (design.covariates[name],))]
    points = list(itertools.product(*axes.values()))
    grid: dict[str, Factor | Floats] = {}
    for position, name in enumerate(axes):
        values = [point[position] for point in points]
        if name in design.factors:
            levels = design.factors[name]
            where = {level: code for code, level in enumerate(levels)}
            codes = np.array([where[str(v)] for v in values], dtype=np.int64)
            grid[name] = Factor(name=name, levels=levels, codes=codes)
        else:
            grid[name] = np.array(values, dtype=np.float64)
    full = design.coding.columns(grid, len(points))
    rows = list(itertools.product(*(axes[name] for name in names)))
    where_row = {row: i for i, row in enumerate(rows)}
    positions = [list(axes).index(name) for name in names]
    owner = np.array([where_row[tuple(point[p] for p in positions)] for point in points])
    averaged = np.zeros((len(rows), full.shape[1]))
    np.add.at(averaged, owner, full)
    averaged /= np.bincount(owner, minlength=len(rows))[:, None]
    labels = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return Margin(labels=labels, combinations=estimable(design, averaged), full=averaged)


def _number(name: str, value: Value) -> float:
    try:
        return float(value)
    except ValueError:
        raise BadFormula(f"'{name}' is a covariate: it takes a number, not '{value}'") from None


def estimable(design: Design, full: Floats) -> Floats:
    """Combinations of the kept coefficients; NaN in rows that touch the null space of X."""
    kept = full[:, list(design.kept)].copy()
    if design.null.shape[1]:
        lengths = np.linalg.norm(design.null, axis=0)
        outside = np.abs(full @ (design.null / lengths)).max(axis=1)
        kept[outside > NOT_ESTIMABLE * np.maximum(1.0, np.abs(full).max(axis=1))] = np.nan
    return kept
