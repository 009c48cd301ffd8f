"""Does the model hold, and does one language carry it? Residuals, leverage, and fits without each level."""

import numpy as np
import polars as pl

from reports.errors import BadFormula, Refused
from reports.models.columns import Floats
from reports.models.conditional import leverage
from reports.models.fitting import fit as fit_model
from reports.models.lmm import LinearModel
from reports.models.result import Fit
from reports.models.threads import one_thread
from warehouse.errors import UnknownName


def residuals(fit: Fit) -> pl.DataFrame:
    """One row per observation of a linear model: the row's columns, fitted, residual, standardised, leverage.

    ``fitted`` is X beta + Z b with the conditional modes; leverage is the diagonal of the matrix that takes
    the response to it, 1 - P_ii, with sum "effective parameters"; the standardised residual is divided by its
    standard deviation sigma sqrt(1 - leverage).

    Raises:
        BadFormula: the model is binomial.
    """
    model = _linear(fit)
    model.design.need_rows("a residual")
    layout, weights = model.problem.layout, model.problem.weights
    y = model.design.observed.value
    eta = (model.design.columns @ model.coefficients)[model.design.cell]
    for block, modes in zip(model.design.blocks, model.modes, strict=True):
        z = (block.effects * block.scale)[model.design.cell]
        eta = eta + np.einsum("na,na->n", z, modes[block.codes])
    # (V^-1 X)_i = x_i - z_i' Lambda Lambda' Z'V^-1 X, all on the inner, orthonormal columns
    inner = layout.columns[layout.cell]
    for k, block in enumerate(layout.blocks):
        T = model.sweep.triangles[k]
        moved = np.einsum("ab,lbp->lap", T @ T.T, model.sweep.random_x[k])
        inner = inner - np.einsum("na,nap->np", block.effects[layout.cell], moved[block.codes])
    spread = np.einsum("np,np->n", inner @ model.sweep.covariance_fixed, inner)
    hat = np.clip(weights * (leverage(layout, model.sweep.factor) + spread), 0.0, 1.0)
    residual = y - eta
    deviation = np.sqrt(np.maximum(model.sigma2 / weights * (1.0 - hat), 1e-300))
    return model.design.frame.with_columns(
        fitted=pl.Series(eta),
        residual=pl.Series(residual),
        standardised=pl.Series(residual / deviation),
        leverage=pl.Series(hat),
    )


def group_leverage(fit: Fit, group: str) -> pl.DataFrame:
    """How much of the fit each level of a grouping decides: level, rows, leverage (its sum), share."""
    rows = residuals(fit)
    design = fit.design
    block = next((b for b in design.blocks if b.group == group), None)
    if block is None:
        raise UnknownName("grouping", group, fit.groups, f"the formula '{fit.formula}'")
    total = np.bincount(block.codes, rows["leverage"].to_numpy(), minlength=len(block.levels))
    return pl.DataFrame(
        {
            "level": list(block.levels),
            "rows": np.bincount(block.codes, minlength=len(block.levels)),
            "leverage": total,
            "share": total / total.sum(),
        }
    ).sort("share", descending=True)


@one_thread
def leave_one_out(fit: Fit, group: str) -> pl.DataFrame:
    """The fixed effects without each level of a grouping, e.g. leave-one-language-out.

    Returns:
        left_out, term, estimate, std_error, change (from the whole), change_in_se (in standard errors of the
        whole, DFBETAS), cook (distance of all fixed effects, one value per level left out). A level without
        which the model cannot be fitted has nulls.
    """
    if group not in fit.groups:
        raise UnknownName("grouping", group, fit.groups, f"the formula '{fit.formula}'")
    design = fit.design
    design.need_rows("leaving a level out")
    block = next(b for b in design.blocks if b.group == group)
    whole = dict(zip(design.names, fit.coefficients, strict=True))
    errors = dict(zip(design.names, np.sqrt(np.diagonal(fit.covariance)), strict=True))
    parts: list[pl.DataFrame] = []
    for level, name in enumerate(block.levels):
        frame = design.frame.filter(pl.Series(block.codes != level))
        parts.append(_without(fit, frame, name, whole, errors))
    return pl.concat(parts)


def _without(
    fit: Fit, frame: pl.DataFrame, name: str, whole: dict[str, float], errors: dict[str, float]
) -> pl.DataFrame:
    names = list(fit.design.names)
    estimate, error = np.full(len(names), np.nan), np.full(len(names), np.nan)
    cook = np.nan
    try:
        again = fit_model(
            fit.formula,
            frame,
            family=fit.family,
            weights=fit.weights,
            reml=fit.reml,
            known_variance=fit.known_variance,
            levels=fit.design.factors,
        )
    except Refused:
        again = None
    if again is not None:
        found = dict(zip(again.design.names, again.coefficients, strict=True))
        spread = dict(zip(again.design.names, again.fixed["std_error"], strict=True))
        estimate = np.array([found.get(n, np.nan) for n in names])
        error = np.array([spread.get(n, np.nan) for n in names])
        if again.design.names == fit.design.names:
            change: Floats = estimate - fit.coefficients
            cook = float(change @ np.linalg.solve(fit.covariance, change)) / len(names)
    base = np.array([whole[n] for n in names])
    scale = np.array([errors[n] for n in names])
    return pl.DataFrame(
        {
            "left_out": [name] * len(names),
            "term": names,
            "estimate": estimate,
            "std_error": error,
            "change": estimate - base,
            "change_in_se": (estimate - base) / scale,
            "cook": [cook] * len(names),
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _linear(fit: Fit) -> LinearModel:
    if not isinstance(fit.model, LinearModel):
        raise BadFormula("residuals and leverage are for linear models")
    return fit.model
