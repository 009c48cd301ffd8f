"""Penalised least squares on cross-products: everything a linear mixed model needs at one value of theta.

The Schur complements of [X y]' V^-1 [X y] hold the normal equations of beta and, for y, the penalised
residual sum of squares r^2 (Bates et al. 2015, eq. 24 and 33-39).
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from reports.models.columns import Floats
from reports.models.factor import Factor
from reports.models.products import Products, Shape
from reports.models.triangular import cholesky, solve_lower


class Sweep:
    """One theta, solved.

    Args:
        products: cross-products of the columns.
        shapes, swept, triangles: as for ``Factor``.
    """

    def __init__(
        self, products: Products, shapes: Sequence[Shape], swept: int | None, triangles: Sequence[Floats]
    ) -> None:
        self.factor = Factor(products.random, shapes, swept, triangles)
        image = self.factor.image(products.own_fixed, products.rest_fixed)
        self.fixed = products.fixed - image.lost
        """[X y]' V^-1 [X y], shape (p + 1, p + 1)."""
        self.random_fixed = image.random
        """Z_k' V^-1 [X y] of every term, shape (levels, width, p + 1)."""

    @property
    def triangles(self) -> Sequence[Floats]:
        """T of every term."""
        return self.factor.triangles

    @property
    def log_det(self) -> float:
        """log|V|."""
        return self.factor.log_det

    @cached_property
    def lower_fixed(self) -> Floats:
        """Lower triangular L with L L' = X' V^-1 X."""
        return cholesky(self.fixed[:-1, :-1])

    @cached_property
    def log_det_fixed(self) -> float:
        """log|X' V^-1 X|."""
        return 2.0 * float(np.log(np.diagonal(self.lower_fixed)).sum())

    @cached_property
    def coefficients(self) -> Floats:
        """beta-hat, shape (p,)."""
        return solve_lower(self.lower_fixed, self._half, transposed=True)

    @cached_property
    def residual(self) -> float:
        """r^2, the penalised residual sum of squares at the conditional modes."""
        return float(self.fixed[-1, -1] - self._half @ self._half)

    @cached_property
    def _half(self) -> Floats:
        return solve_lower(self.lower_fixed, self.fixed[:-1, -1])

    @cached_property
    def root_covariance(self) -> Floats:
        """Upper triangular C with C C' = (X' V^-1 X)^-1."""
        return solve_lower(self.lower_fixed, np.eye(len(self.lower_fixed))).T

    @cached_property
    def covariance_fixed(self) -> Floats:
        """(X' V^-1 X)^-1."""
        return np.asarray(self.root_covariance @ self.root_covariance.T)

    @cached_property
    def random_x(self) -> list[Floats]:
        """Z_k' V^-1 X, shape (levels, width, p)."""
        return [u[:, :, :-1] for u in self.random_fixed]

    @cached_property
    def random_residual(self) -> list[Floats]:
        """v_k = Z_k' P y = Z_k' V^-1 (y - X beta-hat), shape (levels, width)."""
        return [u[:, :, -1] - u[:, :, :-1] @ self.coefficients for u in self.random_fixed]

    @cached_property
    def modes(self) -> list[Floats]:
        """Conditional modes b = Lambda Lambda' Z' V^-1 (y - X beta-hat), shape (levels, width)."""
        return [v @ T @ T.T for v, T in zip(self.random_residual, self.triangles, strict=True)]
