"""Levels of the largest random term that look the same to the rest of a model.

Seeds of one regime that sat the same tests have the same cross-products with everything but the response. For
such levels D_l, N_l and the rows of C_1R are equal, so that sums over levels are sums over kinds, times their
sizes: in a study of thousands of runs the dense products shrink from runs to arms, and nothing is lost.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from reports.models.columns import Floats, Ints


@dataclass(frozen=True)
class Kinds:
    """Which levels are alike.

    Attributes:
        of: kind of each level, shape (levels,).
        first: a level of each kind, shape (kinds,).
    """

    of: Ints
    first: Ints

    @classmethod
    def each(cls, levels: int) -> "Kinds":
        """Every level a kind of its own."""
        return cls(np.arange(levels), np.arange(levels))

    @classmethod
    def alike(cls, rows: Floats) -> "Kinds":
        """Levels with equal rows; ``rows`` has shape (levels, any)."""
        seen: dict[bytes, int] = {}
        of = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows], dtype=np.int64)
        if len(seen) == len(rows):
            return cls.each(len(rows))
        return cls(of, np.unique(of, return_index=True)[1])

    @cached_property
    def count(self) -> Floats:
        """Levels of each kind, shape (kinds,)."""
        return np.bincount(self.of, minlength=len(self.first)).astype(np.float64)

    @property
    def distinct(self) -> bool:
        """Whether every level is a kind of its own."""
        return len(self.first) == len(self.of)

    @cached_property
    def _membership(self) -> sparse.csr_array:
        where = (self.of, np.arange(len(self.of)))
        return sparse.csr_array((np.ones(len(self.of)), where), shape=(len(self.first), len(self.of)))

    def spread(self, kinds: Floats) -> Floats:
        """What each kind has, given to its levels: (kinds, ...) to (levels, ...)."""
        return kinds if self.distinct else kinds[self.of]

    def spread_rows(self, rows: Floats, width: int) -> Floats:
        """As ``spread`` for ``width`` rows a kind, one below the other: (kinds * width, m) to levels."""
        if self.distinct:
            return rows
        wide = self.spread(rows.reshape(len(self.first), width, rows.shape[1]))
        return wide.reshape(len(self.of) * width, rows.shape[1])

    def sum_rows(self, rows: Floats, width: int) -> Floats:
        """Sums over the levels of each kind: (levels * width, m) to (kinds * width, m)."""
        if self.distinct:
            return rows
        wide = rows.reshape(len(self.of), width * rows.shape[1])
        return np.asarray(self._membership @ wide).reshape(len(self.first) * width, rows.shape[1])
