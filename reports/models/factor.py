"""V^-1 of a mixed model in two steps, from the cross-products of its random effects.

Whitened by the weights W, the covariance of the response is V = I + Z Lambda Lambda' Z' (relative to the
residual).

1. The largest term, block by block. With D_l = I + T' C_ll T and N_l = T D_l^-1 T', for any two columns a, b

       a' V_1^-1 b = C_ab - C_a1 N C_1b         and       Z_1' V_1^-1 b = (I - C_11 N) C_1b

2. The rest, dense. With S = I + Lambda_R' (Z_R' V_1^-1 Z_R) Lambda_R = L L' and K = Lambda_R S^-1 Lambda_R'

       a' V^-1 b = a' V_1^-1 b - a' V_1^-1 Z_R K Z_R' V_1^-1 b

log|V| = sum_l log|D_l| + log|S| is log|L|^2 of Bates et al. (2015, eq. 32): the factor of Lambda'Z'WZLambda +
I. Nothing divides by Lambda, so variances of zero need no special case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from reports.models.columns import Floats
from reports.models.products import Couplings, RandomProducts, Shape
from reports.models.triangular import cholesky, inverse_of_product, solve_lower


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What V^-1 makes of m columns C.

    Attributes:
        random: Z_k' V^-1 C of every term, shape (levels, width, m).
        lost: C'(I - V^-1)C, the part of C'C (whitened) that V^-1 takes away, shape (m, m).
    """

    random: list[Floats]
    lost: Floats


