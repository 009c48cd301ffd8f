"""The closed form against the engine's own fits of balanced tables, and against simulation."""

import itertools

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.power import TTestIndPower

from reports.models import Components, contrasts, detectable, fit, power, precision


def table(runs: int, languages: int, parts: Components, rng: np.random.Generator) -> pl.DataFrame:
    rows = pl.DataFrame(
        list(itertools.product(("a", "b"), range(runs), range(languages))),
        schema=["arm", "run", "language"],
        orient="row",
    )
    treated = (rows["arm"] == "b").to_numpy().astype(float)
    run = (treated * runs + rows["run"].to_numpy()).astype(int)
    language = rows["language"].to_numpy()
    y = (
        rng.normal(0, 3, languages)[language]
        + treated * rng.normal(0, parts.slope**0.5, languages)[language]
        + rng.normal(0, parts.run**0.5, 2 * runs)[run]
        + rng.normal(0, parts.rest**0.5, len(rows))
    )
    return rows.with_columns(
        y=pl.Series(y), run=pl.Series(run).cast(pl.String), language=pl.Series(language).cast(pl.String)
    )


@pytest.mark.parametrize(("runs", "languages", "seed"), [(3, 8, 1), (6, 5, 2), (9, 12, 3)])
def test_standard_error_and_df_are_those_of_a_fit(runs, languages, seed):
    """With the fit's own variances; a free covariance of intercept and slope leaves the contrast alone."""
    truth = Components(run=1.0, slope=4.0, rest=0.5)
    data = table(runs, languages, truth, np.random.default_rng(seed))
    model = fit("y ~ arm + (1 + arm | language) + (1 | run)", data)
    assert not model.singular
    found = {
        (r["group"], r["term1"], r["term2"]): r["variance_or_covariance"] for r in model.varcomp.to_dicts()
    }
    parts = Components(
        run=found["run", "(Intercept)", None],
        slope=next(v for (g, t, u), v in found.items() if g == "language" and "arm" in t and u is None),
        rest=found["Residual", None, None],
    )
    row = contrasts(model, "arm").row(0, named=True)
    error, df = precision(parts, runs=runs, languages=languages)
    assert error == pytest.approx(row["std_error"], rel=1e-5)
    assert df == pytest.approx(row["df"], rel=0.02)


def test_power_is_that_of_statsmodels():
    for effect, n in ((0.5, 20), (1.0, 8), (0.2, 100)):
        theirs = TTestIndPower().power(effect, nobs1=n, alpha=0.05)
        assert power(effect, (2 / n) ** 0.5, 2 * n - 2) == pytest.approx(theirs, abs=1e-9)


def test_the_detectable_difference_has_the_power_it_is_named_for():
    assert power(detectable(1.0, 30.0), 1.0, 30.0) == pytest.approx(0.8, abs=0.005)


def test_a_study_of_one_run_or_language_has_no_precision():
    assert np.isnan(precision(Components(run=1, slope=1, rest=1), runs=1, languages=8)[0])
