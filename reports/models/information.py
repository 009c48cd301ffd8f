"""Second derivatives of a mixed model by its covariance parameters, from the solved cross-products.

With V = I + sum_i phi_i G_i, G_i = Z_k (I (x) E_i) Z_k', P = V^-1 - V^-1 X Phi X' V^-1, Phi = (X' V^-1 X)^-1
and F = Z' V^-1 Z, everything is a contraction of F, U = Z' V^-1 X and v = Z' P y:

    d log|V|       = tr(E_i F)                    d2 log|V|       = -tr(E_i F E_j F)
    d log|X'V^-1X| = -tr(Phi U'E_i U)             tr(P G_i P G_j) = tr(E_iFE_jF) - 2 tr(Phi Q_ij) + tr(Phi P_i
    Phi P_j) d r^2          = -v'E_i v                     d2 r^2          = 2 v'E_i (F - U Phi U') E_j v

with P_i = U'E_i U and Q_ij = U'E_i F E_j U. These serve Newton's method, Satterthwaite (the observed
information) and Kenward & Roger (the expected one) alike; see Bates et al. (2015), Kenward & Roger (1997, eq.
3-5). F itself is never
formed for the term that was eliminated by blocks: there F_11 = D - U_1 K U_1' (block-diagonal minus low
    rank).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from reports.models.columns import Floats
from reports.models.covariance import Entry
from reports.models.factor import Factor, apply_blocks
from reports.models.products import Couplings
from reports.models.sweep import Sweep

Effects = list[Floats]
"""One array of shape (levels, width, m) per term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """Derivatives by phi; m parameters, p fixed effects.

    Attributes:
        trace: tr(E_i F), shape (m,).
        trace2: tr(E_i F E_j F), shape (m, m).
        fixed: P_i, shape (m, p, p).
        fixed2: Q_ij, shape (m, m, p, p).
        residual, residual2: first and second derivatives of r^2.
        by_sigma: sum over levels of the diagonal blocks of F, one (width, width) matrix per term.
    """

    trace: Floats
    trace2: Floats
    fixed: Floats
    fixed2: Floats
    residual: Floats
    residual2: Floats
    by_sigma: tuple[Floats, ...]

    def restricted_trace(self, phi: Floats) -> Floats:
        """tr(P G_i)."""
        return np.asarray(self.trace - np.einsum("ab,iba->i", phi, self.fixed))

    def restricted_trace2(self, phi: Floats) -> Floats:
        """tr(P G_i P G_j)."""
        scaled = phi @ self.fixed
        both = np.einsum("iab,jba->ij", scaled, scaled)
        return np.asarray(self.trace2 - 2.0 * np.einsum("ab,ijba->ij", phi, self.fixed2) + both)


def information(sweep: Sweep, entries: Sequence[Entry]) -> Information:
    """Differentiate a solved model twice by the covariance parameters named in ``entries``."""
    inner = _Inner(sweep.factor)
    count, p = len(entries), len(sweep.coefficients)
    both = [
        np.concatenate([u, v[:, :, None]], axis=2)
        for u, v in zip(sweep.random_x, sweep.random_residual, strict=True)
    ]
    swapped = [_apply_entry(entry, both) for entry in entries]
    first = np.array([_dot(both, each) for each in swapped]).reshape(count, p + 1, p + 1)
    second = np.zeros((count, count, p + 1, p + 1))
    for j in range(count):
        image = inner.times(swapped[j])
        for i in range(count):
            second[i, j] = _dot(swapped[i], image)
    cross = first[:, :p, p]
    phi = sweep.covariance_fixed
    by_sigma = inner.level_sums()
    trace2 = np.zeros((count, count))
    for i in range(count):
        for j in range(i + 1):
            trace2[i, j] = trace2[j, i] = inner.trace2(entries[i], entries[j])
    return Information(
        trace=np.array([sum(by_sigma[e.term][a, b] for a, b in e.ones) for e in entries]),
        trace2=trace2,
        fixed=first[:, :p, :p],
        fixed2=second[:, :, :p, :p],
        residual=-first[:, p, p],
        residual2=2.0 * (second[:, :, p, p] - cross @ phi @ cross.T),
        by_sigma=tuple(by_sigma),
    )


