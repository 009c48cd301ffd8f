"""``fit``: from a formula and a frame to a fitted model."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from reports.errors import BadFormula
from reports.models.design import Design, build
from reports.models.formula import parse
from reports.models.glmm import BinomialModel, solve_binomial
from reports.models.grouped import Run, group_query
from reports.models.inference import Asymptotic, Inference
from reports.models.kenward_roger import KenwardRoger
from reports.models.lmm import LinearModel, prepare, solve
from reports.models.optimise import Optimum
from reports.models.result import Ddf, Family, Fit, fixed_table, varcomp_table
from reports.models.satterthwaite import Satterthwaite
from reports.models.threads import one_thread

SINGULAR = 1e-4
"""A diagonal element of T below this counts as zero, as in lme4's isSingular."""
EXTREME = 12.0
"""Logit beyond which an effect is a sign of separation."""


@one_thread
def fit(
    formula: str,
    data: pl.DataFrame,
    *,
    family: Family = "gaussian",
    weights: str | None = None,
    reml: bool = True,
    ddf: Ddf = "satterthwaite",
    known_variance: str | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    grouped: bool = False,
) -> Fit:
    """Fit a linear or binomial mixed model from an lme4 formula.

    Args:
        formula: ``score ~ regime * perturbation + (1 + regime | language) + (1 | run)``; the response of a
            binomial model is a 0/1 column, ``cbind(successes, failures)`` or ``successes | trials(n)``.
        data: one row per observation. Text and boolean columns are factors whose levels are sorted; an
            ``Enum`` column keeps its order; the first level is the reference. Rows with a missing value are
            left out.
        family: ``binomial`` uses the logit link and Laplace's approximation.
        weights: column of precision weights (known test-set sizes); the residual variance is sigma^2 /
            weight.
        reml: restricted likelihood; ``False`` for likelihood-ratio tests of fixed effects.
        ddf: how degrees of freedom are found; binomial and known-variance models use z tests.
        known_variance: column of known residual variances; then sigma is 1.
        levels: order of the levels of a factor, first = reference. Levels not named follow in sorted order.
        grouped: the data are the answer to ``grouped.group_query``, equal rows as one (see ``fit_query``).

    Raises:
        BadFormula: the formula cannot be read or names a column that is not there.
        Refused: the data cannot carry the model; the message says why.
    """
    if family not in ("gaussian", "binomial"):
        raise BadFormula(f"unknown family '{family}': gaussian or binomial")
    if ddf not in ("satterthwaite", "kenward-roger"):
        raise BadFormula(f"unknown degrees of freedom '{ddf}': satterthwaite or kenward-roger")
    design = build(
        parse(formula),
        data,
        weights=weights,
        known_variance=known_variance,
        levels=levels,
        counts=family == "binomial",
        grouped=grouped,
    )
    if family == "binomial":
        return from_binomial(solve_binomial(design))
    return from_linear(
        solve(prepare(design), reml=reml), ddf=ddf, weights=weights, known_variance=known_variance
    )


