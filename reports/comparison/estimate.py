"""One model, one difference: fit, contrast, and the state in which the fit ended."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl
from scipy.special import stdtr, stdtrit

from reports.answer import UNIFORM, FitState
from reports.comparison.design import Design
from reports.comparison.structure import WITHIN_RUN, structure
from reports.errors import Refused
from reports.models import Fit, contrasts, fit, means

MOST_PAIRS = 500
"""Pairs of run and level that one model may have: 1,200 of them take 20 s of CPU, 500 two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Differences between two regimes on one response.

    Attributes:
        contrasts: ``term`` (treatment - reference), the ``by`` column if there is one, and the uniform
            columns with ``p_adjusted``; one row, or one for each level of ``by``.
        means: estimated mean of each regime (at each level of ``by``).
        notes: what the design was too small for.
    """

    contrasts: pl.DataFrame
    means: pl.DataFrame
    model: Fit
    state: FitState
    notes: tuple[str, ...]

    @property
    def row(self) -> dict[str, float]:
        """The only contrast."""
        values: dict[str, float] = self.contrasts.row(0, named=True)
        return values

    def mean(self, regime: str) -> float:
        """Estimated mean of a regime, over the levels of ``by`` if there are any."""
        return float(self.means.filter(pl.col("regime") == regime)["estimate"].mean() or 0.0)  # type: ignore[arg-type]


def difference(
    rows: pl.DataFrame,
    response: str,
    purpose: str,
    *,
    by: str | None = None,
    over: str | None = None,
    covariate: str | None = None,
    weights: str | None = None,
    extra: str = "",
) -> Difference:
    """Treatment minus reference in the mean response, from a mixed model.

    Tests use Satterthwaite's degrees of freedom; p values of several levels of ``by`` are adjusted by
    Holm's method, intervals are not.

    Args:
        rows: of ``reports.comparison.rows``; ``regime`` is an Enum of reference and treatment.
        by: factor whose levels get a difference each.
        over: factor crossed with the regime over whose levels the difference is averaged.
        covariate: numeric column held constant.
        weights: column of precision weights.
        extra: further terms of the formula.

    Raises:
        Refused: the rows cannot carry the model.
    """
    rows = rows.filter(pl.col(response).is_not_null())
    reference, treatment = rows["regime"].dtype.categories.to_list()  # type: ignore[attr-defined]
    if rows["regime"].n_unique() < 2:
        raise Refused(
            f"only one of '{reference}' and '{treatment}' has rows with a {response.replace('_', ' ')}"
        )
    crossed = by or over
    if crossed in WITHIN_RUN and rows[f"run_{crossed}"].n_unique() > MOST_PAIRS:
        if over:
            pairs = rows[f"run_{crossed}"].n_unique()
            raise Refused(f"{pairs} pairs of run and {crossed} are too many for one model")
        return _level_by_level(rows, response, purpose, by=str(by))
    chosen = structure(rows, by=crossed, covariate=covariate)
    formula = chosen.formula(response) + (f" + {extra}" if extra else "")
    levels = {"regime": [reference, treatment]}
    model = fit(formula, rows, weights=weights, levels=levels)
    split = [by] if by and rows[by].n_unique() > 1 else []
    found = contrasts(
        model, "regime", by=split, method="reference", reference=reference, adjust="holm", across_by=True
    )
    if by and not split:
        found = found.with_columns(pl.lit(rows[by][0]).alias(by))
    return Difference(
        contrasts=uniform(found, by),
        means=means(model, "regime", by=split),
        model=model,
        state=state(model, purpose),
        notes=chosen.notes,
    )


RESPONSES = {
    "change": "change of score under perturbation",
    "perturbed": "score on perturbed text",
    "clean": "score on clean text",
}
"""What each response means; three models of one shape, of which a question calls one primary."""


def key(chosen: Design) -> dict[str, Difference]:
    """The difference on each response.

    Raises:
        Refused: the scores cannot carry the model.
    """
    return {response: difference(chosen.rows, response, purpose) for response, purpose in RESPONSES.items()}


def _level_by_level(rows: pl.DataFrame, response: str, purpose: str, *, by: str) -> Difference:
    """A model for each level of ``by``, where one for all would be too large; p values adjusted together."""
    parts = []
    for level in rows[by].unique().sort():
        found = difference(rows.filter(pl.col(by) == level), response, f"{purpose}: {level}")
        parts.append((level, found))
    worst = min((found for _, found in parts), key=lambda found: found.state.converged)
    contrasts = pl.concat(
        [found.contrasts.with_columns(pl.lit(str(level)).alias(by)) for level, found in parts]
    )
    means = pl.concat([found.means.with_columns(pl.lit(str(level)).alias(by)) for level, found in parts])
    return Difference(
        contrasts=contrasts.with_columns(p_adjusted=holm(contrasts["p_value"])),
        means=means,
        model=worst.model,
        state=replace(worst.state, purpose=f"{purpose}, a model for each ({worst.state.purpose})"),
        notes=worst.notes,
    )


def holm(p: pl.Series) -> pl.Series:
    """Holm's step-down adjustment (Holm 1979); the order of the values stays.

    >>> holm(pl.Series([0.01, 0.04, 0.03])).round(3).to_list()
    [0.03, 0.06, 0.06]
    """
    frame = pl.DataFrame({"p": p, "at": range(p.len())}).sort("p", nulls_last=True)
    steps = frame.select((pl.col("p") * (pl.len() - pl.int_range(pl.len()))).clip(upper_bound=1.0).cum_max())
    return frame.with_columns(steps.to_series()).sort("at")["p"]


def limited(row: Mapping[str, float], df: float) -> dict[str, float]:
    """The numbers of a test (uniform columns) with at most ``df`` degrees of freedom.

    Where the variance between the units of a slope is estimated as nought, Satterthwaite's degrees of freedom
    count what lies within them; a slope over k units never has more than k - 2.
    """
    df = min(row["df"], df)
    reach = float(stdtrit(df, 0.975)) * row["std_error"]
    return {
        "estimate": row["estimate"],
        "std_error": row["std_error"],
        "statistic": row["statistic"],
        "df": df,
        "p_value": 2 * float(stdtr(df, -abs(row["statistic"]))),
        "conf_low": row["estimate"] - reach,
        "conf_high": row["estimate"] + reach,
    }


def uniform(found: pl.DataFrame, by: str | None = None) -> pl.DataFrame:
    """Contrasts in the uniform columns, then ``p_adjusted`` and the level of ``by``."""
    renamed = found.rename({"contrast": "term"})
    return renamed.select(*UNIFORM, "p_adjusted", *([by] if by else []))


def state(model: Fit, purpose: str) -> FitState:
    """How a fit ended, with the number of levels behind each random effect."""
    return FitState(
        purpose=purpose,
        formula=model.formula,
        rows=model.n,
        groups=model.groups,
        converged=model.converged,
        singular=model.singular,
        warnings=model.warnings,
        criterion=model.criterion,
        method="REML" if model.reml else "ML",
    )
