"""Profile-likelihood intervals of every parameter of a linear mixed model, as lme4's ``confint`` gives them.

A parameter's profile is the maximum-likelihood deviance with that parameter held at a value and all others at
their best (Bates et al. 2015, section 5.1). Its interval ends where the deviance has risen by the quantile of
chi-squared with one degree of freedom. The parameters are the fixed effects, the standard deviations and
correlations of the random effects, and sigma; the fit is by maximum likelihood, also where it was by REML.

With sigma not profiled out the deviance is

    d(theta, sigma) = log|V| + r^2(theta) / sigma^2 + n log(2 pi sigma^2) - sum log w

A fixed effect is held by taking c x_j from the response and x_j from X; the others by a constraint.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.optimize import NonlinearConstraint, brentq, minimize

from reports.errors import BadFormula, Refused
from reports.models.columns import Floats
from reports.models.covariance import Parameters
from reports.models.distributions import chi2_quantile
from reports.models.lmm import LOG_2PI, LinearModel, prepare, solve
from reports.models.result import Fit
from reports.models.threads import one_thread

_NEAR_ZERO = 1e-7
_LIFT = 0.05
_WIDENINGS = 60
_WIDEST = 12.0
"""How far log sigma may go from its estimate."""
_Constraint = Callable[[Floats], float]
_Move = Callable[[Floats, float], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """One parameter: its name, estimate, range and profile."""

    labels: tuple[str, str | None, str | None, str | None]
    estimate: float
    step: float
    low: float
    high: float
    deviance: Callable[[float], float]


@one_thread
def profile_intervals(fit: Fit, *, level: float = 0.95) -> pl.DataFrame:
    """Intervals from the profile likelihood.

    Args:
        fit: a linear model; sizes of thousands of rows are a matter of seconds.
        level: coverage.

    Returns:
        parameter (fixed, sd, corr or sigma), group, term1, term2, estimate (by maximum likelihood), conf_low,
        conf_high. An end that lies on the boundary of what is possible is that boundary; a correlation with a
        variance of zero is null.

    Raises:
        BadFormula: the model is binomial.
    """
    if not isinstance(fit.model, LinearModel):
        raise BadFormula("profile intervals are for linear models; for a binomial one take the bootstrap")
    model = solve(fit.model.problem, reml=False)
    ceiling = model.value + float(chi2_quantile(np.array(level), 1.0))
    rows = []
    for held in [*_fixed(model), *_variances(model)]:
        ends = (
            (None, None)
            if np.isnan(held.estimate)
            else (_end(held, ceiling, down=True), _end(held, ceiling, down=False))
        )
        rows.append((*held.labels, held.estimate, *ends))
    schema: dict[str, type[pl.DataType]] = {
        **dict.fromkeys(("parameter", "group", "term1", "term2"), pl.String),
        **dict.fromkeys(("estimate", "conf_low", "conf_high"), pl.Float64),
    }
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("estimate").fill_nan(None))


def _end(held: _Held, ceiling: float, *, down: bool) -> float:
    """Where the profile crosses the ceiling, or the bound where it never does."""
    bound, sign = (held.low, -1.0) if down else (held.high, 1.0)
    if held.estimate == bound:
        return bound
    inside, reach = held.estimate, held.step
    for _ in range(_WIDENINGS):
        outside = held.estimate + sign * reach
        if sign * (outside - bound) >= 0:
            outside = bound - sign * _NEAR_ZERO * max(1.0, abs(held.step))
        if held.deviance(outside) >= ceiling:
            least, most = sorted((inside, outside))
            xtol = 1e-7 * (most - least) + 1e-12

            def excess(value: float) -> float:
                return held.deviance(float(value)) - ceiling

            return float(brentq(excess, least, most, xtol=xtol, rtol=1e-10))
        if sign * (outside - bound) >= -2.0 * _NEAR_ZERO * max(1.0, abs(held.step)):
            return bound
        inside, reach = outside, 1.6 * reach
    raise Refused(f"the profile of {' '.join(filter(None, held.labels))} does not end")


def _fixed(model: LinearModel) -> list[_Held]:
    design = model.design
    y = design.observed.value
    held = []
    for j, name in enumerate(design.names):
        x = design.columns[:, j][design.cell]
        rest = replace(
            design,
            columns=np.delete(design.columns, j, axis=1),
            names=tuple(other for other in design.names if other != name),
        )
        problem = prepare(rest)

        def deviance(value: float, x: Floats = x, problem: object = problem) -> float:
            return solve(problem, y - value * x, reml=False, start=_inside(model)).value  # type: ignore[arg-type]

        held.append(
            _Held(
                labels=("fixed", None, name, None),
                estimate=float(model.coefficients[j]),
                step=2.0 * float(np.sqrt(model.covariance[j, j])),
                low=-np.inf,
                high=np.inf,
                deviance=deviance,
            )
        )
    return held


def _variances(model: LinearModel) -> list[_Held]:
    """Standard deviations and correlations in lme4's order, then sigma."""
    parameters = model.deviance.parameters
    sigma = float(np.sqrt(model.sigma2))
    held: list[_Held] = []
    for k, (block, matrix) in enumerate(zip(model.design.blocks, model.sigmas, strict=True)):
        sd = np.sqrt(np.diagonal(matrix))
        for a, name in enumerate(block.names):

            def size(point: Floats, k: int = k, a: int = a, scale: float = float(block.scale[a])) -> float:
                return (
                    float(np.exp(point[-1]) * np.linalg.norm(parameters.triangles(point[:-1])[k][a])) / scale
                )

            def resize(
                point: Floats, value: float, k: int = k, a: int = a, now: _Constraint = size
            ) -> Floats:
                return _with_row(parameters, point, k, a, lambda row: row * value / max(now(point), 1e-300))

            unit = max(float(sd[a]), 0.1 * sigma / float(block.scale[a]))
            held.append(
                _Held(
                    labels=("sd", block.group, name, None),
                    estimate=float(sd[a]),
                    step=unit,
                    low=0.0,
                    high=np.inf,
                    deviance=_constrained(model, size, resize, unit),
                )
            )
        for b in range(block.width):
            for a in range(b + 1, block.width):

                def cosine(point: Floats, k: int = k, a: int = a, b: int = b) -> float:
                    T = parameters.triangles(point[:-1])[k]
                    return float(T[a] @ T[b] / (np.linalg.norm(T[a]) * np.linalg.norm(T[b]) + 1e-300))

                def turn(point: Floats, value: float, k: int = k, a: int = a, b: int = b) -> Floats:
                    other = parameters.triangles(point[:-1])[k][b]
                    return _with_row(parameters, point, k, a, lambda row: _at_cosine(row, other, value, a))

                both = float(sd[a] * sd[b])
                held.append(
                    _Held(
                        labels=("corr", block.group, block.names[b], block.names[a]),
                        estimate=float(matrix[a, b]) / both if both > 0 else float("nan"),
                        step=0.3,
                        low=-1.0,
                        high=1.0,
                        deviance=_constrained(model, cosine, turn, 1.0),
                    )
                )
    if not model.deviance.known:
        held.append(
            _Held(
                labels=("sigma", "Residual", None, None),
                estimate=sigma,
                step=2.0 * sigma / np.sqrt(2.0 * model.deviance.df),
                low=0.0,
                high=np.inf,
                deviance=_constrained(
                    model,
                    lambda point: float(np.exp(point[-1])),
                    lambda point, value: np.append(point[:-1] * np.exp(point[-1]) / value, np.log(value)),
                    sigma,
                ),
            )
        )
    return held


