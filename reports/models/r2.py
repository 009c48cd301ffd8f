"""R2 of a mixed model: the share of variance that the fixed effects, and all effects, account for."""

from dataclasses import dataclass

import numpy as np

from reports.models.result import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class RSquared:
    """Shares of the variance of the response (of the latent logit for a binomial model)."""

    marginal: float
    conditional: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceParts:
    """Variance of the response (of the latent logit) by where it comes from, as means over the rows."""

    fixed: float
    random: float
    residual: float


def r_squared(fit: Fit) -> RSquared:
    """Marginal and conditional R2 of Nakagawa & Schielzeth (2013), slopes added as Johnson (2014) does."""
    parts = variance_parts(fit)
    total = parts.fixed + parts.random + parts.residual
    return RSquared(marginal=parts.fixed / total, conditional=(parts.fixed + parts.random) / total)


def variance_parts(fit: Fit) -> VarianceParts:
    """The variances that R2 sets against each other.

    The variance of a random term is the mean over rows of z'Sigma z; the residual is sigma^2 (its mean over
    rows under weights), for logit models the variance of the logistic distribution, pi^2 / 3 (Nakagawa et al.
    2017).
    """
    design = fit.design
    observed = design.observed
    by_row = observed.trials if fit.family == "binomial" else observed.count
    size = np.bincount(design.cell, by_row, minlength=len(design.columns)).astype(np.float64)
    share = size / size.sum()
    fitted = design.columns @ fit.coefficients
    fixed = float(share @ (fitted - share @ fitted) ** 2)
    random = 0.0
    for block, sigma in zip(design.blocks, fit.model.sigmas, strict=True):
        z = block.effects * block.scale
        random += float(share @ np.einsum("ca,ab,cb->c", z, sigma, z))
    if fit.family == "binomial":
        residual = float(np.pi**2 / 3.0)
    else:
        residual = fit.sigma**2 * design.observed.inverse_weight
    return VarianceParts(fixed=fixed, random=random, residual=residual)
