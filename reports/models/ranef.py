"""What the model thinks of each language, task or run: predictions of the random effects with intervals."""

import numpy as np
import polars as pl

from reports.models.distributions import t_quantile
from reports.models.result import Fit


def random_effects(fit: Fit, *, level: float = 0.95) -> pl.DataFrame:
    """Conditional modes of the random effects (BLUPs).

    The standard error is that of lme4's ``condVar``: given the data and the estimated parameters. Intervals
    are normal ones around the mode, so they leave out the uncertainty of the variances.

    Returns:
        group, level, term, estimate, std_error, conf_low, conf_high.
    """
    parts: list[pl.DataFrame] = []
    reach = t_quantile(0.5 + level / 2.0, np.inf)
    for block, modes, covariance in zip(
        fit.design.blocks, fit.model.modes, fit.model.conditional, strict=True
    ):
        for a, name in enumerate(block.names):
            parts.append(
                pl.DataFrame(
                    {
                        "group": [block.group] * len(block.levels),
                        "level": list(block.levels),
                        "term": [name] * len(block.levels),
                        "estimate": modes[:, a],
                        "std_error": np.sqrt(np.maximum(covariance[:, a, a], 0.0)),
                    }
                )
            )
    if not parts:
        schema = {"group": pl.String, "level": pl.String, "term": pl.String}
        parts = [pl.DataFrame(schema=schema | {"estimate": pl.Float64, "std_error": pl.Float64})]
    error = reach * pl.col("std_error")
    return pl.concat(parts).with_columns(
        conf_low=pl.col("estimate") - error,
        conf_high=pl.col("estimate") + error,
    )
