"""Estimated marginal means: what the model says of each level, the other variables averaged out."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl

from reports.errors import BadFormula
from reports.models.columns import Floats
from reports.models.grid import Value, margin
from reports.models.inference import frame, wald
from reports.models.result import Fit

Scale = Literal["link", "response"]


def means(
    fit: Fit,
    specs: str | Sequence[str],
    *,
    by: Sequence[str] = (),
    at: Mapping[str, Sequence[Value]] | None = None,
    scale: Scale = "link",
) -> pl.DataFrame:
    """Estimated marginal means, as R's emmeans computes them.

    Args:
        fit: the model.
        specs: variables whose combinations are the rows.
        by: further variables; they only order the rows here, and part the families in ``contrasts``.
        at: values of covariates, or a choice of levels of factors.
        scale: ``response`` gives probabilities for a binomial model, standard errors by the delta method.

    Returns:
        specs..., by..., estimate, std_error, df, statistic, p_value, conf_low, conf_high; null where the data
        cannot tell the mean.
    """
    names = [*by, *as_list(specs)]
    rows = margin(fit.design, names, at)
    estimates = wald(fit.inference, fit.coefficients, rows.combinations)
    if scale == "response":
        estimates = to_probability(fit, estimates)
    table = frame(dict(rows.labels), estimates)
    return table.select([*as_list(specs), *by, *estimates])


def as_list(specs: str | Sequence[str]) -> list[str]:
    """One name or several, as a list."""
    return [specs] if isinstance(specs, str) else list(specs)


def to_probability(fit: Fit, estimates: dict[str, Floats]) -> dict[str, Floats]:
    """From the logit scale to probabilities."""
    if fit.family != "binomial":
        raise BadFormula("only a binomial model has a response scale of its own")
    p = 1.0 / (1.0 + np.exp(-estimates["estimate"]))
    return estimates | {
        "estimate": p,
        "std_error": estimates["std_error"] * p * (1.0 - p),
        "conf_low": 1.0 / (1.0 + np.exp(-estimates["conf_low"])),
        "conf_high": 1.0 / (1.0 + np.exp(-estimates["conf_high"])),
    }
