"""Linear mixed models by (restricted) maximum likelihood.

    y | b ~ N(X beta + Z b, sigma^2 W^-1),     b_k,l ~ N(0, sigma^2 T_k T_k')  for level l of term k

sigma and beta are profiled out, so that the criterion is a function of theta alone (Bates et al. 2015, eq.
34-42):

    ML    log|V| + n (1 + log(2 pi r^2 / n)) - sum log w
    REML  log|V| + log|X'V^-1X| + (n - p)(1 + log(2 pi r^2 / (n - p))) - sum log w

with V and r^2 as in ``sweep``. Where the residual variances are known (sigma = 1), r^2 takes the place of the
last term but one. Inside, X is orthonormal (X = Q R) and y is what least squares leaves of it; both change
nothing but rounding, and are undone at the end.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from reports.errors import Refused
from reports.models.columns import Floats
from reports.models.conditional import conditional_blocks
from reports.models.covariance import Parameters
from reports.models.design import Design
from reports.models.information import Information, information
from reports.models.optimise import Optimum, Point, optimise
from reports.models.products import Layout, Products
from reports.models.sweep import Sweep

LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A design made ready: rows counted, X orthonormal. Serves any response on the same rows.

    Attributes:
        triangle: R with X = Q R, shape (p, p).
    """

    design: Design
    layout: Layout
    triangle: Floats
    weights: Floats

    @property
    def parameters(self) -> Parameters:
        """Its covariance parameters."""
        return Parameters(tuple(block.width for block in self.design.blocks))


