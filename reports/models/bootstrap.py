"""Bootstraps of a mixed model: from the model itself, or by drawing whole clusters anew.

The parametric bootstrap asks how the estimates would vary if the model were true; the cluster bootstrap
draws, say,
languages with replacement and asks nothing of the distribution of their effects, but it needs many of them:
    with 8
languages it rejects a true null hypothesis 18 to 60 % of the time where the mixed model does so 6 %.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from reports.errors import Refused
from reports.models.columns import Floats
from reports.models.design import Design, build
from reports.models.glmm import BinomialModel, solve_binomial
from reports.models.lmm import LinearModel, prepare, solve
from reports.models.result import Fit, varcomp_table
from reports.models.simulate import draw
from reports.models.threads import one_thread
from warehouse.errors import UnknownName

AnyModel = LinearModel | BinomialModel
FEW_CLUSTERS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """Draws of the estimates.

    Attributes:
        terms: names of the fixed effects.
        fixed: shape (draws, p); NaN in draws in which an effect could not be estimated.
        varcomp: standard deviations and correlations in the order of the fit's table, shape (draws, rows).
        failed: draws without a converged fit; they are left out.
        note: a caution for the reader, empty when there is none.
    """

    terms: tuple[str, ...]
    fixed: Floats
    varcomp: Floats
    failed: int
    note: str = ""

    def intervals(self, fit: Fit, *, level: float = 0.95) -> pl.DataFrame:
        """Percentile intervals: term, estimate, std_error (of the draws), conf_low, conf_high."""
        low, high = np.nanquantile(self.fixed, [0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
        return pl.DataFrame(
            {
                "term": list(self.terms),
                "estimate": fit.coefficients,
                "std_error": np.nanstd(self.fixed, axis=0, ddof=1),
                "conf_low": low,
                "conf_high": high,
            }
        )

    def varcomp_intervals(self, fit: Fit, *, level: float = 0.95) -> pl.DataFrame:
        """Percentile intervals of standard deviations and correlations: group, term1, term2, sd_or_corr,
        ...
        """
        low, high = np.nanquantile(self.varcomp, [0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
        return fit.varcomp.select("group", "term1", "term2", "sd_or_corr").with_columns(
            conf_low=pl.Series(low), conf_high=pl.Series(high)
        )


@one_thread
def parametric_bootstrap(fit: Fit, *, draws: int = 500, seed: int = 0) -> Bootstrap:
    """Fit responses simulated from the model itself.

    Args:
        fit: a linear or binomial model.
        draws: how many.
        seed: of the only source of chance.
    """
    fit.design.need_rows("a bootstrap")
    rng = np.random.default_rng(seed)
    kept: list[AnyModel] = []
    for _ in range(draws):
        again = refit(fit, draw(fit, rng))
        if again.optimum.converged:
            kept.append(again)
    return _collect(fit, kept, draws, "")


@one_thread
def cluster_bootstrap(fit: Fit, cluster: str, *, draws: int = 500, seed: int = 0) -> Bootstrap:
    """Fit data made of whole clusters drawn with replacement; a cluster drawn twice counts as two.

    Args:
        cluster: a grouping of the model, such as ``language``.

    Raises:
        UnknownName: the model has no such grouping.
        Refused: it has fewer than four levels.
    """
    if cluster not in fit.groups:
        raise UnknownName("grouping", cluster, fit.groups, f"the formula '{fit.formula}'")
    design = fit.design
    design.need_rows("a bootstrap")
    codes = next(block.codes for block in design.blocks if block.group == cluster)
    count = fit.groups[cluster]
    if count < 4:
        raise Refused(f"'{cluster}' has {count} levels; a cluster bootstrap of so few says nothing")
    rng = np.random.default_rng(seed)
    rows = [np.flatnonzero(codes == level) for level in range(count)]
    parts = cluster.split(":")
    kept: list[AnyModel] = []
    for _ in range(draws):
        chosen = rng.integers(0, count, count)
        index = np.concatenate([rows[level] for level in chosen])
        copy = np.repeat(np.arange(count), [len(rows[level]) for level in chosen])
        names = pl.Series([f"{number:06d}" for number in copy])
        frame = design.frame[index].with_columns(
            (pl.col(part).cast(pl.String) + "#" + names).alias(part) for part in parts
        )
        again = _refit_frame(fit, frame)
        if again is not None and again.optimum.converged:
            kept.append(again)
    note = ""
    if count < FEW_CLUSTERS:
        note = f"'{cluster}' has {count} levels only, so these intervals are too narrow"
    return _collect(fit, kept, draws, note)


def refit(fit: Fit, response: Floats) -> AnyModel:
    """The same model on another response for the same rows; for counts, other successes."""
    if isinstance(fit.model, LinearModel):
        return solve(fit.model.problem, response, reml=fit.reml, start=_inside(fit.model))
    observed = replace(fit.design.observed, value=response)
    return solve_binomial(replace(fit.design, observed=observed))


def _refit_frame(fit: Fit, frame: pl.DataFrame) -> AnyModel | None:
    design: Design = build(
        fit.design.formula,
        frame,
        weights=fit.weights,
        known_variance=fit.known_variance,
        levels=fit.design.factors,
        counts=fit.family == "binomial",
    )
    try:
        return solve_binomial(design) if fit.family == "binomial" else solve(prepare(design), reml=fit.reml)
    except Refused:
        return None


def _inside(model: LinearModel) -> Floats:
    """A start near the fitted theta, off the boundary."""
    start = model.deviance.parameters.start()
    return np.where(start > 0, np.maximum(model.optimum.theta, 0.1), model.optimum.theta)


def _collect(fit: Fit, kept: list[AnyModel], draws: int, note: str) -> Bootstrap:
    if len(kept) < 2:
        raise Refused(f"only {len(kept)} of {draws} draws could be fitted")
    names = fit.design.names
    fixed = np.full((len(kept), len(names)), np.nan)
    varcomp = np.full((len(kept), fit.varcomp.height), np.nan)
    for i, each in enumerate(kept):
        where = {name: j for j, name in enumerate(each.design.names)}
        for j, name in enumerate(names):
            if name in where:
                fixed[i, j] = each.coefficients[where[name]]
        sigma = (
            float(np.sqrt(each.sigma2)) if isinstance(each, LinearModel) and not each.deviance.known else None
        )
        table = varcomp_table(each.design, each.sigmas, sigma)
        values = table["sd_or_corr"].fill_null(np.nan).to_numpy()
        if len(values) == varcomp.shape[1]:
            varcomp[i] = values
    return Bootstrap(terms=names, fixed=fixed, varcomp=varcomp, failed=draws - len(kept), note=note)
