"""Cross-products of a mixed model's columns: all that a fit needs to know of the rows.

With W the diagonal of weights, Z_1 the random term with most columns, Z_R the others side by side and X the
fixed effects, this file computes

    C = [Z_1 Z_R X y]' W [Z_1 Z_R X y]

by counting: one pass over the rows for every pair of terms, no matrix with n rows. Z_1' W Z_1 is
    block-diagonal
(a row has one level), so it is kept as blocks; Z_1' W Z_R is kept sparse where most of it is zero. After this
pass a fit does not depend on n. It is the road of Bates, Maechler, Bolker & Walker (2015, section 3.4) with
the sparse Cholesky factor replaced by one block elimination and one dense factor.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from reports.errors import Refused
from reports.models.columns import Floats, Ints
from reports.models.design import Block

Couplings = Floats | sparse.csr_array
DENSE_PAIR = 2_000_000
"""Entries up to which a table of two factors is counted into a dense array."""
SWEEP_FROM = 40
"""Random-effect columns from which the largest term is eliminated by blocks; below, dense is faster."""
LARGEST_REST = 12_000
"""Columns the dense remainder may have: its matrix then takes 1.2 GB."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the columns of a random term lie: ``levels`` times ``width`` columns from ``start``, level by
    level.
    """

    levels: int
    width: int
    start: int

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self.levels * self.width

    @property
    def span(self) -> slice:
        """Their positions."""
        return slice(self.start, self.start + self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """Cross-products, the response as the last of the p + 1 columns of X.

    Attributes:
        own: blocks of Z_1'WZ_1, shape (levels, k, k); levels may be 0, when every term is in the rest.
        coupling: Z_1'WZ_R, shape (levels * k, r).
        own_fixed: Z_1'W[X y], shape (levels * k, p + 1).
        rest, rest_fixed, fixed: Z_R'WZ_R, Z_R'W[X y], [X y]'W[X y].
    """

    own: Floats
    coupling: Couplings
    own_fixed: Floats
    rest: Floats
    rest_fixed: Floats
    fixed: Floats


class Layout:
    """The columns of a model on its rows, ready to be weighted and multiplied.

    Args:
        blocks: random terms.
        cell: cell of every row.
        columns: X per cell.
    """

    def __init__(self, blocks: tuple[Block, ...], cell: Ints, columns: Floats) -> None:
        self.blocks, self.cell, self.columns = blocks, cell, columns
        sizes = [len(b.levels) * b.width for b in blocks]
        largest = int(np.argmax(sizes)) if sizes else 0
        self.swept = largest if sizes and sizes[largest] > SWEEP_FROM else None
        self.shapes: list[Shape] = []
        start = 0
        for k, block in enumerate(blocks):
            own = k == self.swept
            self.shapes.append(Shape(len(block.levels), block.width, 0 if own else start))
            start += 0 if own else sizes[k]
        self.rest_columns = start
        if start > LARGEST_REST:
            names = ", ".join(b.group for k, b in enumerate(blocks) if k != self.swept)
            raise Refused(
                f"the random terms beside the largest have {start} columns ({names}); this engine holds "
                f"up to {LARGEST_REST}"
            )

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.cell)

    @property
    def rest(self) -> list[int]:
        """Numbers of the terms that are not eliminated by blocks."""
        return [k for k in range(len(self.blocks)) if k != self.swept]

    @cached_property
    def _values(self) -> list[list[Floats | None]]:
        """Value of each random-effect column per row; None where it is 1 throughout."""
        return [
            [None if (b.effects[:, a] == 1).all() else b.effects[self.cell, a] for a in range(b.width)]
            for b in self.blocks
        ]

    def _times(self, weights: Floats, k: int, a: int) -> Floats:
        value = self._values[k][a]
        return weights if value is None else weights * value

    def predict(self, coefficients: Floats, effects: list[Floats]) -> Floats:
        """X beta + Z b per row; ``effects[k]`` has shape (levels, width)."""
        eta = (self.columns @ coefficients)[self.cell]
        for k, block in enumerate(self.blocks):
            for a in range(block.width):
                gathered = effects[k][:, a][block.codes]
                value = self._values[k][a]
                eta += gathered if value is None else gathered * value
        return eta

    def transposed(self, k: int, rows: Floats) -> Floats:
        """Z_k' rows, shape (levels, width)."""
        block = self.blocks[k]
        sums = [
            np.bincount(block.codes, self._times(rows, k, a), minlength=len(block.levels))
            for a in range(block.width)
        ]
        return np.stack(sums, axis=1)

    def fixed_transposed(self, rows: Floats) -> Floats:
        """X' rows, shape (p,)."""
        return self.columns.T @ np.bincount(self.cell, rows, minlength=len(self.columns))

    def products(self, weights: Floats, response: Floats) -> Products:
        """All cross-products under the given weights."""
        p, r = self.columns.shape[1], self.rest_columns
        by_cell = np.bincount(self.cell, weights, minlength=len(self.columns))
        weighted = weights * response
        fixed = np.empty((p + 1, p + 1))
        fixed[:p, :p] = self.columns.T @ (by_cell[:, None] * self.columns)
        fixed[:p, p] = fixed[p, :p] = self.fixed_transposed(weighted)
        fixed[p, p] = weighted @ response
        rest = np.zeros((r, r))
        rest_fixed = np.empty((r, p + 1))
        for k in self.rest:
            rest_fixed[self.shapes[k].span] = self._with_fixed(k, weights, weighted)
            for m in self.rest:
                if m >= k:
                    pair = self._pair(k, m, weights)
                    rest[self.shapes[k].span, self.shapes[m].span] = pair
                    rest[self.shapes[m].span, self.shapes[k].span] = pair.T
        if self.swept is None:
            empty = np.empty((0, 1, 1))
            return Products(
                own=empty, coupling=np.empty((0, r)), own_fixed=np.empty((0, p + 1)),
                rest=rest, rest_fixed=rest_fixed, fixed=fixed,
            )  # fmt: skip
        return Products(
            own=self._own(self.swept, weights),
            coupling=self._coupling(weights),
            own_fixed=self._with_fixed(self.swept, weights, weighted),
            rest=rest,
            rest_fixed=rest_fixed,
            fixed=fixed,
        )

    def _own(self, k: int, weights: Floats) -> Floats:
        block = self.blocks[k]
        own = np.empty((len(block.levels), block.width, block.width))
        for a in range(block.width):
            for b in range(a + 1):
                rows = self._times(self._times(weights, k, a), k, b)
                own[:, a, b] = own[:, b, a] = np.bincount(block.codes, rows, minlength=len(block.levels))
        return own

    def _with_fixed(self, k: int, weights: Floats, weighted: Floats) -> Floats:
        """Z_k'W[X y], shape (levels * width, p + 1)."""
        block = self.blocks[k]
        q, cells = len(block.levels), len(self.columns)
        if q * cells <= DENSE_PAIR:
            key = block.codes * cells + self.cell
            table: Couplings = np.asarray(
                np.bincount(key, weights, minlength=q * cells).reshape(q, cells), dtype=np.float64
            )
        else:
            table = sparse.csr_array((weights, (block.codes, self.cell)), shape=(q, cells))
        out = np.empty((q, block.width, self.columns.shape[1] + 1))
        for a in range(block.width):
            out[:, a, :-1] = table @ (block.effects[:, [a]] * self.columns)
        out[:, :, -1] = self.transposed(k, weighted)
        return out.reshape(q * block.width, -1)

    def _pair(self, k: int, m: int, weights: Floats) -> Floats:
        """Z_k'WZ_m, dense."""
        left, right = self.blocks[k], self.blocks[m]
        q, s = len(left.levels), len(right.levels)
        out = np.zeros((q, left.width, s, right.width))
        if k == m:
            out[np.arange(q), :, np.arange(q), :] = self._own(k, weights)
            return out.reshape(q * left.width, -1)
        key = left.codes * s + right.codes
        for a in range(left.width):
            for b in range(right.width):
                rows = self._times(self._times(weights, k, a), m, b)
                out[:, a, :, b] = np.bincount(key, rows, minlength=q * s).reshape(q, s)
        return out.reshape(q * left.width, -1)

    def _coupling(self, weights: Floats) -> Couplings:
        """Z_1'WZ_R: sparse where at most a tenth of it can be filled."""
        assert self.swept is not None
        rows = self.shapes[self.swept].columns
        filled = self.n * self.blocks[self.swept].width * sum(self.blocks[m].width for m in self.rest)
        if rows * self.rest_columns <= DENSE_PAIR // 10 or filled > 0.1 * rows * self.rest_columns:
            parts = [self._pair(self.swept, m, weights) for m in self.rest]
            return np.hstack(parts) if parts else np.empty((rows, 0))
        own = self.blocks[self.swept]
        entries: list[tuple[Floats, Ints, Ints]] = []
        for m in self.rest:
            other, start = self.blocks[m], self.shapes[m].start
            for a in range(own.width):
                for b in range(other.width):
                    values = self._times(self._times(weights, self.swept, a), m, b)
                    entries.append((values, own.codes * own.width + a, start + other.codes * other.width + b))
        values, row, column = (np.concatenate(part) for part in zip(*entries, strict=True))
        return sparse.csr_array((values, (row, column)), shape=(rows, self.rest_columns))
