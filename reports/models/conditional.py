"""Covariance of the random effects given the data: B = Lambda A^-1 Lambda', A = Lambda'Z'WZLambda + I.

With the parts of ``factor``: B_RR = K, B_1R = -N C_1R K and B_11 = N + N C_1R K C_R1 N, of which only the
blocks of single levels are computed. Multiplied by the residual variance it is lme4's ``condVar``.
"""

import numpy as np

from reports.models.columns import Floats
from reports.models.factor import Factor, apply_blocks
from reports.models.products import Layout


def conditional_parts(factor: Factor) -> tuple[Floats, Floats]:
    """Blocks of B_11, shape (levels, k, k), and B_1R, shape (levels * k, r); empty when no term is swept."""
    if factor.swept is None:
        return np.empty((0, 1, 1)), np.empty((0, 0))
    gained = apply_blocks(factor.gain, factor.products.coupling)
    across = -np.asarray(gained @ factor.kernel)
    width = factor.width
    own = factor.gain.copy()
    for a in range(width):
        for b in range(width):
            rows = gained[b::width]
            product = (
                across[a::width] * rows if isinstance(rows, np.ndarray) else rows.multiply(across[a::width])
            )
            own[:, a, b] -= np.asarray(product.sum(axis=1)).ravel()
    kinds = factor.products.kinds
    return kinds.spread(own), kinds.spread_rows(across, width)


def conditional_blocks(factor: Factor) -> list[Floats]:
    """Covariance of the effects of each level, relative to the residual; shape (levels, width, width) per
    term.
    """
    own, _ = conditional_parts(factor)
    out: list[Floats] = []
    for k, shape in enumerate(factor.shapes):
        if k == factor.swept:
            out.append(own)
        else:
            block = factor.kernel[shape.span, shape.span]
            levels = block.reshape(shape.levels, shape.width, shape.levels, shape.width)
            out.append(np.einsum("lalb->lab", levels))
    return out


def leverage(layout: Layout, factor: Factor) -> Floats:
    """Diagonal of Z B Z' per row, B = Lambda A^-1 Lambda' = the conditional covariance of b (relative)."""
    out = np.zeros(layout.n)
    own, across = conditional_parts(factor)
    for k, left in enumerate(layout.blocks):
        for m in range(k + 1):
            right = layout.blocks[m]
            for a in range(left.width):
                for b in range(right.width if m < k else a + 1):
                    entries = _gather(layout, factor, own, across, (k, a), (m, b))
                    twice = 1.0 if (k, a) == (m, b) else 2.0
                    out += layout.times(layout.times(twice * entries, k, a), m, b)
    return out


def _gather(
    layout: Layout,
    factor: Factor,
    own: Floats,
    across: Floats,
    first: tuple[int, int],
    second: tuple[int, int],
) -> Floats:
    """Entry of B between two random-effect columns of every row."""
    (k, a), (m, b) = first, second
    left, right = layout.blocks[k], layout.blocks[m]
    if k == m == factor.swept:
        return np.asarray(own[left.codes, a, b])
    if m == factor.swept:
        (k, a), (m, b), left, right = (m, b), (k, a), right, left
    column = layout.shapes[m].start + right.codes * right.width + b
    if k == factor.swept:
        return np.asarray(across[left.codes * left.width + a, column])
    row = layout.shapes[k].start + left.codes * left.width + a
    return np.asarray(factor.kernel[row, column])
