import polars as pl
import pytest

from reports.errors import Refused
from reports.models import fit, likelihood_ratio
from tests.reports.models.golden import BINOMIAL, LINEAR


@pytest.mark.parametrize("name", LINEAR + BINOMIAL)
def test_matches_r(name, reference, fitted):
    known = reference(name)
    if not known.json.get("lrt"):
        pytest.skip("the reference has no such test")
    full = fitted(name) if name in BINOMIAL else fitted(name, reml=False)
    for theirs in known.json["lrt"]:
        reduced = fit(
            theirs["reduced"],
            known.data,
            family=full.family,
            reml=False,
            levels=known.json["factors"],
        )
        ours = likelihood_ratio(reduced, full).row(1, named=True)
        assert ours["chisq"] == pytest.approx(theirs["chisq"], abs=2e-6)
        assert ours["df"] == theirs["df"]
        assert ours["p_value"] == pytest.approx(theirs["p"], abs=1e-5)


@pytest.fixture(scope="module")
def scores(reference) -> pl.DataFrame:
    return reference("scores_robustness").data


def test_reml_fits_with_different_fixed_effects_are_refused(scores):
    small = fit("score ~ regime + (1 | language)", scores)
    large = fit("score ~ regime + perturbation + (1 | language)", scores)
    with pytest.raises(Refused, match="different fixed effects"):
        likelihood_ratio(small, large)


def test_reml_fits_with_the_same_fixed_effects_are_compared(scores):
    small = fit("score ~ regime + (1 | language)", scores)
    large = fit("score ~ regime + (1 | language) + (1 | run)", scores)
    row = likelihood_ratio(small, large).row(1, named=True)
    assert row["df"] == 1
    assert "conservative" in row["note"]


def test_different_rows_are_refused(scores):
    small = fit("score ~ 1 + (1 | language)", scores.head(1000), reml=False)
    large = fit("score ~ regime + (1 | language)", scores, reml=False)
    with pytest.raises(Refused, match="1000 and 1296 rows"):
        likelihood_ratio(small, large)


def test_different_responses_are_refused(scores):
    small = fit("score ~ 1 + (1 | language)", scores, reml=False)
    large = fit("log(score) ~ regime + (1 | language)", scores, reml=False)
    with pytest.raises(Refused, match="different responses"):
        likelihood_ratio(small, large)


def test_reml_against_maximum_likelihood_is_refused(scores):
    small = fit("score ~ 1 + (1 | language)", scores, reml=False)
    large = fit("score ~ regime + (1 | language)", scores)
    with pytest.raises(Refused, match="reml=False"):
        likelihood_ratio(small, large)


@pytest.mark.parametrize(
    ("reduced", "full"),
    [
        ("score ~ regime + (1 | language)", "score ~ perturbation + (1 | language)"),
        ("score ~ 1 + (1 | task)", "score ~ regime + (1 | language)"),
    ],
)
def test_models_that_are_not_nested_are_refused(reduced, full, scores):
    with pytest.raises(Refused, match=r"special case|not nested"):
        likelihood_ratio(fit(reduced, scores, reml=False), fit(full, scores, reml=False))


def test_the_same_model_twice_is_refused(scores):
    model = fit("score ~ regime + (1 | language)", scores, reml=False)
    with pytest.raises(Refused, match="nothing to test"):
        likelihood_ratio(model, model)
