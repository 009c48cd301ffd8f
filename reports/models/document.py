"""A fit as plain values and as text: what ``xtb analyze`` prints."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from reports.errors import BadFormula
from reports.models.adjust import Adjust
from reports.models.contrast import Method, contrasts
from reports.models.grid import Value
from reports.models.means import means
from reports.models.result import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Marginal means asked for in one go, and their differences."""

    term: str
    means: pl.DataFrame
    contrasts: pl.DataFrame


def margins(
    fit: Fit,
    term: str,
    *,
    at: Mapping[str, Sequence[Value]] | None = None,
    method: Method = "pairwise",
    adjust: Adjust = "holm",
) -> Margins:
    """Means and contrasts of a term written as in emmeans.

    Args:
        term: ``regime``, ``regime:perturbation`` for combinations, ``regime | perturbation`` within levels of
            another variable.
    """
    specs, by = read_term(term)
    rows = contrasts(fit, specs, by=by, at=at, method=method, adjust=adjust)
    return Margins(term=term, means=means(fit, specs, by=by, at=at), contrasts=rows)


def read_term(term: str) -> tuple[list[str], list[str]]:
    """Variables to average to, and those to do it within.

    >>> read_term("regime | perturbation + severity")
    (['regime'], ['perturbation', 'severity'])
    """
    parts = term.split("~")[-1].split("|")
    names = [[name for name in re.split(r"[\s:*+,]+", part) if name] for part in parts]
    if len(parts) > 2 or not names[0]:
        raise BadFormula(f"'{term}': write regime, regime:perturbation or 'regime | perturbation'")
    return names[0], names[1] if len(parts) == 2 else []


def document(
    fit: Fit, asked: Sequence[Margins] = (), more: Mapping[str, pl.DataFrame] | None = None
) -> dict[str, Any]:
    """Everything about a fit as JSON-ready values; what cannot be told, and infinite df, are null.

    Args:
        asked: marginal means and contrasts.
        more: further tables (``further``), each under its name.
    """
    return {
        "formula": fit.formula,
        "family": fit.family,
        "reml": fit.reml,
        "ddf": fit.ddf,
        "fixed": records(fit.fixed),
        "varcomp": records(fit.varcomp),
        "sigma": fit.sigma,
        "logLik": fit.log_likelihood,
        "criterion": fit.criterion,
        "AIC": fit.aic,
        "BIC": fit.bic,
        "n": fit.n,
        "groups": fit.groups,
        "parameters": fit.n_parameters,
        "converged": fit.converged,
        "singular": fit.singular,
        "gradient": fit.gradient,
        "dropped": list(fit.dropped),
        "warnings": list(fit.warnings),
        "emmeans": [{"term": one.term} | row for one in asked for row in records(one.means)],
        "contrasts": [{"term": one.term} | row for one in asked for row in records(one.contrasts)],
        **{name: records(table) for name, table in (more or {}).items()},
    }


def records(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries; numbers that JSON cannot hold are None."""

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return [{name: plain(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def summary(fit: Fit, asked: Sequence[Margins] = (), more: Mapping[str, pl.DataFrame] | None = None) -> str:
    """The fit as a page of text, in the order lme4's summary has."""
    kind = "binomial mixed model (logit, Laplace)" if fit.family == "binomial" else "linear mixed model"
    how = "" if fit.family == "binomial" else (" fit by REML" if fit.reml else " fit by maximum likelihood")
    groups = ", ".join(f"{name} {count}" for name, count in fit.groups.items())
    state = "converged" if fit.converged else "DID NOT CONVERGE"
    lines = [
        f"{kind}{how}: {fit.formula}",
        f"criterion {fit.criterion:.4f}   logLik {fit.log_likelihood:.4f}   "
        f"AIC {fit.aic:.2f}   BIC {fit.bic:.2f}",
        f"rows {fit.n}{'   groups: ' + groups if groups else ''}   {state}, gradient {fit.gradient:.1e}",
        "",
        "Random effects",
        text_table(fit.varcomp),
        "",
        f"Fixed effects (df: {fit.ddf})",
        text_table(fit.fixed),
    ]
    for one in asked:
        lines += ["", f"Marginal means of {one.term}", text_table(one.means)]
        if one.contrasts.height:
            lines += ["", f"Contrasts of {one.term}", text_table(one.contrasts)]
    for name, table in (more or {}).items():
        lines += ["", name.replace("_", " ").capitalize(), text_table(table)]
    if fit.warnings:
        lines += ["", *(f"note: {sentence}" for sentence in fit.warnings)]
    return "\n".join(lines)


def text_table(frame: pl.DataFrame) -> str:
    """Columns of text, numbers to the right with five digits."""
    cells = [[_cell(name, value) for name, value in row.items()] for row in frame.iter_rows(named=True)]
    numeric = [dtype.is_numeric() for dtype in frame.dtypes]
    widths = [max(len(name), *(len(row[i]) for row in cells), 0) for i, name in enumerate(frame.columns)]

    def line(values: Sequence[str]) -> str:
        padded = [
            v.rjust(w) if right else v.ljust(w) for v, w, right in zip(values, widths, numeric, strict=True)
        ]
        return "  ".join(padded).rstrip()

    return "\n".join(line(row) for row in [frame.columns, *cells])


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        if name.startswith("p_"):
            return "<2e-16" if value < 2e-16 else f"{value:.4g}"
        return f"{value:.5g}"
    return str(value)
