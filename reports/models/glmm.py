"""Binomial mixed models with the logit link, by Laplace's approximation.

Rows with the same covariates and levels are added up first; the likelihood is that of ``laplace``, its joint
optimum over theta and beta what glmer(nAGQ = 1) looks for. The start comes from penalised quasi-likelihood
(Breslow & Clayton 1993): linear mixed models on the working response, whose Hessians are also the first guess
of the curvature. The covariance of beta is its block of the inverse of half the joint Hessian, so it counts
the uncertainty of theta.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from reports.errors import Refused
from reports.models.columns import Floats, Ints, first_and_inverse
from reports.models.conditional import conditional_blocks
from reports.models.covariance import Parameters
from reports.models.design import Block, Design
from reports.models.joint import JointOptimum, minimise_jointly
from reports.models.laplace import LaplaceDeviance
from reports.models.lmm import ProfiledDeviance, invert, orthonormal
from reports.models.optimise import Optimum, Point, optimise
from reports.models.pirls import effects
from reports.models.products import Layout
from reports.models.sweep import Sweep

ROUNDS = 8
"""Most rounds of penalised quasi-likelihood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinomialModel:
    """A fitted binomial mixed model; attributes as in ``lmm.LinearModel``.

    Attributes:
        layout: of the distinct combinations of covariates and levels.
        cell: combination of every row, shape (n,).
        weights: W at the modes, one for each combination.
        conditional: covariance of the random effects of every term given the rest, shape (levels, width,
            width).
    """

    design: Design
    layout: Layout
    optimum: Optimum
    coefficients: Floats
    covariance: Floats
    sigmas: tuple[Floats, ...]
    modes: list[Floats]
    conditional: list[Floats]
    value: float
    cell: Ints
    weights: Floats

    @property
    def sweep(self) -> Sweep:
        """The weighted least squares at the modes, with nothing for a response."""
        triangles = Parameters(tuple(block.width for block in self.layout.blocks)).triangles(
            self.optimum.theta
        )
        products = self.layout.products(self.weights, np.zeros(self.layout.n))
        return Sweep(products, self.layout.shapes, self.layout.swept, triangles)


def solve_binomial(design: Design) -> BinomialModel:
    """Fit a design whose response is counts.

    Raises:
        Refused: every trial has the same outcome.
    """
    observed = design.observed
    blocks, cell, successes, trials, row = add_up(design)
    share = successes.sum() / trials.sum()
    if share in (0.0, 1.0):
        raise Refused("every trial has the same outcome; there is nothing to model")
    by_cell = np.bincount(cell, trials, minlength=len(design.columns)) * share * (1.0 - share)
    columns, triangle = orthonormal(design.columns, by_cell)
    layout = Layout(blocks, cell, columns)
    parameters = Parameters(tuple(block.width for block in blocks))
    point, hessian, modes = _quasi_likelihood(layout, parameters, successes, trials)
    deviance = LaplaceDeviance(layout, parameters, successes, trials, modes)
    found = minimise_jointly(deviance, point, hessian)
    count = len(parameters)
    triangles = parameters.triangles(found.point[:count])
    final = deviance.mode(found.point[:count], found.point[count:])
    inverse = invert(triangle)
    covariance = inverse @ _coefficient_covariance(found, count) @ inverse.T
    return BinomialModel(
        design=design,
        layout=layout,
        optimum=_as_optimum(found, count, deviance.evaluations, final.converged),
        coefficients=inverse @ found.point[count:],
        covariance=covariance,
        sigmas=tuple(T @ T.T / np.outer(b.scale, b.scale) for T, b in zip(triangles, blocks, strict=True)),
        modes=[b / block.scale for b, block in zip(effects(final.modes, triangles), blocks, strict=True)],
        conditional=[
            c / np.outer(b.scale, b.scale)
            for c, b in zip(conditional_blocks(final.factor), blocks, strict=True)
        ],
        value=found.value - 2.0 * observed.log_choices,
        cell=row,
        weights=final.weights,
    )


