"""Does the model hold, and does one language carry it? Residuals, leverage, and fits without each level."""

import numpy as np
import polars as pl
from scipy.special import expit, log_expit, xlogy

from reports.errors import Refused
from reports.models.columns import Floats
from reports.models.conditional import leverage
from reports.models.fitting import fit as fit_model
from reports.models.glmm import BinomialModel
from reports.models.lmm import LinearModel
from reports.models.products import Layout
from reports.models.result import Fit, Model
from reports.models.sweep import Sweep
from reports.models.threads import one_thread
from warehouse.errors import UnknownName


def residuals(fit: Fit) -> pl.DataFrame:
    """One row per observation: the row's columns, fitted, residual, standardised, leverage.

    Linear models: ``fitted`` is X beta + Z b with the conditional modes; leverage is the diagonal of the
    matrix that takes the response to it, 1 - P_ii, with sum "effective parameters"; the standardised
    residual is divided by its standard deviation sigma sqrt(1 - leverage).

    Binomial models: ``fitted`` is the probability mu at the conditional modes and ``residual`` the share of
    successes less it. ``pearson`` is (y - m mu) / sqrt(m mu (1 - mu)), ``deviance`` the signed root of the
    row's part of the deviance (McCullagh & Nelder 1989, sec. 2.4). Leverage is the diagonal of that
    matrix for the penalised least squares at the modes, with weights m mu (1 - mu); the standardised
    residual is that of the deviance over sqrt(1 - leverage) (Davison & Snell 1991).
    """
    model = fit.model
    design = model.design
    design.need_rows("a residual")
    eta = (design.columns @ model.coefficients)[design.cell]
    for block, modes in zip(design.blocks, model.modes, strict=True):
        z = (block.effects * block.scale)[design.cell]
        eta = eta + np.einsum("na,na->n", z, modes[block.codes])
    found = _of_values(model, eta) if isinstance(model, LinearModel) else _of_counts(_binomial(model), eta)
    return design.frame.with_columns(**{name: pl.Series(values) for name, values in found.items()})


def _of_values(model: LinearModel, eta: Floats) -> dict[str, Floats]:
    weights, y = model.problem.weights, model.design.observed.value
    hat = np.clip(weights * _hat(model.problem.layout, model.sweep), 0.0, 1.0)
    residual = y - eta
    deviation = np.sqrt(np.maximum(model.sigma2 / weights * (1.0 - hat), 1e-300))
    return {"fitted": eta, "residual": residual, "standardised": residual / deviation, "leverage": hat}


def _of_counts(model: BinomialModel, eta: Floats) -> dict[str, Floats]:
    y, trials = model.design.observed.value, model.design.observed.trials
    mean = expit(eta)
    variance = np.maximum(trials * mean * (1.0 - mean), 1e-300)
    hat = np.clip(variance * _hat(model.layout, model.sweep)[model.cell], 0.0, 1.0)
    off = y - trials * mean
    # in logarithms of mu and 1 - mu, which stay exact where a probability rounds to 0 or 1
    missed = xlogy(y, y / trials) - y * log_expit(eta)
    missed += xlogy(trials - y, (trials - y) / trials) - (trials - y) * log_expit(-eta)
    deviance = np.sign(off) * np.sqrt(np.maximum(2.0 * missed, 0.0))
    return {
        "fitted": mean,
        "residual": off / trials,
        "pearson": off / np.sqrt(variance),
        "deviance": deviance,
        "standardised": deviance / np.sqrt(np.maximum(1.0 - hat, 1e-12)),
        "leverage": hat,
    }


def _hat(layout: Layout, sweep: Sweep) -> Floats:
    """Leverage of the rows of a layout over their weights: x' (X' V^-1 X)^-1 x after the random effects took
    their part, and theirs.
    """
    # (V^-1 X)_i = x_i - z_i' Lambda Lambda' Z'V^-1 X, all on the inner, orthonormal columns
    inner = layout.columns[layout.cell]
    for k, block in enumerate(layout.blocks):
        T = sweep.triangles[k]
        moved = np.einsum("ab,lbp->lap", T @ T.T, sweep.random_x[k])
        inner = inner - np.einsum("na,nap->np", block.effects[layout.cell], moved[block.codes])
    spread = np.einsum("np,np->n", inner @ sweep.covariance_fixed, inner)
    return np.asarray(leverage(layout, sweep.factor) + spread)


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


def _binomial(model: Model) -> BinomialModel:
    assert isinstance(model, BinomialModel)
    return model
