"""One model, one difference: fit, contrast, and the state in which the fit ended."""

from dataclasses import dataclass

import polars as pl
from scipy.special import stdtrit

from reports.answer import UNIFORM, FitState
from reports.comparison.design import Design
from reports.comparison.rows import summary
from reports.comparison.structure import structure
from reports.errors import Refused
from reports.models import Fit, contrasts, fit, means


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
    chosen = structure(rows, by=by or over, covariate=covariate)
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
    rows = summary(chosen.scores)
    return {response: difference(rows, response, purpose) for response, purpose in RESPONSES.items()}


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


def detectable(std_error: float, df: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest true difference that a test of this precision finds with the stated power.

    ``(t(1 - alpha/2, df) + t(power, df)) * std_error`` (Bloom 1995, "Minimum detectable effects").
    """
    return float(stdtrit(df, 1 - alpha / 2) + stdtrit(df, power)) * std_error