def _with_row(
    parameters: Parameters, point: Floats, k: int, a: int, change: Callable[[Floats], Floats]
) -> Floats:
    """The point with row ``a`` of the triangle of term ``k`` changed."""
    triangles = [T.copy() for T in parameters.triangles(point[:-1])]
    triangles[k][a] = change(triangles[k][a])
    return np.append(parameters.theta(triangles), point[-1])


def _at_cosine(row: Floats, other: Floats, cosine: float, a: int) -> Floats:
    """A row of the same length at that cosine to another, earlier one; its diagonal stays non-negative."""
    along = other / max(float(np.linalg.norm(other)), 1e-300)
    across = row - (row @ along) * along
    if np.linalg.norm(across) < 1e-8 * max(float(np.linalg.norm(row)), 1e-300):
        across = np.eye(len(row))[a]
    across = across / np.linalg.norm(across)
    return np.asarray(np.linalg.norm(row) * (cosine * along + np.sqrt(max(0.0, 1.0 - cosine**2)) * across))


def _constrained(
    model: LinearModel, value_of: _Constraint, moved: _Move, unit: float
) -> Callable[[float], float]:
    """The least deviance over (theta, log sigma) with one parameter held.

    Args:
        model: the maximum-likelihood fit.
        value_of: the parameter at a point.
        moved: a point near the given one at which the parameter has a value.
        unit: size of the parameter, for the tolerance.
    """
    deviance = model.deviance
    lower = [None if np.isinf(low) else 0.0 for low in deviance.parameters.lower_bounds()]
    log_sigma = 0.5 * float(np.log(model.sigma2))
    reach = 0.0 if deviance.known else _WIDEST
    bounds = [*((low, None) for low in lower), (log_sigma - reach, log_sigma + reach)]
    home = np.append(_inside(model), log_sigma)
    last = home

    def objective(point: Floats) -> tuple[float, Floats]:
        sweep = deviance.sweep(point[:-1])
        scale = float(np.exp(-2.0 * point[-1]))
        slopes = [
            2.0 * (sums - scale * (v.T @ v) @ T)
            for sums, v, T in zip(
                sweep.factor.level_sums(), sweep.random_residual, sweep.triangles, strict=True
            )
        ]
        n = deviance.df
        value = sweep.log_det + deviance.constant + scale * sweep.residual + n * (LOG_2PI + 2.0 * point[-1])
        by_sigma = 2.0 * (n - scale * sweep.residual)
        return value, np.append(deviance.parameters.theta(slopes), by_sigma)

    def at(held: float) -> float:
        nonlocal last
        best = np.inf
        for start in (_lifted(model, last), home):  # the boundary is a trap: slopes vanish there
            found = minimize(
                objective,
                moved(start, held),
                jac=True,
                method="SLSQP",
                bounds=bounds,
                constraints=NonlinearConstraint(lambda point: [(value_of(point) - held) / unit], 0.0, 0.0),
                options={"maxiter": 300, "ftol": 1e-11},
            )
            if abs(value_of(found.x) - held) <= 1e-6 * unit and found.fun < best:
                best, last = float(found.fun), np.asarray(found.x)
        if not np.isfinite(best):
            raise Refused(f"the profile likelihood could not be followed to {held:.4g}; take the bootstrap")
        return best

    return at


def _inside(model: LinearModel) -> Floats:
    """The fitted theta, off the boundary."""
    return _lifted(model, model.optimum.theta)


def _lifted(model: LinearModel, point: Floats) -> Floats:
    """A point with the diagonals of all triangles off zero; theta, with or without log sigma."""
    start = model.deviance.parameters.start()
    theta = point[: len(start)]
    return np.append(np.where(start > 0, np.maximum(theta, _LIFT), theta), point[len(start) :])
