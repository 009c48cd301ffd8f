"""How often would this analysis cry wolf, and what could it find, on this very design?

Responses are simulated on the rows at hand from a model with the given variances and no treatment effect;
every candidate analysis gives an interval for the effect. The share of intervals without zero is the error
rate. Adding an effect d to the treated rows moves every interval by d and changes nothing else (REML, t tests
and percentile intervals are all equivariant), so the same draws give the power at any effect and the smallest
effect that is found, say, 80 % of the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from reports.errors import BadFormula, Refused
from reports.models.coding import variables
from reports.models.columns import Factor, Floats, factor
from reports.models.design import Design, build
from reports.models.distributions import t_quantile
from reports.models.formula import MixedFormula, RandomTerm, parse
from reports.models.grid import margin
from reports.models.kenward_roger import KenwardRoger
from reports.models.lmm import Problem, prepare, solve
from reports.models.naive import Interval, Roles, naive_analyses, pairing
from reports.models.satterthwaite import Satterthwaite
from reports.models.simulate import linear_predictor
from reports.models.threads import one_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Intervals of every analysis in every simulated table without an effect.

    Attributes:
        analyses: their names, the chosen model last.
        low, high: ends of the intervals, shape (draws, analyses).
        singular: share of tables in which the chosen model was singular.
        sds: the standard deviations simulated from, by group and term.
        runs_per_arm: fewest runs in an arm; below three the design itself is too small.
        alpha: 1 - level of the intervals.
    """

    analyses: tuple[str, ...]
    low: Floats
    high: Floats
    singular: float
    sds: Mapping[str, float]
    runs_per_arm: int
    alpha: float

    def rejections(self, effect: float = 0.0) -> Floats:
        """Share of tables in which each analysis would find an effect of that size; shape (analyses,)."""
        low, high = self.low + effect, self.high + effect
        return np.asarray(np.nanmean(((low > 0) | (high < 0)).astype(float), axis=0))

    def detectable(self, power: float = 0.8) -> Floats:
        """Smallest effect that each analysis finds with that probability; shape (analyses,)."""
        out = np.empty(len(self.analyses))
        for j in range(len(out)):
            ends = -self.low[~np.isnan(self.low[:, j]), j]  # found as positive once the effect exceeds this
            out[j] = np.quantile(ends, power) if len(ends) else np.nan
        return out

    def table(self, effect: float | None = None, power: float = 0.8) -> pl.DataFrame:
        """analysis, error_rate, error_se, power (at ``effect``), detectable (effect at ``power``), draws."""
        error = self.rejections()
        draws = len(self.low)
        found = np.full(len(error), np.nan) if effect is None else self.rejections(effect)
        return pl.DataFrame(
            {
                "analysis": list(self.analyses),
                "error_rate": error,
                "error_se": np.sqrt(error * (1 - error) / draws),
                "power": found,
                "detectable": self.detectable(power),
                "draws": [draws] * len(error),
            }
        ).with_columns(pl.col("power", "detectable").fill_nan(None))


@one_thread
def calibrate(
    formula: str,
    data: pl.DataFrame,
    *,
    treatment: str | None = None,
    sds: Mapping[str, float] | None = None,
    levels: Mapping[str, list[str]] | None = None,
    draws: int = 400,
    alpha: float = 0.05,
    seed: int = 0,
) -> Calibration:
    """Simulate a design and measure the chosen model and the alternatives to it.

    Args:
        formula: the chosen linear mixed model, e.g. ``value ~ regime * perturbation + (1 + regime | language)
            + (1 | task) + (1 | run_id)``. The grouping that belongs to one arm is the unit of replication,
            the one with a slope of the treatment (or else the first other) the cluster.
        data: the user's own table; its response serves to estimate the variances.
        treatment: the factor of interest, its first two levels are compared; default the first of the
            formula.
        sds: standard deviations to simulate from instead of the estimated ones: group names, ``group.slope``
            for slopes of the treatment, ``Residual``.
        levels: order of the levels of factors, as in ``fit``.
        draws: simulated tables.
        alpha: nominal error rate.
        seed: of the only source of chance.

    Raises:
        Refused: no grouping belongs to one arm, so nothing replicates the treatment.
    """
    parsed = parse(formula)
    name = treatment or next(iter(variables(parsed.fixed)), None)
    if name is None:
        raise BadFormula(f"'{formula}' has no fixed effect to calibrate")
    order = dict(levels or {})
    arms = factor(data[name], order.get(name)).levels[:2] if name in data.columns else ()
    if len(arms) < 2:
        raise Refused(f"'{name}' needs two levels to compare")
    data = data.filter(pl.col(name).cast(pl.String).is_in(arms))
    order[name] = list(arms)
    design = build(parsed, data, levels=order)
    roles = _roles(design, name, order)
    rng = np.random.default_rng(seed)
    models = _alternatives(design, parsed, name, roles, data, order)
    chosen = solve(prepare(design))
    deviations, sigmas, residual = _truth(
        design, chosen.sigmas, float(np.sqrt(chosen.sigma2)), name, dict(sds or {})
    )
    fixed = _without(design, chosen.coefficients, name)
    naive = naive_analyses(roles, alpha, rng)
    analyses: list[str] = []
    rows: list[list[Interval]] = []
    singular = 0
    for _ in range(draws):
        y = linear_predictor(design, fixed, sigmas, rng) + residual * rng.normal(size=design.n)
        results: dict[str, Interval] = {key: analysis(y) for key, analysis in naive.items()}
        for label, problem, combination in models:
            found, is_singular = _mixed(problem, combination, y, alpha)
            results |= {f"{label}, {key}": interval for key, interval in found.items()}
        singular += is_singular
        analyses = list(results)
        rows.append(list(results.values()))
    ends = np.array(rows)
    arm_of_run = np.zeros(len(roles.run.levels), dtype=np.int64)
    arm_of_run[roles.run.codes] = roles.arm
    return Calibration(
        analyses=tuple(analyses),
        low=ends[:, :, 0],
        high=ends[:, :, 1],
        singular=singular / draws,
        sds=deviations,
        runs_per_arm=int(np.bincount(arm_of_run, minlength=2).min()),
        alpha=alpha,
    )


