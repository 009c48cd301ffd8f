"""New responses for an old design: what the rows would hold if the model were true."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from reports.models.columns import Floats
from reports.models.covariance import root
from reports.models.design import Design
from reports.models.result import Fit


def linear_predictor(
    design: Design, coefficients: Floats, sigmas: Sequence[Floats], rng: np.random.Generator
) -> Floats:
    """X beta + Z b per row with fresh random effects b ~ N(0, Sigma_k)."""
    eta = (design.columns @ coefficients)[design.cell]
    for block, sigma in zip(design.blocks, sigmas, strict=True):
        effects = rng.normal(size=(len(block.levels), block.width)) @ root(sigma).T
        z = (block.effects * block.scale)[design.cell]
        eta = eta + np.einsum("na,na->n", z, effects[block.codes])
    return eta


def draw(fit: Fit, rng: np.random.Generator, coefficients: Floats | None = None) -> Floats:
    """One response from a fitted model, random effects drawn anew.

    Args:
        fit: the model.
        rng: the only source of chance.
        coefficients: fixed effects to use instead of the estimated ones, shape (p,).
    """
    design = fit.design
    beta = fit.coefficients if coefficients is None else coefficients
    eta = linear_predictor(design, beta, fit.model.sigmas, rng)
    if fit.family == "binomial":
        return rng.binomial(design.observed.trials.astype(np.int64), expit(eta)).astype(np.float64)
    return eta + rng.normal(size=len(design.cell)) * fit.sigma / np.sqrt(design.observed.weights)
