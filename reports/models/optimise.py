"""The optimum of a criterion over covariance parameters, boundary included, and how the search ended.

L-BFGS-B finds the neighbourhood, Newton steps with the exact Hessian the optimum itself, to rounding. A
variance of zero or a correlation of one is a boundary of the cone of Sigma: there the derivative by theta
vanishes whatever the data say, so what is checked is the derivative by Sigma, which must not point back into
the cone (Karush, Kuhn & Tucker). Where it does, the search starts again from inside.

There may be several optima at the boundary. A search that ends there is done again from smaller variances,
and the lower criterion counts.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from scipy.optimize import minimize

from reports.models.columns import Floats
from reports.models.covariance import Parameters, root

RESTARTS = 6
SMALL = 0.1
"""Standard deviations of the second start, in units of the residual one. Of 150 simulated fits without any
true variance, 14 ended above the optimum from the first start alone, by up to 3.3, and 2 of them from both,
by up to 0.002."""
NOISE = 1e-12
"""Relative error of a criterion, by rounding."""
NEWTON_STEPS = 40
CLOSE = 1e-8
"""Relative gain of a step at which L-BFGS-B gives way to Newton, whose last steps cost less."""
DECREMENT = 1e-14
"""Predicted gain, in units of the criterion, below which a Newton step is not worth taking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A criterion differentiated twice. ``by_sigma`` has D for every term: d criterion = tr(D dSigma)."""

    value: float
    gradient: Floats
    hessian: Floats
    by_sigma: tuple[Floats, ...]


class Criterion(Protocol):
    """What is minimised."""

    parameters: Parameters

    def first(self, theta: Floats) -> tuple[float, Floats]:
        """Value and gradient by theta."""
        ...

    def second(self, theta: Floats) -> Point:
        """Value, gradient and Hessian by theta, and the derivative by Sigma."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """Where a search ended.

    Attributes:
        free: parameters not held by the boundary.
        gradient: largest absolute derivative by a free parameter.
        decrement: gain that one more Newton step would promise.
        converged: both are negligible and the boundary conditions hold.
        evaluations: times the criterion was computed.
    """

    theta: Floats
    point: Point
    free: np.typing.NDArray[np.bool_]
    gradient: float
    decrement: float
    converged: bool
    evaluations: int


def optimise(criterion: Criterion, start: Floats | None = None) -> Optimum:
    """Minimise a criterion from ``start`` (default: unit variances).

    A start is taken to be near the optimum, where Newton's method alone is there in a few steps; where it is
    not, the search begins anew.
    """
    evaluations = 0
    if start is not None:
        near = _polish(criterion, np.array(start, dtype=float), evaluations)
        if near.converged:
            return near
        evaluations = near.evaluations
    first = criterion.parameters.start()
    found = _search(criterion, first, evaluations)
    if not _at_boundary(criterion.parameters, found):
        return found
    theta, value, count = _descend(criterion, SMALL * first)
    evaluations = found.evaluations + count
    if value < found.point.value - NOISE * (1.0 + abs(found.point.value)):
        return _search(criterion, theta, evaluations)
    return replace(found, evaluations=evaluations)


def _search(criterion: Criterion, theta: Floats, evaluations: int) -> Optimum:
    """The optimum that is reached from ``theta``."""
    best: Optimum | None = None
    for _ in range(RESTARTS):
        if len(theta):
            theta, _, count = _descend(criterion, theta)
            evaluations += count
        found = _polish(criterion, theta, evaluations)
        evaluations = found.evaluations
        if best is None or found.point.value < best.point.value:
            best = found
        inward = _inward(criterion, found)
        if inward is None:
            break
        theta = inward
    assert best is not None
    return best


def _descend(criterion: Criterion, theta: Floats) -> tuple[Floats, float, int]:
    """Where L-BFGS-B ends, the criterion there, and how often it was computed."""
    search = minimize(
        criterion.first,
        theta,
        jac=True,
        method="L-BFGS-B",
        bounds=[(low if np.isfinite(low) else None, None) for low in criterion.parameters.lower_bounds()],
        options={"maxiter": 1000, "ftol": CLOSE, "gtol": 1e-3, "maxcor": 20},
    )
    return np.asarray(search.x), float(search.fun), int(search.nfev)


def _at_boundary(parameters: Parameters, found: Optimum) -> bool:
    """Is a variance zero, or a correlation one?"""
    triangles = parameters.triangles(found.theta)
    return any(float(np.linalg.svd(T, compute_uv=False).min()) <= 0.0 for T in triangles)


def _polish(criterion: Criterion, theta: Floats, evaluations: int) -> Optimum:
    parameters = criterion.parameters
    theta = canonical(parameters, theta)
    point = criterion.second(theta)
    evaluations += 1
    for _ in range(NEWTON_STEPS):
        free = parameters.free(theta)
        step, decrement = _newton(point, free)
        if decrement < DECREMENT:
            break
        scale, accepted = 1.0, False
        while scale > 1e-4:
            candidate = canonical(parameters, theta + scale * step)
            trial = criterion.second(candidate)
            evaluations += 1
            # Close to the optimum the value cannot tell two points apart; there the promise must shrink.
            noise = NOISE * (1.0 + abs(point.value))
            promise = _newton(trial, parameters.free(candidate))[1]
            if trial.value < point.value - noise or (
                trial.value < point.value + noise and promise < decrement
            ):
                accepted = True
                break
            scale /= 4.0
        if not accepted:
            break
        theta, point = candidate, trial
    free = parameters.free(theta)
    decrement = _newton(point, free)[1]
    steepest = float(np.abs(point.gradient[free]).max()) if free.any() else 0.0
    curved = np.linalg.eigvalsh(point.hessian[np.ix_(free, free)]) if free.any() else np.ones(1)
    found = Optimum(
        theta=theta,
        point=point,
        free=free,
        gradient=steepest,
        decrement=decrement,
        converged=bool(decrement < 1e-8 and curved.min() > -1e-6 * max(1.0, curved.max())),
        evaluations=evaluations,
    )
    if found.converged and _inward(criterion, found) is not None:
        return Optimum(**{**{s: getattr(found, s) for s in Optimum.__slots__}, "converged": False})
    return found


def _newton(point: Point, free: np.typing.NDArray[np.bool_]) -> tuple[Floats, float]:
    """Step downhill on the free parameters, and the gain it promises: g' |H|^-1 g."""
    step = np.zeros_like(point.gradient)
    if not free.any():
        return step, 0.0
    values, vectors = np.linalg.eigh(point.hessian[np.ix_(free, free)])
    slope = vectors.T @ point.gradient[free]
    curvature = np.maximum(np.abs(values), 1e-10 * max(1.0, float(np.abs(values).max())))
    step[free] = -(vectors @ (slope / curvature))
    return step, float(slope @ (slope / curvature))


