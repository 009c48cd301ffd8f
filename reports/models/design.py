"""From a formula and a frame to the matrices of a mixed model, without ever building them row by row.

The columns of X and of the random effects depend on a row only through its *cell*, the combination of
covariates it has; a score table of a million rows may have twenty cells. So X is kept as ``columns`` (one row
per cell) and a cell number per row, and every block Z_k as a level number per row and ``effects`` (one row
per cell):

    eta_i = x_{cell(i)}' beta + sum_k  z_{k, cell(i)}' b_{k, level_k(i)}

Columns of X that others determine are dropped from the left to the right, as R's ``qr(tol = 1e-7)`` does and
lme4 reports; the null space is kept, so that marginal means can say what the data cannot tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.linalg import solve_triangular

from reports.errors import Refused
from reports.models import coding as coder
from reports.models.coding import Coding
from reports.models.columns import (
    Factor,
    Floats,
    Ints,
    distinct,
    factor,
    interaction,
    is_numeric,
    numeric,
    require,
)
from reports.models.formula import MixedFormula
from reports.models.grouped import observe_grouped
from reports.models.response import Observed, observe

RANK_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One random term: its columns and the levels they vary by.

    Attributes:
        group: name of the grouping.
        names: columns, as R names them.
        levels: names of the levels.
        codes: level of every row, shape (n,).
        effects: the columns per cell, scaled to mean square 1; shape (cells, k).
        scale: what the columns were divided by, shape (k,).
    """

    group: str
    names: tuple[str, ...]
    levels: tuple[str, ...]
    codes: Ints
    effects: Floats
    scale: Floats

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Everything about a model but its parameters.

    Attributes:
        observed: response, weights, counts; shape (n,).
        cell: number of the cell of every row, shape (n,).
        names, dropped: columns of X kept, and those that others determine.
        columns: X per cell, kept columns only, shape (cells, p).
        null: basis of the null space of the full X, shape (p + dropped, dropped).
        kept: positions of the kept columns in the full X.
        blocks: random terms, most levels first.
        factors: levels of the factors of the fixed part; covariates: the means of its other variables.
        rows_dropped: rows left out for missing values.
    """

    formula: MixedFormula
    observed: Observed
    cell: Ints
    coding: Coding
    names: tuple[str, ...]
    dropped: tuple[str, ...]
    kept: tuple[int, ...]
    columns: Floats
    null: Floats
    blocks: tuple[Block, ...]
    factors: Mapping[str, tuple[str, ...]]
    covariates: Mapping[str, float]
    rows_dropped: int
    frame: pl.DataFrame = field(repr=False)
    """The rows used, for refits on parts of them."""

    @property
    def n(self) -> int:
        """Number of rows of the data."""
        return self.observed.rows

    def need_rows(self, what: str) -> None:
        """Refuse what cannot be had from grouped rows."""
        if self.observed.grouped:
            raise Refused(f"{what} needs the rows themselves; fit the table, not a query that was grouped")


def build(
    formula: MixedFormula,
    data: pl.DataFrame,
    *,
    weights: str | None = None,
    known_variance: str | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    counts: bool = False,
    grouped: bool = False,
) -> Design:
    """Lay out a model on data; ``grouped`` data come from ``grouped.group_query``.

    Raises:
        BadFormula: a column is missing or of the wrong kind.
        Refused: no rows are left, or a term has nothing to vary by.
    """
    order = levels or {}
    fixed_names = coder.variables(formula.fixed)
    effect_names = [name for term in formula.random for name in coder.variables(term.effects)]
    group_names = [name for term in formula.random for name in term.group]
    require(data, fixed_names, f"the fixed effects '{formula.fixed}'")
    for term in formula.random:
        require(data, [*coder.variables(term.effects), *term.group], f"({term.effects} | {term.group_name})")
    needed = [*fixed_names, *effect_names, *group_names]
    if grouped:
        observed, used, missing = observe_grouped(data, needed, counts=counts)
    else:
        observed, used, missing = observe(
            formula.response,
            data,
            needed,
            weights=weights,
            known_variance=known_variance,
            counts=counts,
        )
    expressions = [formula.fixed, *(term.effects for term in formula.random)]
    named = {*order, *(name for each in expressions for name in coder.taken_as_factors(each))}
    variables: dict[str, Factor | Floats] = {
        name: numeric(used[name])
        if is_numeric(used[name]) and name not in named
        else factor(used[name], order.get(name))
        for name in dict.fromkeys([*fixed_names, *effect_names])
    }
    if not variables:
        first, cell = np.zeros(1, dtype=np.int64), np.zeros(used.height, dtype=np.int64)
    elif any(coder.looks_at_whole_columns(e) for e in expressions):
        first = cell = np.arange(used.height, dtype=np.int64)
    else:
        first, cell = distinct(variables)
    per_cell = {name: _take(column, first) for name, column in variables.items()}
    coded, full = coder.code(formula.fixed, per_cell, len(first))
    size = np.bincount(cell, observed.count, minlength=len(first)).astype(np.float64)
    kept, null = _independent(full, size)
    names = tuple(coded.names[j] for j in kept)
    return Design(
        formula=formula,
        observed=observed,
        cell=cell,
        coding=coded,
        names=names,
        dropped=tuple(name for name in coded.names if name not in names),
        kept=kept,
        columns=full[:, list(kept)],
        null=null,
        blocks=_blocks(formula, used, per_cell, size, order),
        factors={n: v.levels for n, v in variables.items() if isinstance(v, Factor) and n in fixed_names},
        covariates={
            n: float(np.average(v, weights=observed.count))
            for n, v in variables.items()
            if not isinstance(v, Factor) and n in fixed_names
        },
        rows_dropped=missing,
        frame=used,
    )


def _blocks(
    formula: MixedFormula,
    used: pl.DataFrame,
    per_cell: Mapping[str, Factor | Floats],
    size: Floats,
    order: Mapping[str, Sequence[str]],
) -> tuple[Block, ...]:
    groups: dict[str, Factor] = {}
    blocks: list[Block] = []
    for term in formula.random:
        name = term.group_name
        if name not in groups:
            groups[name] = interaction([factor(used[part], order.get(part)) for part in term.group])
        group = groups[name]
        if len(group.levels) < 2:
            raise Refused(
                f"({term.effects} | {name}): '{name}' has one level only, so nothing can vary by it"
            )
        coded, effects = coder.code(term.effects, per_cell, len(size))
        scale = np.sqrt((size @ effects**2) / size.sum())
        if not scale.all():
            raise Refused(
                f"({term.effects} | {name}): '{coded.names[int(np.argmin(scale))]}' is zero in every row"
            )
        blocks.append(
            Block(
                group=name,
                names=coded.names,
                levels=group.levels,
                codes=group.codes,
                effects=effects / scale,
                scale=scale,
            )
        )
    return tuple(sorted(blocks, key=lambda block: -len(block.levels)))


def _take(column: Factor | Floats, rows: Ints) -> Factor | Floats:
    if isinstance(column, Factor):
        return Factor(name=column.name, levels=column.levels, codes=column.codes[rows])
    return column[rows]


def _independent(full: Floats, size: Floats) -> tuple[tuple[int, ...], Floats]:
    """Columns that those to the left do not determine, and a basis of the null space.

    A column is dropped when less than 1e-7 of its length is left after projection on the kept ones, the rule
    of LINPACK's dqrdc2 that R uses.
    """
    rows, count = full.shape
    weighted = np.sqrt(size)[:, None] * full
    basis = np.empty((rows, 0))
    kept: list[int] = []
    for j in range(count):
        column = weighted[:, j]
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        length = float(np.linalg.norm(rest))
        if length > RANK_TOLERANCE * float(np.linalg.norm(column)) and length > 0:
            basis = np.column_stack([basis, rest / length])
            kept.append(j)
    others = [j for j in range(count) if j not in kept]
    null = np.zeros((count, len(others)))
    if others:
        triangle = basis.T @ weighted[:, kept]
        null[kept, :] = -solve_triangular(triangle, basis.T @ weighted[:, others])
        null[others, range(len(others))] = 1.0
    return tuple(kept), null
