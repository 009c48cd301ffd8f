"""Mixed models that match lme4, and what is asked of them.

    from reports.models import fit, means, contrasts

    model = fit("value ~ regime * perturbation + (1 + regime | language) + (1 | task) + (1 | run_id)", scores)
    model.fixed                                   # term, estimate, std_error, df, statistic, p_value, conf_low, conf_high
    means(model, "regime", by=["perturbation"])   # estimated marginal means
    contrasts(model, "regime", by=["perturbation"], method="reference", reference="direct", adjust="holm")

Every verb has a file of its own and answers with a polars frame. Nothing here reads a file or a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Family = Literal["gaussian", "binomial"]
Ddf = Literal["satterthwaite", "kenward-roger"]
Method = Literal["pairwise", "revpairwise", "reference"]
Adjust = Literal["none", "holm", "BH", "bonferroni", "tukey", "single-step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted model with its honest end state.

    Attributes:
        formula: as it was given.
        family: gaussian or binomial (logit).
        n: rows (not trials) the model saw.
        sigma: residual standard deviation; 1.0 for binomial and known-variance models.
        log_likelihood: the maximised (restricted) log-likelihood.
        criterion: -2 log_likelihood; the REML criterion when ``reml``.
        converged: the gradient vanished at the reported optimum, boundary conditions included.
        singular: a variance is estimated as zero or a correlation as +-1.
        gradient: largest absolute derivative of the criterion by a free covariance parameter.
        warnings: sentences for the reader, empty when there is nothing to say.
        dropped: fixed-effect columns left out because others determine them.
    """

    formula: str
    family: Family
    reml: bool
    n: int
    fixed: pl.DataFrame
    """term, estimate, std_error, df, statistic, p_value, conf_low, conf_high"""
    varcomp: pl.DataFrame
    """group, term1, term2, variance_or_covariance, sd_or_corr; the last row is Residual (gaussian)"""
    sigma: float
    log_likelihood: float
    criterion: float
    aic: float
    bic: float
    converged: bool
    singular: bool
    gradient: float
    warnings: tuple[str, ...]
    dropped: tuple[str, ...]


def fit(
    formula: str,
    data: pl.DataFrame,
    *,
    family: Family = "gaussian",
    weights: str | None = None,
    reml: bool = True,
    ddf: Ddf = "satterthwaite",
    known_variance: str | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> Fit:
    """Fit a linear or binomial mixed model from an lme4 formula.

    Args:
        formula: ``score ~ regime * perturbation + (1 + regime | language) + (1 | run)``; the response of a binomial
            model is a 0/1 column, ``cbind(successes, failures)`` or ``successes | trials(n)``.
        data: one row per observation. Text and boolean columns are factors whose levels are sorted; an ``Enum``
            column keeps its order; the first level is the reference.
        weights: column of precision weights (known test-set sizes); the residual variance is sigma^2 / weight.
        known_variance: column of known residual variances; then sigma is 1 and tests are z tests.
        levels: order of the levels of a factor, first = reference. Levels not named follow in sorted order.

    Raises:
        BadFormula: the formula cannot be read or names a column that is not there.
        Refused: the data cannot carry the model; the message says why.
    """
    raise NotImplementedError


def means(
    fit: Fit,
    specs: str | Sequence[str],
    *,
    by: Sequence[str] = (),
    at: Mapping[str, Sequence[float | str]] | None = None,
    scale: Literal["link", "response"] = "link",
) -> pl.DataFrame:
    """Estimated marginal means.

    Columns: specs..., by..., estimate, std_error, df, statistic, p_value, conf_low, conf_high; null where the data
    cannot tell.
    """
    raise NotImplementedError


def contrasts(
    fit: Fit,
    specs: str | Sequence[str],
    *,
    by: Sequence[str] = (),
    at: Mapping[str, Sequence[float | str]] | None = None,
    method: Method = "pairwise",
    reference: str | None = None,
    adjust: Adjust = "holm",
    across_by: bool = False,
    scale: Literal["link", "response"] = "link",
) -> pl.DataFrame:
    """Differences between marginal means.

    Columns: contrast, by..., estimate, std_error, df, statistic, p_value, p_adjusted, conf_low, conf_high. Adjusted
    within each combination of ``by``, or over all rows with ``across_by``.
    """
    raise NotImplementedError
