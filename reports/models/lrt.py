"""Likelihood-ratio tests of nested models, refused where they would mean nothing."""

import numpy as np
import polars as pl

from reports.errors import Refused
from reports.models.distributions import chi2_tail
from reports.models.result import Fit

SAMPLE = 5000
"""Rows on which the columns of two models are compared."""


def likelihood_ratio(reduced: Fit, full: Fit) -> pl.DataFrame:
    """Test a model against one it is a special case of.

    Returns:
        Two rows: formula, parameters, log_likelihood, criterion, chisq, df, p_value, note. Where a variance
            is
        tested, it lies on the boundary of its range under the null hypothesis and p is too large
        (conservative).

    Raises:
        Refused: different data or response, likelihoods that cannot be compared (REML with different fixed
            effects), models that are not nested or have the same parameters, or a fit that did not converge.
    """
    _same_data(reduced, full)
    same_fixed = _same_fixed(reduced, full)
    if reduced.reml != full.reml:
        raise Refused(
            "one model was fitted by REML and the other by maximum likelihood; "
            "fit both with reml=False (xtb analyze --ml)"
        )
    if full.reml and not same_fixed:
        raise Refused(
            "REML likelihoods of models with different fixed effects are of different data (the residuals of "
            "each) and cannot be compared; fit both with reml=False (xtb analyze --ml)"
        )
    _nested(reduced, full)
    df = full.n_parameters - reduced.n_parameters
    if df <= 0:
        raise Refused(
            f"the models have {reduced.n_parameters} and {full.n_parameters} parameters: nothing to test"
        )
    for model in (reduced, full):
        if not model.converged:
            raise Refused(f"'{model.formula}' did not converge, so its likelihood is not the maximum")
    chisq = max(0.0, reduced.criterion - full.criterion)
    note = "" if len(reduced.varcomp) == len(full.varcomp) else "a variance is tested: p is conservative"
    return pl.DataFrame(
        {
            "formula": [reduced.formula, full.formula],
            "parameters": [reduced.n_parameters, full.n_parameters],
            "log_likelihood": [reduced.log_likelihood, full.log_likelihood],
            "criterion": [reduced.criterion, full.criterion],
            "chisq": [None, chisq],
            "df": [None, df],
            "p_value": [None, chi2_tail(chisq, df)],
            "note": ["", note],
        }
    )


def _same_data(reduced: Fit, full: Fit) -> None:
    if reduced.family != full.family:
        raise Refused(f"a {reduced.family} and a {full.family} model have likelihoods of different kinds")
    one, other = reduced.design.observed, full.design.observed
    reduced.design.need_rows("a likelihood-ratio test")
    full.design.need_rows("a likelihood-ratio test")
    if reduced.n != full.n:
        raise Refused(
            f"the models saw {reduced.n} and {full.n} rows, perhaps since values are missing; "
            "fit both to the same rows"
        )
    if not (np.array_equal(one.value, other.value) and np.array_equal(one.trials, other.trials)):
        raise Refused("the models have different responses")
    if not np.array_equal(one.weights, other.weights):
        raise Refused("the models have different weights")


def _same_fixed(reduced: Fit, full: Fit) -> bool:
    return len(reduced.coefficients) == len(full.coefficients) and _spans(reduced, full)


def _spans(reduced: Fit, full: Fit) -> bool:
    """Whether the fixed columns of the full model determine those of the reduced one."""
    rows = np.unique(np.linspace(0, full.n - 1, min(full.n, SAMPLE)).astype(np.int64))
    wide = full.design.columns[full.design.cell[rows]]
    narrow = reduced.design.columns[reduced.design.cell[rows]]
    left = narrow - wide @ np.linalg.lstsq(wide, narrow, rcond=None)[0]
    return bool(np.abs(left).max() <= 1e-7 * max(1.0, float(np.abs(narrow).max())))


def _nested(reduced: Fit, full: Fit) -> None:
    if not _spans(reduced, full):
        raise Refused(f"the fixed effects of '{reduced.formula}' are no special case of '{full.formula}'")
    for block in reduced.design.blocks:
        there = {name for other in full.design.blocks if other.group == block.group for name in other.names}
        if not set(block.names) <= there:
            raise Refused(
                f"({' + '.join(block.names)} | {block.group}) of '{reduced.formula}' is not among the random "
                f"effects of '{full.formula}', so the models are not nested"
            )
