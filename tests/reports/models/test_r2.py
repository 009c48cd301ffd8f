import numpy as np
import polars as pl
import pytest

from reports.models import fit, r_squared


def test_shares_of_a_simulated_model_are_found():
    """Variances 4 (fixed), 9 (groups) and 3 (residual): R2 is 4/16 and 13/16."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(400), 50)
    x = rng.normal(size=len(group))
    y = 2.0 * x + 3.0 * rng.normal(size=400)[group] + np.sqrt(3.0) * rng.normal(size=len(group))
    found = r_squared(fit("y ~ x + (1 | g)", pl.DataFrame({"y": y, "x": x, "g": group})))
    assert found.marginal == pytest.approx(4 / 16, abs=0.02)
    assert found.conditional == pytest.approx(13 / 16, abs=0.02)


def test_a_binomial_model_counts_the_logistic_variance(fitted):
    model = fitted("pawsx_items")
    found = r_squared(model)
    random = model.varcomp["variance_or_covariance"].sum()
    rest = np.pi**2 / 3
    fixed = found.marginal / (1 - found.conditional) * rest
    assert found.conditional == pytest.approx((fixed + random) / (fixed + random + rest), rel=1e-9)
