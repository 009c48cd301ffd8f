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
from reports.models.kinds import Kinds

Couplings = Floats | sparse.csr_array
DENSE_PAIR = 2_000_000
"""Entries up to which a table of two factors is counted into a dense array."""
SWEEP_FROM = 40
"""Random-effect columns from which the largest term is eliminated by blocks; below, dense is faster."""
LARGEST_REST = 6_000
"""Columns the dense remainder may have: its matrix then takes 0.3 GB, of which a fit holds six."""


@dataclass(frozen=True)
class Shape:
    """Where the columns of a random term lie: ``levels`` times ``width`` columns from ``start``, level by
    level.
    """

    levels: int
    width: int
    start: int

    @cached_property
    def columns(self) -> int:
        """Number of columns."""
        return self.levels * self.width

    @cached_property
    def span(self) -> slice:
        """Their positions."""
        return slice(self.start, self.start + self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomProducts:
    """Cross-products of the random effects with themselves.

    Levels of Z_1 with the same rows of both products are one kind (``models.kinds``), held once.

    Attributes:
        kinds: of the levels of Z_1.
        own: blocks of Z_1'WZ_1, shape (kinds, k, k); none when every term is in the rest.
        coupling: Z_1'WZ_R, shape (kinds * k, r).
        rest: Z_R'WZ_R, shape (r, r).
    """

    kinds: Kinds
    own: Floats
    coupling: Couplings
    rest: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """All cross-products, the response as the last of the p + 1 columns of X.

    Attributes:
        random: of the random effects with themselves.
        own_fixed, rest_fixed: Z_1'W[X y] and Z_R'W[X y].
        fixed: [X y]'W[X y].
    """

    random: RandomProducts
    own_fixed: Floats
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

    def times(self, weights: Floats, k: int, a: int) -> Floats:
        """weights times column a of the random effects of term k, per row."""
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
            np.bincount(block.codes, self.times(rows, k, a), minlength=len(block.levels))
            for a in range(block.width)
        ]
        return np.stack(sums, axis=1)

    def fixed_transposed(self, rows: Floats) -> Floats:
        """X' rows, shape (p,)."""
        return self.columns.T @ np.bincount(self.cell, rows, minlength=len(self.columns))

    def products(self, weights: Floats, response: Floats) -> Products:
        """All cross-products under the given weights."""
        p = self.columns.shape[1]
        by_cell = np.bincount(self.cell, weights, minlength=len(self.columns))
        weighted = weights * response
        fixed = np.empty((p + 1, p + 1))
        fixed[:p, :p] = self.columns.T @ (by_cell[:, None] * self.columns)
        fixed[:p, p] = fixed[p, :p] = self.fixed_transposed(weighted)
        fixed[p, p] = weighted @ response
        random_fixed = [
            np.concatenate([self._with_fixed(k, weights), self.transposed(k, weighted)[:, :, None]], axis=2)
            for k in range(len(self.blocks))
        ]
        own_fixed, rest_fixed = self.split(random_fixed, p + 1)
        random = self.random_products(weights)
        return Products(random=joined(random), own_fixed=own_fixed, rest_fixed=rest_fixed, fixed=fixed)

    def split(self, effects: list[Floats], columns: int) -> tuple[Floats, Floats]:
        """Arrays of shape (levels, width, columns) per term as the swept rows and the rest, stacked."""
        parts = [effects[k].reshape(-1, columns) for k in self.rest]
        rest = np.concatenate(parts) if parts else np.empty((0, columns))
        own = np.empty((0, columns)) if self.swept is None else effects[self.swept].reshape(-1, columns)
        return own, rest

    def random_products(self, weights: Floats) -> RandomProducts:
        """Cross-products of the random effects under the given weights."""
        r = self.rest_columns
        rest = np.zeros((r, r))
        for k in self.rest:
            for m in self.rest:
                if m >= k:
                    pair = self._pair(k, m, weights)
                    rest[self.shapes[k].span, self.shapes[m].span] = pair
                    rest[self.shapes[m].span, self.shapes[k].span] = pair.T
        own = np.empty((0, 1, 1)) if self.swept is None else self._own(self.swept, weights)
        coupling = np.empty((0, r)) if self.swept is None else self._coupling(weights)
        return RandomProducts(kinds=Kinds.each(len(own)), own=own, coupling=coupling, rest=rest)

    def _own(self, k: int, weights: Floats) -> Floats:
        block = self.blocks[k]
        own = np.empty((len(block.levels), block.width, block.width))
        for a in range(block.width):
            for b in range(a + 1):
                rows = self.times(self.times(weights, k, a), k, b)
                own[:, a, b] = own[:, b, a] = np.bincount(block.codes, rows, minlength=len(block.levels))
        return own

    def _with_fixed(self, k: int, weights: Floats) -> Floats:
        """Z_k'WX, shape (levels, width, p)."""
        block = self.blocks[k]
        q, cells = len(block.levels), len(self.columns)
        table: Couplings
        if q * cells <= DENSE_PAIR:
            key = block.codes * cells + self.cell
            table = np.asarray(
                np.bincount(key, weights, minlength=q * cells).reshape(q, cells), dtype=np.float64
            )
        else:
            table = sparse.csr_array((weights, (block.codes, self.cell)), shape=(q, cells))
        out = np.empty((q, block.width, self.columns.shape[1]))
        for a in range(block.width):
            out[:, a, :] = table @ (block.effects[:, [a]] * self.columns)
        return out

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
                rows = self.times(self.times(weights, k, a), m, b)
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
                    values = self.times(self.times(weights, self.swept, a), m, b)
                    entries.append((values, own.codes * own.width + a, start + other.codes * other.width + b))
        values, row, column = (np.concatenate(part) for part in zip(*entries, strict=True))
        return sparse.csr_array((values, (row, column)), shape=(rows, self.rest_columns))


def joined(products: RandomProducts) -> RandomProducts:
    """The same products with levels of Z_1 that are alike held once; as they are where coupling is sparse."""
    own, coupling = products.own, products.coupling
    if not len(own) or not isinstance(coupling, np.ndarray):
        return products
    levels, width, _ = own.shape
    by_level = coupling.reshape(levels, width * coupling.shape[1])
    kinds = Kinds.alike(np.hstack([own.reshape(levels, width**2), by_level]))
    return RandomProducts(
        kinds=kinds,
        own=own[kinds.first],
        coupling=by_level[kinds.first].reshape(len(kinds.first) * width, coupling.shape[1]),
        rest=products.rest,
    )