def canonical(parameters: Parameters, theta: Floats) -> Floats:
    """The same Sigma with a non-negative diagonal of T and zero columns where a pivot vanishes."""
    return parameters.theta([root(T @ T.T) for T in parameters.triangles(theta)])


def _inward(criterion: Criterion, found: Optimum) -> Floats | None:
    """A point inside the cone with a lower criterion, where its slope at the boundary says there is one."""
    parameters = criterion.parameters
    directions: list[tuple[int, Floats]] = []
    triangles = parameters.triangles(found.theta)
    for k, (T, slope) in enumerate(zip(triangles, found.point.by_sigma, strict=True)):
        left, values, _ = np.linalg.svd(T)
        null = left[:, values <= 0.0]
        if not null.size:
            continue
        slopes, vectors = np.linalg.eigh(null.T @ slope @ null)
        if slopes[0] < -1e-7 * max(1.0, float(np.abs(slope).max())):
            directions.append((k, null @ vectors[:, 0]))
    size = 0.01
    while directions and size > 1e-9:
        moved = list(triangles)
        for k, direction in directions:
            moved[k] = root(triangles[k] @ triangles[k].T + size * np.outer(direction, direction))
        theta = parameters.theta(moved)
        if criterion.first(theta)[0] < found.point.value - 1e-9:
            return theta
        size /= 4.0
    return None