class _Inner:
    """F = Z' V^-1 Z in parts."""

    def __init__(self, factor: Factor) -> None:
        self.factor = factor
        half = factor.forward(factor.scaled.T)
        self.rest = factor.inner - half.T @ half
        if factor.swept is None:
            return
        self.width, self.kinds = factor.width, factor.products.kinds
        self.reach = np.eye(len(self.rest)) - factor.kernel @ factor.inner
        """F_1R = U reach."""
        reached = self._columns(factor.coupling @ factor.kernel)
        plain = self._columns(factor.coupling)
        rows = [[_row_dot(one, other) for other in plain] for one in reached]
        self.low = np.asarray(rows).transpose(2, 0, 1)
        """Diagonal blocks of U K U', shape (kinds, k, k)."""

    def _columns(self, matrix: Couplings) -> list[Couplings]:
        return [matrix[a :: self.width] for a in range(self.width)]

    def level_sums(self) -> list[Floats]:
        """Sum over levels of the diagonal blocks of F, per term."""
        out: list[Floats] = []
        for k, shape in enumerate(self.factor.shapes):
            if k == self.factor.swept:
                out.append(np.tensordot(self.kinds.count, self.factor.own - self.low, 1))
            else:
                block = self.rest[shape.span, shape.span].reshape(
                    shape.levels, shape.width, shape.levels, shape.width
                )
                out.append(np.einsum("lalb->ab", block))
        return out

    def times(self, effects: Effects) -> Effects:
        """F applied to columns."""
        factor = self.factor
        size, columns = len(self.rest), effects[0].shape[2] if effects else 0
        rest = np.zeros((size, columns))
        for k in factor.rest:
            rest[factor.shapes[k].span] = effects[k].reshape(-1, columns)
        image = self.rest @ rest
        own = np.empty((0, columns))
        if factor.swept is not None:
            given = effects[factor.swept].reshape(-1, columns)
            across = factor.coupling.T @ self.kinds.sum_rows(given, self.width)
            image = image + self.reach.T @ across
            reached = factor.coupling @ (self.reach @ rest - factor.kernel @ across)
            own = np.asarray(apply_blocks(self.kinds.spread(factor.own), given))
            own = own + self.kinds.spread_rows(np.asarray(reached), self.width)
        out: Effects = []
        for k, shape in enumerate(factor.shapes):
            part = own if k == factor.swept else image[shape.span]
            out.append(part.reshape(shape.levels, shape.width, columns))
        return out

    def trace2(self, i: Entry, j: Entry) -> float:
        """tr(E_i F E_j F) = sum over ones (x, y) of E_i and (z, w) of E_j of sum_{l,l'} F[ly, l'z] F[lx,
        l'w].
        """
        total = 0.0
        for x, y in i.ones:
            for z, w in j.ones:
                total += self._pair(i.term, j.term, x, y, z, w)
        return total

    def _pair(self, s: int, t: int, x: int, y: int, z: int, w: int) -> float:
        factor = self.factor
        if s == factor.swept and t == factor.swept:
            K, G = factor.kernel, factor.own_grams
            one, other = factor.own[:, y, z], factor.own[:, x, w]
            blocks = one * other - one * self.low[:, x, w] - other * self.low[:, y, z]
            return float(self.kinds.count @ blocks + np.vdot((G[x, y] @ K).T, G[z, w] @ K))
        if t == factor.swept:
            s, t, x, y, z, w = t, s, w, z, y, x
        shape = factor.shapes[t]
        right_z, right_w = (slice(shape.start + a, shape.start + shape.columns, shape.width) for a in (z, w))
        if s == factor.swept:
            inner = self.reach[:, right_z].T @ factor.own_grams[y, x] @ self.reach[:, right_w]
            return float(np.trace(inner))
        left = factor.shapes[s]
        left_x, left_y = (slice(left.start + a, left.start + left.columns, left.width) for a in (x, y))
        return float(np.einsum("ij,ij->", self.rest[left_y, right_z], self.rest[left_x, right_w]))


def _apply_entry(entry: Entry, effects: Effects) -> Effects:
    out = [np.zeros_like(e) for e in effects]
    for a, b in entry.ones:
        out[entry.term][:, a] += effects[entry.term][:, b]
    return out


def _dot(left: Effects, right: Effects) -> Floats:
    return np.asarray(
        sum(a.reshape(-1, a.shape[2]).T @ b.reshape(-1, b.shape[2]) for a, b in zip(left, right, strict=True))
    )


def _row_dot(left: Couplings, right: Couplings) -> Floats:
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return np.asarray((left * right).sum(axis=1))
    return np.asarray(sparse.csr_array(right).multiply(left).sum(axis=1), dtype=np.float64).ravel()