class Factor:
    """V at one theta, ready to be applied. What is not always needed is computed when asked for.

    Args:
        products: cross-products of the random effects.
        shapes: where the columns of each term lie.
        swept: number of the term eliminated by blocks, None if there is none.
        triangles: T of each term.
    """

    def __init__(
        self,
        products: RandomProducts,
        shapes: Sequence[Shape],
        swept: int | None,
        triangles: Sequence[Floats],
    ) -> None:
        self.products, self.shapes, self.swept, self.triangles = products, shapes, swept, triangles
        self.rest = [k for k in range(len(shapes)) if k != swept]
        self.log_det = 0.0
        inner, count = products.rest, products.kinds.count
        if swept is not None:
            T = triangles[swept]
            if len(T) == 1:
                D = 1.0 + T[0, 0] ** 2 * products.own
                self.log_det += float(count @ np.log(D[:, 0, 0]))
                self.gain, self.shrink = T[0, 0] ** 2 / D, 1.0 / D
            else:
                D = np.eye(len(T)) + T.T @ products.own @ T
                self.log_det += float(count @ np.linalg.slogdet(D)[1])
                self.gain = T @ np.linalg.solve(D, np.broadcast_to(T.T, D.shape))
                self.shrink = np.eye(len(T)) - products.own @ self.gain
            gained = apply_blocks(count[:, None, None] * self.gain, products.coupling)
            inner = inner - gram(products.coupling, gained)
        self.inner = inner
        """Z_R' V_1^-1 Z_R."""
        self.scaled = self.times_lambda(inner)
        """(Z_R' V_1^-1 Z_R) Lambda_R."""
        S = self.times_lambda(self.scaled.T)
        S.flat[:: len(S) + 1] += 1.0
        self.lower = cholesky(S)
        """L."""
        self.log_det += 2.0 * float(np.log(np.diagonal(self.lower)).sum())

    def image(self, own: Floats, rest: Floats) -> Image:
        """V^-1 on columns C given by Z_1'WC and Z_R'WC, shapes (levels * k, m) and (r, m)."""
        lost = np.zeros((rest.shape[1], rest.shape[1]))
        kinds, coupling = self.products.kinds, self.products.coupling
        if self.swept is not None:
            gained = apply_blocks(kinds.spread(self.gain), own)
            lost = own.T @ gained
            rest = rest - coupling.T @ kinds.sum_rows(np.asarray(gained), self.width)
        half = self.forward(self.lambda_times(rest))
        lost = lost + half.T @ half
        solved = self.backward(half)
        outside = rest - self.scaled @ solved
        random: list[Floats] = []
        for k, shape in enumerate(self.shapes):
            if k == self.swept:
                across = coupling @ self.lambda_times(solved, transposed=True)
                direct = own - kinds.spread_rows(np.asarray(across), self.width)
                part = np.asarray(apply_blocks(kinds.spread(self.shrink), direct))
            else:
                part = outside[shape.span]
            random.append(part.reshape(shape.levels, shape.width, -1))
        return Image(random=random, lost=lost)

    def times_lambda(self, matrix: Floats, transposed: bool = False) -> Floats:
        """matrix Lambda_R (or matrix Lambda_R'): columns of each remaining term times its T."""
        out = np.empty_like(matrix)
        for k in self.rest:
            shape, T = self.shapes[k], self.triangles[k].T if transposed else self.triangles[k]
            part = matrix[:, shape.span]
            if shape.width == 1:
                out[:, shape.span] = part * T[0, 0]
            else:
                product = part.reshape(len(matrix), shape.levels, shape.width) @ T
                out[:, shape.span] = product.reshape(part.shape)
        return out

    def lambda_times(self, matrix: Floats, transposed: bool = False) -> Floats:
        """Lambda_R' matrix (transposed: Lambda_R matrix)."""
        return self.times_lambda(matrix.T, transposed).T

    def forward(self, matrix: Floats) -> Floats:
        """L^-1 matrix."""
        return solve_lower(self.lower, matrix)

    def backward(self, matrix: Floats) -> Floats:
        """L'^-1 matrix."""
        return solve_lower(self.lower, matrix, transposed=True)

    @cached_property
    def inverse(self) -> Floats:
        """S^-1, shape (r, r)."""
        return inverse_of_product(self.lower)

    @cached_property
    def kernel(self) -> Floats:
        """K = Lambda_R S^-1 Lambda_R'."""
        return self.times_lambda(self.times_lambda(self.inverse, transposed=True).T, transposed=True)

    @property
    def width(self) -> int:
        """Columns of the term that is eliminated by blocks."""
        return int(self.products.own.shape[1])

    @cached_property
    def coupling(self) -> Couplings:
        """U = Z_1' V_1^-1 Z_R, a row for each column of a kind."""
        return apply_blocks(self.shrink, self.products.coupling)

    @cached_property
    def own(self) -> Floats:
        """Blocks of Z_1' V_1^-1 Z_1, shape (kinds, k, k)."""
        narrow = self.width == 1
        return np.asarray(self.shrink * self.products.own if narrow else self.shrink @ self.products.own)

    @cached_property
    def own_grams(self) -> Floats:
        """U_a' U_b for the columns a, b of the swept term, shape (k, k, r, r)."""
        width, count = self.width, self.products.kinds.count[:, None, None]
        out = np.empty((width, width, *self.inner.shape))
        for a in range(width):
            counted = apply_blocks(count, self.coupling[a::width])
            for b in range(a + 1):
                out[a, b] = gram(counted, self.coupling[b::width])
                out[b, a] = out[a, b].T
        return out

    def level_sums(self) -> list[Floats]:
        """Sum over levels of the diagonal blocks of Z_k' V^-1 Z_k, times T: shape (k, k) per term.

        Uses (Z_R' V^-1 Z_R) Lambda = (Z_R' V_1^-1 Z_R) Lambda S^-1, which needs no further matrix product.
        """
        out: list[Floats] = []
        for k, shape in enumerate(self.shapes):
            if k == self.swept:
                lost = np.einsum("abrs,rs->ab", self.own_grams, self.kernel)
                total = np.tensordot(self.products.kinds.count, self.own, 1)
                out.append((total - lost) @ self.triangles[k])
            else:
                left = self.scaled[shape.span].reshape(shape.levels, shape.width, -1)
                right = self.inverse[shape.span].reshape(shape.levels, shape.width, -1)
                out.append(np.einsum("lar,lbr->ab", left, right))
        return out


def apply_blocks(blocks: Floats, matrix: Couplings) -> Couplings:
    """Block-diagonal times matrix; ``blocks`` has shape (levels, k, k)."""
    levels, width, _ = blocks.shape
    if not isinstance(matrix, np.ndarray):
        where = (np.arange(levels), np.arange(levels + 1))
        diagonal = sparse.bsr_array((blocks, *where), shape=(levels * width, levels * width))
        return sparse.csr_array(diagonal.tocsr() @ matrix)
    if width == 1:
        return np.asarray(blocks[:, :, 0] * matrix)
    return np.asarray((blocks @ matrix.reshape(levels, width, -1)).reshape(matrix.shape))


def gram(left: Couplings, right: Couplings) -> Floats:
    """left' right, dense."""
    product = left.T @ right
    dense = product if isinstance(product, np.ndarray) else product.toarray()
    return np.array(dense, dtype=np.float64, copy=None)
