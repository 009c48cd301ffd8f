"""Laplace's approximation of a binomial mixed model and its exact gradient.

    y_i | b ~ Binomial(m_i, mu_i),   logit mu = eta = X beta + Z Lambda u,   u ~ N(0, I)
    D(theta, beta) = -2 log f(y | u^) + u^'u^ + log|A|,   A = Lambda'Z'WZLambda + I

with u^ the conditional modes. The first two terms are stationary in u^, the last is not: W moves with eta.
With e = y - m mu, s_i = W'_i a_i, a_i = [Z Lambda A^-1 Lambda' Z']_ii and t = A^-1 Lambda'Z's

    dD/dbeta = -2 X'e + X'(s - W Z Lambda t)
    dD/dT_k  = sum over levels of (-2 Z'e + Z's - Z'WZLambda t) u' + (Z'e) t'  +  2 [Z'WZ Lambda A^-1]

(lower triangle; every factor of a level is its (width,) part). The rows are the distinct combinations of
covariates and
levels, with successes and trials added up: models without an effect per item collapse to a few.
"""

from dataclasses import dataclass

import numpy as np

from reports.models.columns import Floats
from reports.models.conditional import leverage
from reports.models.covariance import Parameters
from reports.models.pirls import Mode, effects, find_modes
from reports.models.products import Layout


@dataclass(slots=True)
class LaplaceDeviance:
    """D as a function of (theta, gamma), gamma the coefficients of the orthonormal columns of the layout.

    The modes found last are where the next search starts, so evaluations near each other are cheap.
    """

    layout: Layout
    parameters: Parameters
    successes: Floats
    trials: Floats
    modes: list[Floats]
    evaluations: int = 0
    failures: int = 0

    def mode(self, theta: Floats, gamma: Floats) -> Mode:
        """Conditional modes at a point."""
        fixed = (self.layout.columns @ gamma)[self.layout.cell]
        triangles = self.parameters.triangles(theta)
        found = find_modes(self.layout, self.successes, self.trials, triangles, fixed, self.modes)
        self.evaluations += 1
        self.failures += not found.converged
        if found.converged:
            self.modes = found.modes
        return found

    def first(self, point: Floats) -> tuple[float, Floats]:
        """D and its gradient by (theta, gamma)."""
        count = len(self.parameters)
        found = self.mode(point[:count], point[count:])
        return found.deviance, self.gradient(found)

    def gradient(self, found: Mode) -> Floats:
        """dD / d(theta, gamma) at the modes."""
        layout, triangles = self.layout, list(found.factor.triangles)
        error = self.successes - self.trials * found.mean
        slope = found.weights * (1.0 - 2.0 * found.mean) * leverage(layout, found.factor)
        terms = range(len(layout.blocks))
        by_slope = [layout.transposed(k, slope) for k in terms]
        image = found.factor.image(*layout.split([part[:, :, None] for part in by_slope], 1))
        t = [v[:, :, 0] @ T for v, T in zip(image.random, triangles, strict=True)]
        moved = found.weights * layout.predict(np.zeros(layout.columns.shape[1]), effects(t, triangles))
        by_theta: list[Floats] = []
        for k, sums in zip(terms, found.factor.level_sums(), strict=True):
            by_error = layout.transposed(k, error)
            pull = by_slope[k] - layout.transposed(k, moved) - 2.0 * by_error
            by_theta.append(pull.T @ found.modes[k] + by_error.T @ t[k] + 2.0 * sums)
        by_gamma = layout.fixed_transposed(slope - moved - 2.0 * error)
        return np.concatenate([self.parameters.theta(by_theta), by_gamma])
