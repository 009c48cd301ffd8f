"""Differences between marginal means, with p values adjusted for how many were looked at."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl

from reports.errors import BadFormula
from reports.models.adjust import Adjust, adjust_p, single_step, tukey
from reports.models.columns import Floats
from reports.models.grid import Value, estimable, margin
from reports.models.inference import frame, wald
from reports.models.means import Scale, as_list
from reports.models.result import Fit
from warehouse.errors import UnknownName

Method = Literal["pairwise", "revpairwise", "reference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """The combinations behind a table of contrasts.

    Attributes:
        labels: ``contrast`` and the by variables, one value per row.
        combinations: shape (rows, p); NaN where the data cannot tell.
        families: family of every row, numbered from 0.
        compared: how many means each family compares.
    """

    labels: dict[str, list[Value]]
    combinations: Floats
    families: np.typing.NDArray[np.int64]
    compared: int


def contrasts(
    fit: Fit,
    specs: str | Sequence[str],
    *,
    by: Sequence[str] = (),
    at: Mapping[str, Sequence[Value]] | None = None,
    method: Method = "pairwise",
    reference: str | None = None,
    adjust: Adjust = "holm",
    across_by: bool = False,
    scale: Scale = "link",
) -> pl.DataFrame:
    """Differences between estimated marginal means.

    Args:
        fit: the model.
        specs: variables whose combinations are compared.
        by: compare within each combination of these.
        at: values of covariates, or a choice of levels.
        method: ``pairwise`` (a - b, a - c, b - c), ``revpairwise`` (b - a, ...), ``reference`` (b - a, c - a
            with a the reference).
        reference: the level others are compared with; default the first.
        adjust: for the number of rows in a family; ``tukey`` is for pairwise differences, ``single-step``
            uses the joint distribution. Intervals are not adjusted.
        across_by: take all rows as one family instead of one per combination of ``by``.
        scale: ``response`` gives odds ratios for a binomial model.

    Returns:
        contrast, by..., estimate, std_error, df, statistic, p_value, p_adjusted, conf_low, conf_high; null
        where the data cannot tell.
    """
    rows = differences(fit, specs, by=by, at=at, method=method, reference=reference)
    estimates = wald(fit.inference, fit.coefficients, rows.combinations)
    if adjust not in get_args(Adjust):
        raise BadFormula(f"unknown adjustment '{adjust}': {', '.join(get_args(Adjust))}")
    if adjust == "tukey" and (method == "reference" or across_by):
        raise BadFormula("Tukey's adjustment is for all pairwise differences of one family; use single-step")
    families = np.zeros_like(rows.families) if across_by else rows.families
    adjusted = np.full(len(families), np.nan)
    for family in np.unique(families):
        here = np.flatnonzero(families == family)
        if adjust == "tukey":
            adjusted[here] = tukey(estimates["statistic"][here], estimates["df"][here], rows.compared)
        elif adjust == "single-step":
            L = np.nan_to_num(rows.combinations[here])
            adjusted[here] = single_step(
                estimates["statistic"][here], estimates["df"][here], L @ fit.covariance @ L.T
            )
        else:
            adjusted[here] = adjust_p(estimates["p_value"][here], adjust)
    labels = dict(rows.labels)
    if scale == "response":
        estimates = _to_odds_ratio(fit, estimates)
        labels["contrast"] = [str(name).replace(" - ", " / ") for name in labels["contrast"]]
    ordered = {name: estimates[name] for name in ("estimate", "std_error", "df", "statistic", "p_value")}
    ordered |= {
        "p_adjusted": adjusted,
        "conf_low": estimates["conf_low"],
        "conf_high": estimates["conf_high"],
    }
    return frame(dict(labels), ordered)


def differences(
    fit: Fit,
    specs: str | Sequence[str],
    *,
    by: Sequence[str] = (),
    at: Mapping[str, Sequence[Value]] | None = None,
    method: Method = "pairwise",
    reference: str | None = None,
) -> Differences:
    """The combinations of coefficients behind ``contrasts``."""
    names = as_list(specs)
    rows = margin(fit.design, [*by, *names], at)
    count = len(rows.full)
    groups = list(dict.fromkeys(tuple(rows.labels[b][i] for b in by) for i in range(count)))
    per_group = count // len(groups)
    here = [" ".join(_text(rows.labels[name][i]) for name in names) for i in range(per_group)]
    pairs = _pairs(here, method, reference)
    left = np.array([g * per_group + a for g in range(len(groups)) for a, _ in pairs], dtype=np.int64)
    right = np.array([g * per_group + b for g in range(len(groups)) for _, b in pairs], dtype=np.int64)
    labels: dict[str, list[Value]] = {
        "contrast": [f"{here[a]} - {here[b]}" for _ in groups for a, b in pairs]
    }
    for position, name in enumerate(by):
        labels[name] = [group[position] for group in groups for _ in pairs]
    full = rows.full[left] - rows.full[right] if len(left) else np.empty((0, rows.full.shape[1]))
    return Differences(
        labels=labels,
        combinations=estimable(fit.design, full) if len(full) else np.empty((0, len(fit.coefficients))),
        families=np.repeat(np.arange(len(groups)), len(pairs)),
        compared=per_group,
    )


def _pairs(names: list[str], method: Method, reference: str | None) -> list[tuple[int, int]]:
    if method == "pairwise":
        return list(itertools.combinations(range(len(names)), 2))
    if method == "revpairwise":
        return [(b, a) for a, b in itertools.combinations(range(len(names)), 2)]
    if method != "reference":
        raise BadFormula(f"unknown method '{method}': pairwise, revpairwise or reference")
    if reference is not None and reference not in names:
        raise UnknownName("level", reference, names, f"its levels: {', '.join(names)}")
    base = names.index(reference) if reference is not None else 0
    return [(i, base) for i in range(len(names)) if i != base]


def _text(value: Value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _to_odds_ratio(fit: Fit, estimates: dict[str, Floats]) -> dict[str, Floats]:
    if fit.family != "binomial":
        raise BadFormula("only a binomial model has a response scale of its own")
    ratio = np.exp(estimates["estimate"])
    return estimates | {
        "estimate": ratio,
        "std_error": estimates["std_error"] * ratio,
        "conf_low": np.exp(estimates["conf_low"]),
        "conf_high": np.exp(estimates["conf_high"]),
    }
