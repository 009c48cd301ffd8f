"""Kenward & Roger's covariance of the fixed effects and degrees of freedom (Biometrics 1997), without n x n
matrices.

The variance of the response is linear in its parameters, sum_i phi_i G_i with G_0 = I for the residual, so
that

    Phi_A = Phi + 2 Phi { sum_ij W_ij (Q_ij - P_i Phi P_j) } Phi,      W = 2 I_E^-1
    I_E[i, j] = tr(G_i P G_j P)

with P_i, Q_ij as in ``information``. For one combination l the F test of the paper reduces to t with

    df = 2 / A,   A = sum_ij W_ij (l'Phi P_i Phi l)(l'Phi P_j Phi l) / (l'Phi l)^2.

The residual's own terms follow from the others, since V = G_0 + sum_i phi_i G_i: V^-1 G_0 V^-1 = V^-1 - sum_i
phi_i V^-1 G_i V^-1. Every variance counts, also one estimated as zero, as in pbkrtest (Halekoh & Hojsgaard
2014).
"""

import numpy as np

from reports.errors import Refused
from reports.models.columns import Floats
from reports.models.inference import JointTest, f_statistic
from reports.models.information import information
from reports.models.lmm import LinearModel

SINGULAR = 1e-10
"""Smallest eigenvalue of the expected information (relative) at which it is inverted, else
pseudo-inverted.
"""


class KenwardRoger:
    """Adjusted covariance and degrees of freedom for the fixed effects of one model.

    Raises:
        Refused: the model was fitted by maximum likelihood, or its residual variance is known.
    """

    name = "kenward-roger"

    def __init__(self, model: LinearModel) -> None:
        if not model.reml or model.deviance.known:
            raise Refused("Kenward-Roger is defined for REML fits with an estimated residual variance")
        sweep = model.sweep
        entries = model.deviance.parameters.entries
        info = information(sweep, entries)
        relative = np.array(
            [(sweep.triangles[e.term] @ sweep.triangles[e.term].T)[e.row, e.column] for e in entries]
        )
        phi = sweep.covariance_fixed
        count = len(entries) + 1
        p = len(phi)
        # The residual comes last; its rows follow by Euler's identity from those of the random terms.
        P = np.empty((count, p, p))
        P[:-1] = info.fixed
        P[-1] = sweep.fixed[:-1, :-1] - np.einsum("i,iab->ab", relative, info.fixed)
        Q = np.empty((count, count, p, p))
        Q[:-1, :-1] = info.fixed2
        Q[-1, :-1] = info.fixed - np.einsum("i,ijab->jab", relative, info.fixed2)
        Q[:-1, -1] = Q[-1, :-1].transpose(0, 2, 1)
        Q[-1, -1] = P[-1] - np.einsum("i,iab->ab", relative, Q[:-1, -1])
        K = np.empty((count, count))
        K[:-1, :-1] = info.trace2
        K[-1, :-1] = K[:-1, -1] = info.trace - info.trace2 @ relative
        K[-1, -1] = model.design.n - relative @ info.trace - relative @ K[:-1, -1]
        scaled = phi @ P
        expected = K - 2.0 * np.einsum("ab,ijba->ij", phi, Q) + np.einsum("iab,jba->ij", scaled, scaled)
        expected = (expected + expected.T) / 2.0
        W = 2.0 * _inverse(expected)
        middle = np.einsum("ij,ijab->ab", W, Q - np.einsum("iab,jbc->ijac", P @ phi, P))
        adjusted = phi + 2.0 * phi @ ((middle + middle.T) / 2.0) @ phi
        inverse = model.inverse_triangle
        self.covariance = model.sigma2 * inverse @ adjusted @ inverse.T
        self._weights = W
        self._half = phi @ inverse.T
        self._fixed = P
        self._plain = model.covariance / model.sigma2

    def df(self, combination: Floats) -> float:
        """Degrees of freedom of l'beta."""
        inner = self._half @ combination
        slopes = np.einsum("a,iab,b->i", inner, self._fixed, inner)
        spread = float(slopes @ self._weights @ slopes)
        return 2.0 * float(combination @ self._plain @ combination) ** 2 / spread if spread > 0 else np.inf

    def joint(self, coefficients: Floats, combinations: Floats) -> JointTest:
        """The scaled F test of the paper (section 3) that all combinations are zero."""
        q = len(combinations)
        inner = self._half @ combinations.T
        plain = combinations @ self._plain @ combinations.T
        slopes = np.array([np.linalg.solve(plain, inner.T @ P @ inner) for P in self._fixed])
        traces = np.einsum("iaa->i", slopes)
        A1 = float(traces @ self._weights @ traces)
        A2 = float(np.einsum("ij,iab,jba->", self._weights, slopes, slopes))
        B = (A1 + 6.0 * A2) / (2.0 * q)
        g = ((q + 1) * A1 - (q + 4) * A2) / ((q + 2) * A2)
        c1, c2, c3 = (c / (3.0 * q + 2.0 * (1.0 - g)) for c in (g, q - g, q + 2.0 - g))
        top, bottom = 1.0 - A2 / q, 1.0 - c2 * B
        ratio = 1.0 if abs(top) < 1e-14 and abs(bottom) < 1e-14 else top / bottom
        rho = ratio**2 * (1.0 + c1 * B) / (1.0 - c3 * B) / q
        df = 4.0 + (q + 2.0) / (q * rho - 1.0)
        scale = 1.0 if abs(df - 2.0) < 1e-2 else df * (1.0 - A2 / q) / (df - 2.0)
        statistic = f_statistic(coefficients, combinations, self.covariance)
        return JointTest(statistic=scale * statistic, numerator=q, denominator=df)


def _inverse(expected: Floats) -> Floats:
    scale = 1.0 / np.sqrt(np.maximum(np.abs(np.diagonal(expected)), 1e-300))
    values, vectors = np.linalg.eigh(expected * np.outer(scale, scale))
    keep = np.abs(values) > SINGULAR
    vectors = vectors[:, keep] * scale[:, None]
    return np.asarray((vectors / values[keep]) @ vectors.T)
