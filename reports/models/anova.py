"""Tests of whole terms: type III hypotheses, one row per term of the fixed effects.

A term's hypothesis compares the levels of its own factors, averaged with equal weights over the factors it
does not hold; a covariate it holds enters as a slope, one it does not hold at zero (SAS type III, as
lmerTest's anova).
"""

import itertools
import re

import numpy as np
import polars as pl

from reports.errors import Refused
from reports.models.columns import Factor, Floats
from reports.models.grid import estimable
from reports.models.result import Fit

_Axis = list[tuple[Floats, Floats]]
"""Per variable the contrasts to take of it, each as (values or codes, weights)."""


def term_tests(fit: Fit) -> pl.DataFrame:
    """F tests of the terms of a model (chi-squared over df for models with z tests).

    Returns:
        term, num_df, den_df, statistic, p_value; null where the data cannot tell the hypothesis.

    Raises:
        Refused: a covariate stands inside a function, so that "at zero" has no meaning.
    """
    design = fit.design
    rows: list[tuple[str, int, float | None, float | None, float | None]] = []
    for term in dict.fromkeys(design.coding.terms):
        if not term:
            continue
        names = tuple(re.sub(r"^C\((\w+)\)$", r"\1", part) for part in term)
        unknown = [name for name in names if name not in design.coding.variables]
        if unknown:
            raise Refused(
                f"'{unknown[0]}' is a function of a covariate; compare models with and without it instead"
            )
        L = estimable(design, _hypothesis(fit, names))
        if not np.isfinite(L).all():
            rows.append((":".join(term), len(L), None, None, None))
            continue
        test = fit.inference.joint(fit.coefficients, _independent(L))
        rows.append((":".join(term), test.numerator, test.denominator, test.statistic, test.p_value))
    schema = {"term": pl.String, "num_df": pl.Int64} | dict.fromkeys(
        ("den_df", "statistic", "p_value"), pl.Float64
    )
    return pl.DataFrame(rows, schema=schema, orient="row")


def _hypothesis(fit: Fit, term: tuple[str, ...]) -> Floats:
    """Combinations of all coefficients that the term's hypothesis sets to zero."""
    design = fit.design
    axes: list[_Axis] = []
    for name in design.coding.variables:
        if name in design.factors:
            count = len(design.factors[name])
            every = np.arange(count, dtype=np.float64)
            if name in term:
                axes.append([(every, np.eye(count)[i] - np.eye(count)[0]) for i in range(1, count)])
            else:
                axes.append([(every, np.full(count, 1.0 / count))])
        elif name in term:
            axes.append([(np.array([0.0, 1.0]), np.array([-1.0, 1.0]))])
        else:
            axes.append([(np.array([0.0]), np.array([1.0]))])
    return np.array([_combine(fit, choice) for choice in itertools.product(*axes)])


def _combine(fit: Fit, choice: tuple[tuple[Floats, Floats], ...]) -> Floats:
    design = fit.design
    points = list(itertools.product(*(range(len(values)) for values, _ in choice)))
    weights = np.array([np.prod([w[p] for (_, w), p in zip(choice, point, strict=True)]) for point in points])
    grid: dict[str, Factor | Floats] = {}
    for position, name in enumerate(design.coding.variables):
        values = np.array([choice[position][0][point[position]] for point in points])
        if name in design.factors:
            grid[name] = Factor(name=name, levels=design.factors[name], codes=values.astype(np.int64))
        else:
            grid[name] = values
    return np.asarray(weights @ design.coding.columns(grid, len(points)))


def _independent(L: Floats) -> Floats:
    """Rows that span the hypothesis, as many as its rank."""
    _, values, vectors = np.linalg.svd(L, full_matrices=False)
    return np.asarray(vectors[values > 1e-10 * values.max()])