def fit_query(
    formula: str,
    sql: str,
    run: Run,
    *,
    family: Family = "gaussian",
    weights: str | None = None,
    reml: bool = True,
    ddf: Ddf = "satterthwaite",
    known_variance: str | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> Fit:
    """Fit a model to the rows of a query, which the database groups first where the formula allows it.

    The numbers are those of ``fit`` on the rows. What needs single rows (bootstrap, residuals,
    likelihood-ratio tests) refuses a grouped fit.

    Args:
        formula: as for ``fit``, and so are the options.
        sql: one query.
        run: runs a query and gives a frame, e.g. ``lambda sql: warehouse.query.query(con, sql)``.
    """
    query = None
    if known_variance is None:
        columns = run(f"from (\n{sql.strip().rstrip(';')}\n) limit 0").schema
        query = group_query(parse(formula), sql, columns, weights=weights, counts=family == "binomial")
    data = run(sql if query is None else query)
    return fit(
        formula,
        data,
        family=family,
        weights=weights,
        reml=reml,
        ddf=ddf,
        known_variance=known_variance,
        levels=levels,
        grouped=query is not None,
    )


def from_linear(
    model: LinearModel,
    *,
    ddf: Ddf = "satterthwaite",
    weights: str | None = None,
    known_variance: str | None = None,
) -> Fit:
    """Tables and state of a fitted linear model."""
    design, known = model.design, model.deviance.known
    inference: Inference
    if known:
        inference = Asymptotic(model.covariance)
    elif ddf == "kenward-roger":
        inference = KenwardRoger(model)
    else:
        inference = Satterthwaite(model)
    sigma = float(np.sqrt(model.sigma2))
    singular = is_singular(model.optimum, design)
    return Fit(
        formula=design.formula.text,
        family="gaussian",
        reml=model.reml,
        ddf=inference.name,
        n=design.n,
        groups={block.group: len(block.levels) for block in design.blocks},
        fixed=fixed_table(inference, model.coefficients, design.names),
        varcomp=varcomp_table(design, model.sigmas, None if known else sigma),
        sigma=sigma,
        log_likelihood=-model.value / 2.0,
        criterion=model.value,
        n_parameters=len(design.names) + len(model.optimum.theta) + (0 if known else 1),
        converged=model.optimum.converged,
        singular=singular,
        gradient=model.optimum.gradient,
        warnings=tuple(remarks(design, model.optimum, singular)),
        dropped=design.dropped,
        weights=weights,
        known_variance=known_variance,
        model=model,
        inference=inference,
    )


def from_binomial(model: BinomialModel) -> Fit:
    """Tables and state of a fitted binomial model; tests are z tests."""
    design = model.design
    inference = Asymptotic(model.covariance)
    singular = is_singular(model.optimum, design)
    warnings = remarks(design, model.optimum, singular)
    extreme = [n for n, b in zip(design.names, model.coefficients, strict=True) if abs(b) > EXTREME]
    if extreme:
        warnings.append(
            f"{', '.join(extreme)}: beyond {EXTREME:.0f} on the logit scale; some cells have successes or "
            "failures only, and neither estimate nor standard error means much"
        )
    return Fit(
        formula=design.formula.text,
        family="binomial",
        reml=False,
        ddf=inference.name,
        n=design.n,
        groups={block.group: len(block.levels) for block in design.blocks},
        fixed=fixed_table(inference, model.coefficients, design.names),
        varcomp=varcomp_table(design, model.sigmas, None),
        sigma=1.0,
        log_likelihood=-model.value / 2.0,
        criterion=model.value,
        n_parameters=len(design.names) + len(model.optimum.theta),
        converged=model.optimum.converged,
        singular=singular,
        gradient=model.optimum.gradient,
        warnings=tuple(warnings),
        dropped=design.dropped,
        model=model,
        inference=inference,
    )


def is_singular(optimum: Optimum, design: Design) -> bool:
    """Whether a diagonal element of some T is (nearly) zero."""
    position = 0
    for block in design.blocks:
        for column in range(block.width):
            if optimum.theta[position] < SINGULAR:
                return True
            position += block.width - column
    return False


def remarks(design: Design, optimum: Optimum, singular: bool) -> list[str]:
    """Sentences a reader of the fit should see."""
    out: list[str] = []
    if not optimum.converged:
        out.append(
            f"the fit did not converge: the largest derivative is {optimum.gradient:.2g}, one more step "
            f"promises {optimum.decrement:.2g}; do not trust the numbers"
        )
    if singular:
        out.append(
            "the fit is singular: a variance is estimated as zero or a correlation as one; fixed effects "
            "stay usable, the random structure is richer than the data"
        )
    if design.dropped:
        out.append(f"the fixed effects are rank deficient; dropped: {', '.join(design.dropped)}")
    if design.rows_dropped:
        out.append(f"{design.rows_dropped} rows with missing values were left out")
    for block in design.blocks:
        if len(block.levels) < 5:
            out.append(
                f"'{block.group}' has {len(block.levels)} levels only, so its variance is poorly known"
            )
    return out
