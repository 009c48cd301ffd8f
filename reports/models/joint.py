"""The joint optimum over theta and beta of a criterion whose Hessian is not at hand.

Quasi-Newton steps (BFGS) from a good start with a good first Hessian, then Newton steps with the Hessian from
differences of the exact gradient; that Hessian also gives the covariance of the estimates. Boundaries of the
covariance parameters are treated as in ``optimise``.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reports.models.columns import Floats
from reports.models.covariance import Parameters
from reports.models.optimise import canonical

Mask = np.typing.NDArray[np.bool_]
STEPS = 200
CLOSE = 1e-5
"""Promised gain at which quasi-Newton steps give way to Newton's."""
DONE = 1e-13
DIFFERENCE = 2e-3
"""Step of the differences, in conditional standard errors."""
NUDGE = 1e-3
"""Where a parameter on the boundary is tried, to see whether the criterion falls inwards."""


class Smooth(Protocol):
    """What is minimised: theta first, then free coefficients."""

    parameters: Parameters

    def first(self, point: Floats) -> tuple[float, Floats]:
        """Value and gradient."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JointOptimum:
    """Where the search ended.

    Attributes:
        point: theta and coefficients.
        value, gradient: there.
        hessian: of the free parameters, from differences of the gradient; shape (free, free).
        free: parameters not held by the boundary.
        decrement: gain that one more Newton step would promise.
        converged: it is negligible, the Hessian is positive and the boundary holds.
    """

    point: Floats
    value: float
    gradient: Floats
    hessian: Floats
    free: Mask
    decrement: float
    converged: bool


def minimise_jointly(criterion: Smooth, start: Floats, hessian: Floats) -> JointOptimum:
    """Minimise from ``start`` with a first guess of the Hessian, shape (m, m)."""
    point = _inside(criterion.parameters, start)
    for _ in range(4):
        point = _quasi_newton(criterion, point, hessian)
        found = _newton(criterion, point, hessian)
        inward = _inward(criterion, found)
        if inward is None:
            return found
        point = inward
    return found


def _quasi_newton(criterion: Smooth, point: Floats, hessian: Floats) -> Floats:
    B = hessian.copy()
    value, gradient = criterion.first(point)
    for _ in range(STEPS):
        free = _free(criterion.parameters, point)
        step, decrement = _step(B, gradient, free)
        if decrement < CLOSE:
            break
        scale = 1.0
        while True:
            candidate = _canonical(criterion.parameters, point + scale * step)
            new, new_gradient = criterion.first(candidate)
            if new < value - 1e-4 * scale * decrement or scale < 1e-3:
                break
            scale /= 3.0
        if new >= value:
            break
        moved, change = candidate - point, new_gradient - gradient
        Bs = B @ moved
        along, curved = float(moved @ change), float(moved @ Bs)
        if curved > 0:  # Powell's damping keeps B positive
            share = 1.0 if along >= 0.2 * curved else 0.8 * curved / (curved - along)
            y = share * change + (1.0 - share) * Bs
            B = B - np.outer(Bs, Bs) / curved + np.outer(y, y) / float(moved @ y)
        point, value, gradient = candidate, new, new_gradient
    return point


def _newton(criterion: Smooth, point: Floats, guess: Floats) -> JointOptimum:
    value, gradient = criterion.first(point)
    free = _free(criterion.parameters, point)
    exact = _differences(criterion, point, free, guess)
    for _ in range(10):
        step, decrement = _step(_embed(exact, free), gradient, free)
        if decrement < DONE:
            break
        candidate = _canonical(criterion.parameters, point + step)
        new, new_gradient = criterion.first(candidate)
        now_free = _free(criterion.parameters, candidate)
        if new > value + 1e-9 * (1.0 + abs(value)):
            break
        if not np.array_equal(now_free, free) or decrement > 1e-2:
            exact = _differences(criterion, candidate, now_free, guess)
        after = _step(_embed(exact, now_free), new_gradient, now_free)[1]
        point, value, gradient, free = candidate, new, new_gradient, now_free
        if after >= decrement:  # rounding is reached
            break
        if decrement > 1e-6 and after > 1e-9:
            exact = _differences(criterion, point, free, guess)
    if free.any():
        exact = _differences(criterion, point, free, guess)
    decrement = _step(_embed(exact, free), gradient, free)[1]
    positive = bool(np.linalg.eigvalsh(exact).min() > 0) if free.any() else True
    return JointOptimum(
        point=point,
        value=value,
        gradient=gradient,
        hessian=exact,
        free=free,
        decrement=decrement,
        converged=positive and decrement < 1e-7,
    )


def _differences(criterion: Smooth, point: Floats, free: Mask, guess: Floats) -> Floats:
    """Hessian of the free parameters by central differences of the gradient."""
    where = np.flatnonzero(free)
    out = np.empty((len(where), len(where)))
    for i, j in enumerate(where):
        h = DIFFERENCE * float(np.sqrt(2.0 / max(abs(guess[j, j]), 1e-8)))
        h = min(h, 0.05)
        shift = np.zeros_like(point)
        shift[j] = h
        up, down = criterion.first(point + shift)[1], criterion.first(point - shift)[1]
        out[i] = (up[where] - down[where]) / (2.0 * h)
    return (out + out.T) / 2.0


def _step(hessian: Floats, gradient: Floats, free: Mask) -> tuple[Floats, float]:
    step = np.zeros_like(gradient)
    if not free.any():
        return step, 0.0
    values, vectors = np.linalg.eigh(hessian[np.ix_(free, free)])
    curvature = np.maximum(np.abs(values), 1e-8 * max(1.0, float(np.abs(values).max())))
    slope = vectors.T @ gradient[free]
    step[free] = -(vectors @ (slope / curvature))
    return step, float(slope @ (slope / curvature))


def _embed(hessian: Floats, free: Mask) -> Floats:
    out = np.eye(len(free))
    out[np.ix_(free, free)] = hessian
    return out


def _free(parameters: Parameters, point: Floats) -> Mask:
    count = len(parameters)
    return np.concatenate([parameters.free(point[:count]), np.ones(len(point) - count, dtype=bool)])


def _canonical(parameters: Parameters, point: Floats) -> Floats:
    count = len(parameters)
    return np.concatenate([canonical(parameters, point[:count]), point[count:]])


def _inside(parameters: Parameters, point: Floats) -> Floats:
    """The point with every pivot at least 0.05, so that no variance starts on the boundary."""
    out = point.copy()
    for i, entry in enumerate(parameters.entries):
        if entry.on_diagonal:
            out[i] = max(abs(out[i]), 0.05)
    return out


def _inward(criterion: Smooth, found: JointOptimum) -> Floats | None:
    """A point off the boundary with a lower criterion, where its slope says there is one, else None."""
    directions = []
    for i, entry in enumerate(criterion.parameters.entries):
        if entry.on_diagonal and not found.free[i]:
            trial = found.point.copy()
            trial[i] = NUDGE
            if criterion.first(trial)[1][i] < -1e-6 * NUDGE:
                directions.append(i)
    size = 0.1
    while directions and size > 1e-4:
        moved = found.point.copy()
        moved[directions] = size
        if criterion.first(moved)[0] < found.value - 1e-9:
            return moved
        size /= 2.0
    return None
