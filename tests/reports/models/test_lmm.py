"""Linear mixed models against lme4's polished optima."""

import itertools

import numpy as np
import polars as pl
import pytest

from reports.models import fit
from tests.reports.models.golden import LINEAR, SMALL_LINEAR, assert_close, column


def loose(name: str, usual: float) -> float:
    """scores_maximal_singular sits on a flat edge; its README asks for 1e-4."""
    return 1e-4 if name == "scores_maximal_singular" else usual


@pytest.mark.parametrize("name", LINEAR)
def test_reml_reaches_the_criterion(name, reference, fitted):
    theirs, ours = reference(name).json["reml"], fitted(name)
    assert ours.criterion == pytest.approx(theirs["criterion"], abs=1e-6)
    assert ours.log_likelihood == pytest.approx(theirs["logLik"], abs=1e-6)
    assert ours.aic == pytest.approx(theirs["AIC"], abs=1e-6)
    assert ours.bic == pytest.approx(theirs["BIC"], abs=1e-6)
    assert ours.n == theirs["n"]
    assert ours.n_parameters == theirs["n_par"]
    assert ours.singular == theirs["singular"]
    assert ours.converged
    assert ours.sigma == pytest.approx(theirs["sigma"], rel=loose(name, 1e-5))
    assert set(ours.dropped) == set(theirs["dropped_columns"] or [])


@pytest.mark.parametrize("name", LINEAR)
def test_fixed_effects(name, reference, fitted):
    theirs, ours = reference(name).json["fixed_satterthwaite"], fitted(name).fixed
    assert ours["term"].to_list() == [row["term"] for row in theirs]
    assert_close(ours["estimate"].to_numpy(), column(theirs, "estimate"), absolute=loose(name, 1e-7))
    assert_close(ours["std_error"].to_numpy(), column(theirs, "se"), relative=loose(name, 1e-5))


@pytest.mark.parametrize("name", LINEAR)
def test_variance_components(name, reference, fitted):
    theirs = {(r["group"], r["var1"], r["var2"]): r for r in reference(name).json["varcorr"]}
    ours = fitted(name).varcomp
    assert ours.height == len(theirs)
    for row in ours.iter_rows(named=True):
        expected = theirs[row["group"], row["term1"], row["term2"]]
        if row["term2"] is None:
            assert row["sd_or_corr"] == pytest.approx(expected["sdcor"], rel=loose(name, 1e-5), abs=1e-6)
        elif name != "scores_maximal_singular":
            assert row["sd_or_corr"] == pytest.approx(expected["sdcor"], abs=1e-5)
            assert row["variance_or_covariance"] == pytest.approx(expected["vcov"], rel=1e-5)


@pytest.mark.parametrize("name", SMALL_LINEAR)
def test_maximum_likelihood(name, reference, fitted):
    theirs, ours = reference(name).json["ml"], fitted(name, reml=False)
    assert ours.criterion == pytest.approx(theirs["deviance"], abs=1e-6)
    assert ours.aic == pytest.approx(theirs["AIC"], abs=1e-6)
    assert_close(
        ours.fixed["estimate"].to_numpy(), column(theirs["fixed"], "estimate"), absolute=loose(name, 1e-7)
    )
    assert_close(
        ours.fixed["std_error"].to_numpy(), column(theirs["fixed"], "se"), relative=loose(name, 1e-5)
    )


@pytest.mark.parametrize("reml", [True, False])
def test_known_residual_variances(reml, reference):
    known = reference("scores_known_variance")
    theirs = known.json["reml" if reml else "ml"]
    formula = known.json["formula"].split(",")[0]
    ours = fit(formula, known.data, known_variance="v", reml=reml, levels=known.json["factors"])
    assert ours.criterion == pytest.approx(theirs["criterion_lme4_like"], abs=1e-6)
    assert_close(ours.fixed["estimate"].to_numpy(), column(theirs["fixed"], "estimate"), absolute=1e-4)
    assert_close(ours.fixed["std_error"].to_numpy(), column(theirs["fixed"], "se"), relative=1e-5)
    assert_close(ours.fixed["p_value"].to_numpy(), column(theirs["fixed"], "p"), absolute=1e-5)
    variances = dict(zip(ours.varcomp["group"], ours.varcomp["variance_or_covariance"], strict=True))
    for group, expected in theirs["sigma2"].items():
        assert variances[group] == pytest.approx(expected, rel=1e-5)
    assert ours.sigma == 1.0
    assert np.isinf(ours.fixed["df"].to_numpy()).all()


def test_of_two_optima_at_the_boundary_the_lower_one_is_found() -> None:
    # lmer (lme4 1.1-31) ends at 408.918993 from its own start and larger ones, at 406.513637 from smaller.
    rng = np.random.default_rng(28)
    cells = itertools.product(("direct", "stilts"), "123", "abcdefgh", range(3))
    rows = [(regime, regime + seed, language, round(rng.normal(), 3)) for regime, seed, language, _ in cells]
    data = pl.DataFrame(rows, schema=["regime", "run_id", "language", "value"], orient="row")
    found = fit("value ~ regime + (1 + regime | language) + (1 | run_id)", data)
    assert found.singular
    assert found.criterion == pytest.approx(406.513637, abs=1e-6)