def _roles(design: Design, treatment: str, order: Mapping[str, list[str]]) -> Roles:
    arm = factor(design.frame[treatment], order.get(treatment)).codes
    groups = {block.group: block for block in design.blocks}
    nested = [g for g, b in groups.items() if _within(b.codes, arm)]
    crossed = [g for g in groups if g not in nested]
    if not nested:
        raise Refused(
            f"no grouping of the formula belongs to one level of '{treatment}'; without (1 | run) nothing "
            "says what replicates the treatment"
        )
    slopes = [
        b.group for b in design.blocks if any(treatment in name for name in b.names) and b.group in crossed
    ]
    if not crossed:
        raise Refused(f"no grouping of the formula is crossed with '{treatment}'")
    by = {g: Factor(name=g, levels=b.levels, codes=b.codes) for g, b in groups.items()}
    # language x regime belongs to one arm too, but to one language as well: it replicates nothing
    replicates = [g for g in nested if not any(_within(by[g].codes, by[c].codes) for c in crossed)]
    run = max(replicates or nested, key=lambda g: len(by[g].levels))
    cluster = (slopes or crossed)[0]
    others = [by[g] for g in crossed]
    fixed = [v for v in variables(design.formula.fixed) if v not in (treatment, *crossed)]
    others += [factor(design.frame[v], order.get(v)) for v in fixed]
    return Roles(arm=arm, cluster=by[cluster], run=by[run], cell=pairing(others))


def _within(codes: np.typing.NDArray[np.int64], arm: np.typing.NDArray[np.int64]) -> bool:
    low = np.full(codes.max() + 1, arm.max() + 1)
    high = np.full(codes.max() + 1, -1)
    np.minimum.at(low, codes, arm)
    np.maximum.at(high, codes, arm)
    return bool((low == high).all())


def _alternatives(
    design: Design,
    parsed: MixedFormula,
    treatment: str,
    roles: Roles,
    data: pl.DataFrame,
    order: Mapping[str, list[str]],
) -> list[tuple[str, Problem, Floats]]:
    """The chosen model last, before it the same without the run, and without slopes."""
    plain = tuple(
        dict.fromkeys(RandomTerm(effects="1", group=term.group) for term in parsed.random)
    )  # slopes taken away
    no_run = tuple(term for term in plain if term.group_name != roles.run.name)
    candidates = {
        f"mixed model without {roles.run.name}": no_run,
        f"mixed model with {roles.run.name}, without slopes": plain,
        "chosen model": parsed.random,
    }
    if plain == parsed.random:
        del candidates[f"mixed model with {roles.run.name}, without slopes"]
    out: list[tuple[str, Problem, Floats]] = []
    for label, random in candidates.items():
        here = (
            design if random == parsed.random else build(replace(parsed, random=random), data, levels=order)
        )
        rows = margin(here, [treatment]).combinations
        out.append((label, prepare(here), rows[1] - rows[0]))
    return out


def _mixed(
    problem: Problem, combination: Floats, y: Floats, alpha: float
) -> tuple[dict[str, Interval], bool]:
    model = solve(problem, y)
    estimate = float(combination @ model.coefficients)
    satterthwaite, kenward_roger = Satterthwaite(model), KenwardRoger(model)
    out: dict[str, Interval] = {}
    plain = float(np.sqrt(combination @ model.covariance @ combination))
    adjusted = float(np.sqrt(combination @ kenward_roger.covariance @ combination))
    for label, error, df in (
        ("z", plain, np.inf),
        ("Satterthwaite", plain, satterthwaite.df(combination)),
        ("Kenward-Roger", adjusted, kenward_roger.df(combination)),
    ):
        reach = t_quantile(1 - alpha / 2, df) * error
        out[label] = (estimate - reach, estimate + reach)
    return out, bool((~model.optimum.free).any())


def _truth(
    design: Design, sigmas: tuple[Floats, ...], residual: float, treatment: str, given: dict[str, float]
) -> tuple[dict[str, float], list[Floats], float]:
    """Standard deviations to simulate from: the estimates, or what was given instead (then without
    correlation).
    """
    used: dict[str, float] = {}
    matrices: list[Floats] = []
    for block, sigma in zip(design.blocks, sigmas, strict=True):
        matrix = sigma.copy()
        for a, name in enumerate(block.names):
            key = f"{block.group}.slope" if treatment in name else block.group
            if key in given:
                matrix[a, :] = matrix[:, a] = 0.0
                matrix[a, a] = given[key] ** 2
            used[key] = float(np.sqrt(matrix[a, a]))
        matrices.append(matrix)
    residual = given.get("Residual", residual)
    unknown = set(given) - set(used) - {"Residual"}
    if unknown:
        there = ", ".join([*used, "Residual"])
        raise BadFormula(f"no standard deviation '{min(unknown)}'; there are: {there}")
    return used | {"Residual": residual}, matrices, residual


def _without(design: Design, coefficients: Floats, treatment: str) -> Floats:
    """Fixed effects with every column that holds the treatment set to zero."""
    terms = [design.coding.terms[j] for j in design.kept]
    return np.array([0.0 if treatment in term else b for term, b in zip(terms, coefficients, strict=True)])
