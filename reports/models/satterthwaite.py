"""Satterthwaite's degrees of freedom, as lmerTest defines them (Kuznetsova, Brockhoff & Christensen 2017).

The variance of l'beta is a function of the variance parameters; its own sampling variance by the delta method
gives

    df = 2 (l' C l)^2 / (g' A g),    g = d (l' C l) / d parameters,    A = 2 H^-1

with C the covariance of beta and H the Hessian of the criterion, sigma not profiled out. Both derivatives are
exact here. Parameters on the boundary are taken as known, since the derivative by theta is zero there;
lmerTest does the same.
"""

import numpy as np

from reports.models.columns import Floats
from reports.models.inference import JointTest
from reports.models.information import information
from reports.models.lmm import LinearModel

SMALLEST_CURVATURE = 1e-8
"""Directions in which the criterion curves less than this carry no information (lmerTest's tolerance)."""


class Satterthwaite:
    """Degrees of freedom of combinations of the fixed effects of one model."""

    name = "satterthwaite"

    def __init__(self, model: LinearModel) -> None:
        self.covariance = model.covariance
        sweep, deviance, theta = model.sweep, model.deviance, model.optimum.theta
        info = information(sweep, deviance.parameters.entries)
        point = deviance.differentiate(sweep, info, theta)
        free = model.optimum.free
        count = int(free.sum())
        s, df = model.sigma2, deviance.df
        jacobian = deviance.parameters.jacobian(theta)[:, free]
        slope = jacobian.T @ info.residual
        hessian = np.zeros((count + 1, count + 1))
        # The profiled Hessian has - r_i r_j df / r^4, which sigma in its own right takes back.
        hessian[:count, :count] = point.hessian[np.ix_(free, free)] + np.outer(slope, slope) / (s**2 * df)
        hessian[:count, count] = hessian[count, :count] = -slope / s**2
        hessian[count, count] = df / s**2
        values, vectors = np.linalg.eigh(hessian * np.outer(*[_scale(hessian)] * 2))
        keep = values > SMALLEST_CURVATURE * max(1.0, float(values.max()))
        vectors = vectors[:, keep] * _scale(hessian)[:, None]
        self._variance = 2.0 * (vectors / values[keep]) @ vectors.T
        """A, for the free theta and sigma^2."""
        self._jacobian = jacobian
        inverse = model.inverse_triangle
        self._half = sweep.covariance_fixed @ inverse.T
        self._fixed = s * info.fixed
        self._s = s

    def df(self, combination: Floats) -> float:
        """Degrees of freedom of l'beta."""
        inner = self._half @ combination
        by_phi = np.einsum("a,iab,b->i", inner, self._fixed, inner)
        variance = float(combination @ self.covariance @ combination)
        gradient = np.append(self._jacobian.T @ by_phi, variance / self._s)
        spread = float(gradient @ self._variance @ gradient)
        return 2.0 * variance**2 / spread if spread > 0 else np.inf

    def joint(self, coefficients: Floats, combinations: Floats) -> JointTest:
        """F test with the denominator df of Fai & Cornelius (1996), as in lmerTest's contestMD.

        The combinations are rotated to be uncorrelated; each has its own df nu_m, and the F statistic, a mean
        of squared t's, has the mean of an F distribution with 2 E / (E - q) df, E = sum nu_m / (nu_m - 2).
        """
        values, vectors = np.linalg.eigh(combinations @ self.covariance @ combinations.T)
        rotated = vectors.T @ combinations
        statistic = float(((rotated @ coefficients) ** 2 / values).mean())
        nu = np.array([self.df(row) for row in rotated])
        q = len(rotated)
        if np.ptp(nu) < 1e-8 * nu.max():
            df = float(nu.mean())
        elif (nu <= 2.0).any():
            df = 2.0
        else:
            E = float((nu / (nu - 2.0)).sum())
            df = 2.0 * E / (E - q)
        return JointTest(statistic=statistic, numerator=q, denominator=df)


def _scale(hessian: Floats) -> Floats:
    """1 / sqrt of the diagonal, so that the tolerance does not depend on units."""
    diagonal = np.abs(np.diagonal(hessian))
    return np.asarray(1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0)))