def add_up(design: Design) -> tuple[tuple[Block, ...], Ints, Floats, Floats, Ints]:
    """Rows with the same cell and levels as one: blocks, cells, successes and trials of the sums, and the sum
    that each row went into.
    """
    key, size = design.cell, len(design.columns)
    seen: set[str] = set()
    for block in design.blocks:
        if block.group in seen:
            continue
        seen.add(block.group)
        if size * len(block.levels) > 2**62:
            _, key = np.unique(key, return_inverse=True)
            size = int(key.max()) + 1
        key, size = key * len(block.levels) + block.codes, size * len(block.levels)
    first, inverse = first_and_inverse(key, size)
    blocks = tuple(
        Block(
            group=b.group,
            names=b.names,
            levels=b.levels,
            codes=b.codes[first],
            effects=b.effects,
            scale=b.scale,
        )
        for b in design.blocks
    )
    successes = np.bincount(inverse, design.observed.value, minlength=len(first)).astype(np.float64)
    trials = np.bincount(inverse, design.observed.trials, minlength=len(first)).astype(np.float64)
    return blocks, design.cell[first], successes, trials, inverse


def _quasi_likelihood(
    layout: Layout, parameters: Parameters, successes: Floats, trials: Floats
) -> tuple[Floats, Floats, list[Floats]]:
    """A start: theta and gamma, a Hessian there, and the modes u."""
    eta = np.log((successes + 0.5) / (trials - successes + 0.5))
    mean = (successes + 0.5) / (trials + 1.0)
    theta = 0.5 * parameters.start()
    p = layout.columns.shape[1]
    gamma = np.zeros(p)
    modes = [np.zeros((shape.levels, shape.width)) for shape in layout.shapes]
    hessian = np.eye(len(theta) + p)
    for _ in range(ROUNDS):
        weights = np.maximum(trials * mean * (1.0 - mean), 1e-4 * trials)
        working = eta + (successes - trials * mean) / weights
        products = layout.products(weights, working)
        deviance = ProfiledDeviance(layout, products, parameters, n=layout.n, reml=False, known=True)
        optimum = optimise(deviance, np.where(np.abs(theta) < 0.05, 0.05 * parameters.start(), theta))
        sweep = deviance.sweep(optimum.theta)
        before, theta, gamma = theta, optimum.theta, sweep.coefficients
        modes = [v @ T for v, T in zip(sweep.random_residual, sweep.triangles, strict=True)]
        eta = layout.predict(gamma, effects(modes, list(sweep.triangles)))
        mean = expit(eta)
        count = len(theta)
        hessian = np.zeros((count + p, count + p))
        hessian[:count, :count] = _positive(optimum.point.hessian)
        hessian[count:, count:] = 2.0 * sweep.fixed[:p, :p]
        if np.abs(theta - before).max(initial=0.0) < 1e-2:
            break
    return np.concatenate([theta, gamma]), hessian, modes


def _positive(hessian: Floats) -> Floats:
    """The nearest use of a Hessian as a metric: eigenvalues by their size, none tiny."""
    if not len(hessian):
        return hessian
    values, vectors = np.linalg.eigh(hessian)
    size = np.maximum(np.abs(values), 1e-3 * max(1.0, float(np.abs(values).max())))
    return np.asarray((vectors * size) @ vectors.T)


def _coefficient_covariance(found: JointOptimum, count: int) -> Floats:
    inverse = 2.0 * np.linalg.pinv(found.hessian, hermitian=True)
    start = int(found.free[:count].sum())
    return np.asarray(inverse[start:, start:])


def _as_optimum(found: JointOptimum, count: int, evaluations: int, settled: bool) -> Optimum:
    theta_free = found.free[:count]
    size = int(theta_free.sum())
    hessian = np.zeros((count, count))
    hessian[np.ix_(theta_free, theta_free)] = found.hessian[:size, :size]
    return Optimum(
        theta=found.point[:count],
        point=Point(value=found.value, gradient=found.gradient[:count], hessian=hessian, by_sigma=()),
        free=theta_free,
        gradient=float(np.abs(found.gradient[found.free]).max(initial=0.0)),
        decrement=found.decrement,
        converged=found.converged and settled,
        evaluations=evaluations,
    )
