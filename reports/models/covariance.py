"""The covariance parameters of a mixed model in their three forms, and the derivatives between them.

For a random term of width k, with everything relative to the residual variance:

    theta   the lower triangle of T by columns (lme4's theta), diagonal >= 0
    T       k x k lower triangular, Lambda = I (x) T
    phi     the lower triangle of Sigma = T T' by columns; V = I + sum_i phi_i G_i is linear in it

The engine differentiates by phi, where it is easy, and optimises in theta, where Sigma cannot leave its cone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reports.models.columns import Floats

ZERO_PIVOT = 1e-9
"""A pivot of Sigma below this part of its diagonal counts as zero."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter of one term: element (row, column) of its lower triangle."""

    term: int
    row: int
    column: int

    @property
    def on_diagonal(self) -> bool:
        """Whether it is a variance."""
        return self.row == self.column

    @property
    def ones(self) -> tuple[tuple[int, int], ...]:
        """Positions of ones in dSigma / dphi."""
        if self.on_diagonal:
            return ((self.row, self.column),)
        return ((self.row, self.column), (self.column, self.row))


@dataclass(frozen=True)
class Parameters:
    """The list of parameters of terms of given widths."""

    widths: tuple[int, ...]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All parameters, term by term, each triangle by columns."""
        return tuple(
            Entry(term, row, column)
            for term, width in enumerate(self.widths)
            for column in range(width)
            for row in range(column, width)
        )

    def __len__(self) -> int:
        return sum(width * (width + 1) // 2 for width in self.widths)

    def triangles(self, theta: Floats) -> list[Floats]:
        """T of every term."""
        out = [np.zeros((width, width)) for width in self.widths]
        for entry, value in zip(self.entries, theta, strict=True):
            out[entry.term][entry.row, entry.column] = value
        return out

    def theta(self, triangles: Sequence[Floats]) -> Floats:
        """The lower triangles as one vector."""
        return np.array([triangles[e.term][e.row, e.column] for e in self.entries])

    def gradient(self, by_sigma: Sequence[Floats], theta: Floats) -> Floats:
        """Derivative by theta from symmetric matrices D with d f = tr(D dSigma) for every term."""
        return self.theta([2.0 * d @ t for d, t in zip(by_sigma, self.triangles(theta), strict=True)])

    def jacobian(self, theta: Floats) -> Floats:
        """d phi_i / d theta_j, shape (m, m)."""
        triangles = self.triangles(theta)
        entries = self.entries
        out = np.zeros((len(entries), len(entries)))
        for i, s in enumerate(entries):
            for j, t in enumerate(entries):
                if s.term == t.term:
                    T = triangles[s.term]
                    out[i, j] = (s.row == t.row) * T[s.column, t.column] + (s.column == t.row) * T[
                        s.row, t.column
                    ]
        return out

    def curvature(self, by_sigma: Sequence[Floats]) -> Floats:
        """sum_i (df/dphi_i) d2 phi_i / d theta_j d theta_k: 2 D[row_j, row_k] where the columns agree."""
        entries = self.entries
        out = np.zeros((len(entries), len(entries)))
        for i, s in enumerate(entries):
            for j, t in enumerate(entries):
                if s.term == t.term and s.column == t.column:
                    out[i, j] = 2.0 * by_sigma[s.term][s.row, t.row]
        return out

    def start(self) -> Floats:
        """Unit variances, no correlation."""
        return np.array([float(e.on_diagonal) for e in self.entries])

    def lower_bounds(self) -> Floats:
        """0 for the diagonal of T, else none."""
        return np.array([0.0 if e.on_diagonal else -np.inf for e in self.entries])

    def free(self, theta: Floats) -> np.typing.NDArray[np.bool_]:
        """Parameters in columns of T whose pivot is not zero: the others sit on the boundary."""
        triangles = self.triangles(theta)
        return np.array([triangles[e.term][e.column, e.column] > 0 for e in self.entries], dtype=bool)


def root(sigma: Floats) -> Floats:
    """Lower triangular T with T T' = Sigma for a positive semidefinite Sigma; a zero pivot gives a zero
    column.
    """
    size = len(sigma)
    T = np.zeros((size, size))
    floor = ZERO_PIVOT * max(float(np.trace(sigma)), 1e-300)
    for j in range(size):
        pivot = sigma[j, j] - T[j, :j] @ T[j, :j]
        if pivot <= floor:
            continue
        T[j, j] = np.sqrt(pivot)
        T[j + 1 :, j] = (sigma[j + 1 :, j] - T[j + 1 :, :j] @ T[j, :j]) / T[j, j]
    return T