class ProfiledDeviance:
    """The criterion as a function of theta.

    Args:
        layout: where the columns lie.
        products: their cross-products.
        parameters: the covariance parameters.
        n: rows.
        reml: restricted likelihood.
        known: whether sigma is known to be 1.
        constant: what the criterion holds besides; see the module.
    """

    def __init__(
        self,
        layout: Layout,
        products: Products,
        parameters: Parameters,
        *,
        n: int,
        reml: bool,
        known: bool,
        constant: float = 0.0,
    ) -> None:
        self.layout, self.products, self.parameters = layout, products, parameters
        self.reml, self.known, self.constant = reml, known, constant
        self.df = n - layout.columns.shape[1] if reml else n

    def sweep(self, theta: Floats) -> Sweep:
        """Solve one theta."""
        layout = self.layout
        return Sweep(self.products, layout.shapes, layout.swept, self.parameters.triangles(theta))

    def value(self, sweep: Sweep) -> float:
        """The criterion of a solved theta."""
        logs = sweep.log_det + self.constant + (sweep.log_det_fixed if self.reml else 0.0)
        if self.known:
            return logs + sweep.residual + self.df * LOG_2PI
        return logs + self.df * (1.0 + LOG_2PI + float(np.log(sweep.residual / self.df)))

    def sigma2(self, sweep: Sweep) -> float:
        """Residual variance of a solved theta."""
        return 1.0 if self.known else sweep.residual / self.df

    def first(self, theta: Floats) -> tuple[float, Floats]:
        """Criterion and gradient."""
        sweep = self.sweep(theta)
        slopes: list[Floats] = []
        scale = 1.0 / self.sigma2(sweep)
        for k, sums in enumerate(sweep.factor.level_sums()):
            v = sweep.random_residual[k]
            pull = scale * (v.T @ v)
            if self.reml:
                g = sweep.random_x[k] @ sweep.root_covariance
                flat = g.transpose(1, 0, 2).reshape(g.shape[1], -1)
                pull = pull + flat @ flat.T
            slopes.append(2.0 * (sums - pull @ sweep.triangles[k]))
        return self.value(sweep), self.parameters.theta(slopes)

    def second(self, theta: Floats) -> Point:
        """Criterion with exact gradient and Hessian."""
        sweep = self.sweep(theta)
        return self.differentiate(sweep, information(sweep, self.parameters.entries), theta)

    def differentiate(self, sweep: Sweep, info: Information, theta: Floats) -> Point:
        """As ``second``, from a sweep and its information."""
        scale = 1.0 / self.sigma2(sweep)
        phi = sweep.covariance_fixed
        trace = info.restricted_trace(phi) if self.reml else info.trace
        trace2 = info.restricted_trace2(phi) if self.reml else info.trace2
        slope = trace + scale * info.residual
        hessian = -trace2 + scale * info.residual2
        if not self.known:
            hessian = hessian - np.outer(info.residual, info.residual) * scale**2 / self.df
        by_sigma = []
        for k, sums in enumerate(info.by_sigma):
            v = sweep.random_residual[k]
            matrix = sums - scale * (v.T @ v)
            if self.reml:
                g = sweep.random_x[k] @ sweep.root_covariance
                matrix = matrix - np.einsum("lap,lbp->ab", g, g)
            by_sigma.append(matrix)
        jacobian = self.parameters.jacobian(theta)
        return Point(
            value=self.value(sweep),
            gradient=jacobian.T @ slope,
            hessian=jacobian.T @ hessian @ jacobian + self.parameters.curvature(by_sigma),
            by_sigma=tuple(by_sigma),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """A fitted linear mixed model.

    Attributes:
        coefficients: beta-hat, shape (p,).
        covariance: its covariance matrix, shape (p, p).
        sigma2: residual variance.
        sigmas: covariance matrix of every term, in units of the response; shape (width, width).
        value: the criterion.
    """

    problem: Problem
    deviance: ProfiledDeviance
    optimum: Optimum
    sweep: Sweep
    coefficients: Floats
    covariance: Floats
    sigma2: float
    sigmas: tuple[Floats, ...]
    value: float

    @property
    def design(self) -> Design:
        """What was fitted."""
        return self.problem.design

    @property
    def reml(self) -> bool:
        """Whether the likelihood was restricted."""
        return self.deviance.reml

    @property
    def modes(self) -> list[Floats]:
        """Conditional modes of the random effects per term, shape (levels, width)."""
        return [b / block.scale for b, block in zip(self.sweep.modes, self.design.blocks, strict=True)]

    @property
    def conditional(self) -> list[Floats]:
        """Covariance of the random effects given the data and the parameters, shape (levels, width,
        width).
        """
        blocks = conditional_blocks(self.sweep.factor)
        return [
            self.sigma2 * c / np.outer(b.scale, b.scale)
            for c, b in zip(blocks, self.design.blocks, strict=True)
        ]

    @property
    def inverse_triangle(self) -> Floats:
        """R^-1, from the inner columns of X to those of the model."""
        return invert(self.problem.triangle)


def prepare(design: Design) -> Problem:
    """Make a design ready to be fitted.

    Raises:
        Refused: too few rows for the parameters.
    """
    n, p = design.n, len(design.names)
    if n <= p:
        raise Refused(f"{n} rows cannot carry {p} fixed effects")
    weights = design.observed.weights
    if not design.observed.known:
        for block in design.blocks:
            count = len(block.levels) * block.width
            if count >= n:
                raise Refused(
                    f"({' + '.join(block.names)} | {block.group}) has {count} random effects on {n} rows, "
                    "so they cannot be told from the residual; leave the term out or give residual variances"
                )
    by_cell = np.bincount(design.cell, weights, minlength=len(design.columns)).astype(np.float64)
    columns, triangle = orthonormal(design.columns, by_cell)
    return Problem(
        design=design, layout=Layout(design.blocks, design.cell, columns), triangle=triangle, weights=weights
    )


def solve(
    problem: Problem, response: Floats | None = None, *, reml: bool = True, start: Floats | None = None
) -> LinearModel:
    """Fit a problem, to its own response or another one on the same rows.

    Raises:
        Refused: the effects reproduce the response exactly, so there is no residual variance.
    """
    layout, weights = problem.layout, problem.weights
    y = problem.design.observed.value if response is None else response
    shift = layout.fixed_transposed(weights * y)
    rest = y - (layout.columns @ shift)[layout.cell]
    products = layout.products(weights, rest)
    products.fixed[-1, -1] += problem.design.observed.within
    if products.fixed[-1, -1] <= 1e-20 * float(weights @ y**2):
        raise Refused("the fixed effects reproduce the response exactly; there is nothing left to model")
    constant = -problem.design.observed.log_weights
    if reml:
        constant += 2.0 * float(np.log(np.abs(np.diagonal(problem.triangle))).sum())
    known = problem.design.observed.known
    deviance = ProfiledDeviance(
        layout, products, problem.parameters, n=problem.design.n, reml=reml, known=known, constant=constant
    )
    optimum = optimise(deviance, start)
    sweep = deviance.sweep(optimum.theta)
    sigma2 = deviance.sigma2(sweep)
    if sigma2 * problem.design.n <= 1e-12 * products.fixed[-1, -1]:
        raise Refused("the model reproduces the response exactly; there is no residual variance to estimate")
    inverse = invert(problem.triangle)
    relative = [T @ T.T for T in sweep.triangles]
    return LinearModel(
        problem=problem,
        deviance=deviance,
        optimum=optimum,
        sweep=sweep,
        coefficients=inverse @ (sweep.coefficients + shift),
        covariance=sigma2 * inverse @ sweep.covariance_fixed @ inverse.T,
        sigma2=sigma2,
        sigmas=tuple(
            sigma2 * s / np.outer(b.scale, b.scale)
            for s, b in zip(relative, problem.design.blocks, strict=True)
        ),
        value=optimum.point.value,
    )


def orthonormal(columns: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Columns Q and triangle R with columns = Q R and Q' diag(weights) Q = I."""
    triangle = np.asarray(np.linalg.qr(np.sqrt(weights)[:, None] * columns, mode="r"))
    return np.asarray(solve_triangular(triangle, columns.T, trans="T", check_finite=False).T), triangle


def invert(triangle: Floats) -> Floats:
    """Inverse of an upper triangle."""
    return np.asarray(solve_triangular(triangle, np.eye(len(triangle)), check_finite=False))
