"""Binomial mixed models against lme4's Laplace optima."""

import pytest

from tests.reports.models.golden import BINOMIAL, assert_close, column


@pytest.mark.parametrize("name", BINOMIAL)
def test_laplace_reaches_the_criterion(name, reference, fitted):
    theirs, ours = reference(name).json["laplace"], fitted(name)
    assert ours.criterion == pytest.approx(theirs["minus2logLik"], abs=1e-7)
    assert ours.aic == pytest.approx(theirs["AIC"], abs=1e-6)
    assert ours.bic == pytest.approx(theirs["BIC"], abs=1e-6)
    assert ours.n == theirs["n"]
    assert ours.n_parameters == theirs["n_par"]
    assert ours.singular == theirs["singular"]
    assert ours.converged


@pytest.mark.parametrize("name", BINOMIAL)
def test_fixed_effects(name, reference, fitted):
    theirs, ours = reference(name).json["fixed"], fitted(name).fixed
    assert ours["term"].to_list() == [row["term"] for row in theirs]
    assert_close(ours["estimate"].to_numpy(), column(theirs, "estimate"), absolute=1e-6)
    assert_close(ours["std_error"].to_numpy(), column(theirs, "se"), relative=1e-5)
    assert_close(ours["p_value"].to_numpy(), column(theirs, "p"), absolute=1e-5)


@pytest.mark.parametrize("name", BINOMIAL)
def test_variance_components(name, reference, fitted):
    theirs = {(r["group"], r["var1"], r["var2"]): r for r in reference(name).json["varcorr"]}
    for row in fitted(name).varcomp.iter_rows(named=True):
        expected = theirs.pop((row["group"], row["term1"], row["term2"]))
        assert row["sd_or_corr"] == pytest.approx(expected["sdcor"], rel=1e-5)
    assert not theirs
