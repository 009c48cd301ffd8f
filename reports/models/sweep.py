"""Penalised least squares on cross-products: everything a mixed model needs at one value of theta.

Whitened by the weights, the model is y ~ (X beta, V) with V = I + Z Lambda Lambda' Z'. Two steps take V^-1
into the cross-products C of ``products``:

1. the largest term, block by block. With D_l = I + T' C_ll T and N_l = T D_l^-1 T', for any two columns a, b

       a' V_1^-1 b = C_ab - C_a1 N C_1b         and       Z_1' V_1^-1 b = (I - C_11 N) C_1b

2. the rest, dense. With S = I + Lambda_R' (Z_R' V_1^-1 Z_R) Lambda_R and K = Lambda_R S^-1 Lambda_R'

       a' V^-1 b = a' V_1^-1 b - a' V_1^-1 Z_R K Z_R' V_1^-1 b

log|V| = sum_l log|D_l| + log|S| is log|L|^2 of Bates et al. (2015, eq. 32), and the Schur complement of y in
[X y]' V^-1 [X y] their penalised residual sum of squares r^2 (eq. 24). Nothing divides by Lambda, so
variances of zero need no special case.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, lapack, solve_triangular

from reports.models.columns import Floats
from reports.models.products import Couplings, Products, Shape


class Sweep:
    """One theta, solved. Attributes are computed when asked for.

    Args:
        products: cross-products of the columns.
        shapes: where the columns of each term lie.
        swept: number of the term eliminated by blocks, None if there is none.
        triangles: T of each term.
    """

    def __init__(
        self, products: Products, shapes: Sequence[Shape], swept: int | None, triangles: Sequence[Floats]
    ) -> None:
        self.products, self.shapes, self.swept, self.triangles = products, shapes, swept, triangles
        self.rest = [k for k in range(len(shapes)) if k != swept]
        rest, rest_fixed, fixed = products.rest, products.rest_fixed, products.fixed
        self.log_det = 0.0
        if swept is not None:
            T = triangles[swept]
            if len(T) == 1:
                D = 1.0 + T[0, 0] ** 2 * products.own
                self.log_det += float(np.log(D).sum())
                self.gain, self.shrink = T[0, 0] ** 2 / D, 1.0 / D
            else:
                D = np.eye(len(T)) + T.T @ products.own @ T
                self.log_det += float(np.linalg.slogdet(D)[1].sum())
                self.gain = T @ np.linalg.solve(D, np.broadcast_to(T.T, D.shape))
                self.shrink = np.eye(len(T)) - products.own @ self.gain
            gained = apply_blocks(self.gain, products.coupling)
            gained_fixed = apply_blocks(self.gain, products.own_fixed)
            rest = rest - gram(products.coupling, gained)
            rest_fixed = rest_fixed - products.coupling.T @ gained_fixed
            fixed = fixed - products.own_fixed.T @ gained_fixed
        self.rest_products, self._rest_fixed = rest, rest_fixed
        """Z_R' V_1^-1 Z_R and Z_R' V_1^-1 [X y]."""
        self.scaled = self.times_lambda(rest)
        """(Z_R' V_1^-1 Z_R) Lambda_R."""
        S = self.times_lambda(self.scaled.T)
        S = (S + S.T) / 2
        S[np.diag_indices_from(S)] += 1.0
        self.factor = cho_factor(S, lower=True, overwrite_a=True, check_finite=False)[0] if len(S) else S
        self.log_det += 2.0 * float(np.log(np.diagonal(self.factor)).sum())
        self._half = self.forward(self.times_lambda(rest_fixed.T).T)
        self.fixed = fixed - self._half.T @ self._half
        """[X y]' V^-1 [X y]."""

    def times_lambda(self, matrix: Floats, transposed: bool = False) -> Floats:
        """matrix Lambda_R (or Lambda_R'): columns of each remaining term times its T."""
        out = np.empty_like(matrix)
        for k in self.rest:
            shape, T = self.shapes[k], self.triangles[k].T if transposed else self.triangles[k]
            part = matrix[:, shape.span]
            if shape.width == 1:
                out[:, shape.span] = part * T[0, 0]
            else:
                out[:, shape.span] = (part.reshape(len(matrix), shape.levels, shape.width) @ T).reshape(
                    part.shape
                )
        return out

    def forward(self, matrix: Floats) -> Floats:
        """L^-1 matrix for S = L L'."""
        if not len(matrix):
            return matrix
        return np.asarray(solve_triangular(self.factor, matrix, lower=True, check_finite=False))

    @cached_property
    def root_fixed(self) -> Floats:
        """Upper triangular R with R'R = X' V^-1 X."""
        return np.asarray(np.linalg.cholesky(self.fixed[:-1, :-1]).T, dtype=np.float64)

    @cached_property
    def log_det_fixed(self) -> float:
        """log|X' V^-1 X|."""
        return 2.0 * float(np.log(np.diagonal(self.root_fixed)).sum())

    @cached_property
    def coefficients(self) -> Floats:
        """beta-hat, shape (p,)."""
        half = solve_triangular(self.root_fixed, self.fixed[:-1, -1], trans="T", check_finite=False)
        return np.asarray(solve_triangular(self.root_fixed, half, check_finite=False))

    @cached_property
    def residual(self) -> float:
        """r^2, the penalised residual sum of squares at the conditional modes."""
        half = solve_triangular(self.root_fixed, self.fixed[:-1, -1], trans="T", check_finite=False)
        return float(self.fixed[-1, -1] - half @ half)

    @cached_property
    def covariance_fixed(self) -> Floats:
        """(X' V^-1 X)^-1."""
        inverse = solve_triangular(self.root_fixed, np.eye(len(self.root_fixed)), check_finite=False)
        return np.asarray(inverse @ inverse.T)

    @cached_property
    def inverse(self) -> Floats:
        """S^-1, shape (r, r)."""
        if not len(self.factor):
            return self.factor
        half, _ = lapack.dpotri(self.factor, lower=True)
        return np.asarray(np.tril(half) + np.tril(half, -1).T, dtype=np.float64)

    @cached_property
    def kernel(self) -> Floats:
        """K = Lambda_R S^-1 Lambda_R'."""
        return self.times_lambda(self.times_lambda(self.inverse, transposed=True).T, transposed=True)

    @cached_property
    def coupling(self) -> Couplings:
        """U = Z_1' V_1^-1 Z_R."""
        return apply_blocks(self.shrink, self.products.coupling)

    @cached_property
    def random_fixed(self) -> list[Floats]:
        """Z_k' V^-1 [X y] of every term, shape (levels, width, p + 1)."""
        rest = self._rest_fixed
        if len(rest):
            inner = solve_triangular(self.factor, self._half, lower=True, trans="T", check_finite=False)
            rest = rest - self.scaled @ inner
        out: list[Floats] = []
        for k, shape in enumerate(self.shapes):
            if k == self.swept:
                direct = self.products.own_fixed - self.products.coupling @ (self.kernel @ self._rest_fixed)
                part = apply_blocks(self.shrink, direct)
            else:
                part = rest[shape.span]
            out.append(np.asarray(part).reshape(shape.levels, shape.width, -1))
        return out

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

    @cached_property
    def own_grams(self) -> Floats:
        """U_a' U_b for the columns a, b of the swept term, shape (k, k, r, r)."""
        assert self.swept is not None
        width = self.shapes[self.swept].width
        out = np.empty((width, width, *self.rest_products.shape))
        for a in range(width):
            for b in range(a + 1):
                out[a, b] = gram(self.coupling[a::width], self.coupling[b::width])
                out[b, a] = out[a, b].T
        return out

    def level_sums(self) -> list[Floats]:
        """sum over levels of the diagonal blocks of Z_k' V^-1 Z_k, times T: shape (k, k) per term.

        Uses (Z_R' V^-1 Z_R) Lambda = (Z_R' V_1^-1 Z_R) Lambda S^-1, which needs no further matrix product.
        """
        out: list[Floats] = []
        for k, shape in enumerate(self.shapes):
            if k == self.swept:
                own = (
                    self.shrink @ self.products.own if shape.width > 1 else self.shrink * self.products.own
                ).sum(axis=0)
                out.append((own - np.einsum("abrs,rs->ab", self.own_grams, self.kernel)) @ self.triangles[k])
            else:
                left = self.scaled[shape.span].reshape(shape.levels, shape.width, -1)
                right = self.inverse[shape.span].reshape(shape.levels, shape.width, -1)
                out.append(np.einsum("lar,lbr->ab", left, right))
        return out


def apply_blocks(blocks: Floats, matrix: Couplings) -> Couplings:
    """Block-diagonal times matrix; ``blocks`` has shape (levels, k, k)."""
    levels, width, _ = blocks.shape
    if sparse.issparse(matrix):
        diagonal = sparse.bsr_array(
            (blocks, np.arange(levels), np.arange(levels + 1)), shape=(levels * width,) * 2
        )
        return sparse.csr_array(diagonal.tocsr() @ matrix)
    if width == 1:
        return np.asarray(blocks[:, :, 0] * matrix)
    return np.asarray((blocks @ matrix.reshape(levels, width, -1)).reshape(matrix.shape))


def gram(left: Couplings, right: Couplings) -> Floats:
    """left' right, dense."""
    product = left.T @ right
    return product.toarray() if sparse.issparse(product) else np.asarray(product)
