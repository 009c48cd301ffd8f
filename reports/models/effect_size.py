"""How large is a difference? Marginal contrasts in units of standard deviations."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from reports.models.contrast import Method, contrasts
from reports.models.grid import Value
from reports.models.r2 import variance_parts
from reports.models.result import Fit


def effect_sizes(
    fit: Fit,
    specs: str | Sequence[str],
    *,
    by: Sequence[str] = (),
    at: Mapping[str, Sequence[Value]] | None = None,
    method: Method = "pairwise",
    reference: str | None = None,
) -> pl.DataFrame:
    """Differences of marginal means over the standard deviation that the fixed effects leave.

    For linear models that is d of Westfall, Kenny & Judd (2014, eq. 5): the difference over the square root
    of the sum of all variance components, random slopes counted by their mean over the rows. For logit models
    the log odds ratio times sqrt(3) / pi (Hasselblad & Hedges 1995), which makes it comparable to d. The
    interval is that of the difference, so it leaves out the uncertainty of the standard deviation.

    Returns:
        contrast, by..., estimate (in units of the response), sd, effect_size, conf_low, conf_high.
    """
    table = contrasts(fit, specs, by=by, at=at, method=method, reference=reference, adjust="none")
    if fit.family == "binomial":
        sd = float(np.pi / np.sqrt(3.0))
    else:
        parts = variance_parts(fit)
        sd = float(np.sqrt(parts.random + parts.residual))
    return table.select("contrast", *by, "estimate").with_columns(
        pl.lit(sd).alias("sd"),
        effect_size=table["estimate"] / sd,
        conf_low=table["conf_low"] / sd,
        conf_high=table["conf_high"] / sd,
    )
