"""A fitted model: its tables, its numbers, and how the fit ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import polars as pl

from reports.models.columns import Floats
from reports.models.design import Design
from reports.models.inference import Inference, frame, wald

Family = Literal["gaussian", "binomial"]
Ddf = Literal["satterthwaite", "kenward-roger"]


class Model(Protocol):
    """What every fitted engine offers to the verbs."""

    @property
    def design(self) -> Design:
        """What was fitted."""
        ...

    @property
    def coefficients(self) -> Floats:
        """Fixed effects, shape (p,)."""
        ...

    @property
    def sigmas(self) -> tuple[Floats, ...]:
        """Covariance matrix of every random term."""
        ...

    @property
    def modes(self) -> list[Floats]:
        """Conditional modes per term, shape (levels, width)."""
        ...

    @property
    def conditional(self) -> list[Floats]:
        """Their covariance given the parameters, shape (levels, width, width)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted model with its honest end state.

    Attributes:
        formula: as it was given.
        family: gaussian or binomial (logit).
        reml: whether the restricted likelihood was maximised.
        ddf: where degrees of freedom come from: satterthwaite, kenward-roger or asymptotic.
        n: rows (not trials) the model saw.
        groups: number of levels of each grouping.
        fixed: term, estimate, std_error, df, statistic, p_value, conf_low, conf_high.
        varcomp: group, term1, term2, variance_or_covariance, sd_or_corr; for gaussian models the last row is
            Residual.
        sigma: residual standard deviation; 1.0 for binomial and known-variance models.
        log_likelihood: the maximised (restricted) log-likelihood.
        criterion: -2 log_likelihood; the REML criterion when ``reml``.
        n_parameters: fixed effects, covariance parameters and, where estimated, sigma.
        converged: the gradient vanished at the reported optimum, boundary conditions included.
        singular: a variance is estimated as zero or a correlation as +-1.
        gradient: largest absolute derivative of the criterion by a free covariance parameter.
        warnings: sentences for the reader, empty when there is nothing to say.
        dropped: fixed-effect columns left out because others determine them.
    """

    formula: str
    family: Family
    reml: bool
    ddf: str
    n: int
    groups: dict[str, int]
    fixed: pl.DataFrame
    varcomp: pl.DataFrame
    sigma: float
    log_likelihood: float
    criterion: float
    n_parameters: int
    converged: bool
    singular: bool
    gradient: float
    warnings: tuple[str, ...]
    dropped: tuple[str, ...]
    weights: str | None = None
    known_variance: str | None = None
    model: Model = field(repr=False)
    """The engine's own result; verbs use it."""
    inference: Inference = field(repr=False)
    """Covariance and degrees of freedom of the fixed effects."""

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return self.criterion + 2.0 * self.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, with the number of rows."""
        return self.criterion + float(np.log(self.n)) * self.n_parameters

    @property
    def covariance(self) -> Floats:
        """Covariance matrix of the fixed effects, shape (p, p)."""
        return self.inference.covariance

    @property
    def coefficients(self) -> Floats:
        """Fixed effects, shape (p,)."""
        return self.model.coefficients

    @property
    def design(self) -> Design:
        """What was fitted."""
        return self.model.design


def fixed_table(inference: Inference, coefficients: Floats, names: Sequence[str]) -> pl.DataFrame:
    """One row per fixed effect."""
    return frame({"term": list(names)}, wald(inference, coefficients, np.eye(len(names))))


def varcomp_table(design: Design, sigmas: Sequence[Floats], sigma: float | None) -> pl.DataFrame:
    """Variances, then covariances, of every term in lme4's order; terms of one grouping are numbered g,
    g.1, ...
    """
    rows: list[tuple[str, str | None, str | None, float, float]] = []
    seen: dict[str, int] = {}
    for block, matrix in zip(design.blocks, sigmas, strict=True):
        count = seen.get(block.group, 0)
        seen[block.group] = count + 1
        group = f"{block.group}.{count}" if count else block.group
        sd = np.sqrt(np.diagonal(matrix))
        rows.extend(
            (group, name, None, float(s**2), float(s)) for name, s in zip(block.names, sd, strict=True)
        )
        for b in range(block.width):
            for a in range(b + 1, block.width):
                both = float(sd[a] * sd[b])
                correlation = float(matrix[a, b]) / both if both > 0 else float("nan")
                rows.append((group, block.names[b], block.names[a], float(matrix[a, b]), correlation))
    if sigma is not None:
        rows.append(("Residual", None, None, sigma**2, sigma))
    schema = {
        "group": pl.String,
        "term1": pl.String,
        "term2": pl.String,
        "variance_or_covariance": pl.Float64,
        "sd_or_corr": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("sd_or_corr").fill_nan(None))
