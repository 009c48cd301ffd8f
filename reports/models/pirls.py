"""Conditional modes of a binomial mixed model by penalised iteratively reweighted least squares.

For given theta and beta the modes u minimise h(u) = -2 log f(y | X beta + Z Lambda u) + u'u. Each step is a
linear mixed model with weights W = m mu (1 - mu) and no fixed effects, solved by ``factor``; since Z'W times
the working response is Z'W(eta - X beta) + Z'(y - m mu), nothing divides by a small weight. Steps that raise
h are halved.

Bates et al. (2015) and its draft companion on generalised models, section "PIRLS".
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from reports.models.columns import Floats
from reports.models.factor import Factor
from reports.models.products import Layout

STEPS = 60
TOLERANCE = 1e-10
"""Largest change of a scaled mode u at which the search ends; Newton's next step would square it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """The modes and what was computed on the way.

    Attributes:
        modes: u per term, shape (levels, width).
        deviance: h(u) + log|Lambda'Z'WZLambda + I|, Laplace's approximation to -2 log-likelihood without the
            binomial coefficients.
        mean: mu per row.
        weights: W per row.
        factor: at those weights.
        converged: the last step was within tolerance.
    """

    modes: list[Floats]
    deviance: float
    mean: Floats
    weights: Floats
    factor: Factor
    converged: bool


def effects(modes: list[Floats], triangles: list[Floats]) -> list[Floats]:
    """b = Lambda u, per term."""
    return [u @ T.T for u, T in zip(modes, triangles, strict=True)]


def find_modes(
    layout: Layout,
    successes: Floats,
    trials: Floats,
    triangles: list[Floats],
    fixed: Floats,
    start: list[Floats],
) -> Mode:
    """Search the modes from ``start``.

    Args:
        layout: columns of the rows.
        successes, trials: per row.
        triangles: T of every term.
        fixed: X beta per row.
        start: u per term.
    """
    u = start
    zero = np.zeros(layout.columns.shape[1])

    def objective(modes: list[Floats]) -> tuple[float, Floats, Floats]:
        random = layout.predict(zero, effects(modes, triangles))
        eta = fixed + random
        loss = -2.0 * float(successes @ eta - trials @ np.logaddexp(0.0, eta))
        return loss + sum(float(np.vdot(m, m)) for m in modes), random, eta

    value, random, eta = objective(u)
    for _ in range(STEPS):
        mean = expit(eta)
        weights = np.maximum(trials * mean * (1.0 - mean), 1e-300)
        factor = Factor(layout.random_products(weights), layout.shapes, layout.swept, triangles)
        working = weights * random + successes - trials * mean
        parts = [layout.transposed(k, working)[:, :, None] for k in range(len(layout.blocks))]
        image = factor.image(*layout.split(parts, 1))
        target = [v[:, :, 0] @ T for v, T in zip(image.random, triangles, strict=True)]
        step = [new - old for new, old in zip(target, u, strict=True)]
        size = max((float(np.abs(s).max()) for s in step), default=0.0)
        if size < TOLERANCE:
            return Mode(
                modes=u,
                deviance=value + factor.log_det,
                mean=mean,
                weights=weights,
                factor=factor,
                converged=True,
            )
        scale = 1.0
        while True:
            trial = [old + scale * s for old, s in zip(u, step, strict=True)]
            new, new_random, new_eta = objective(trial)
            if new <= value + 1e-10 * (1.0 + abs(value)) or scale < 1e-6:
                break
            scale /= 2.0
        u, value, random, eta = trial, new, new_random, new_eta
    return Mode(
        modes=u, deviance=value + factor.log_det, mean=mean, weights=weights, factor=factor, converged=False
    )
