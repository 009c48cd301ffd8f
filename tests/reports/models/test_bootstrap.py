import numpy as np
import polars as pl
import pytest

from reports.errors import Refused
from reports.models import cluster_bootstrap, fit, parametric_bootstrap
from warehouse.errors import UnknownName


def test_the_parametric_bootstrap_finds_the_standard_errors(fitted):
    model = fitted("scores_rank_deficient")
    found = parametric_bootstrap(model, draws=150, seed=1)
    table = found.intervals(model)
    assert found.failed == 0
    assert np.allclose(table["std_error"].to_numpy(), model.fixed["std_error"].to_numpy(), rtol=0.25)
    assert (table["conf_low"] < table["estimate"]).all()


def test_a_binomial_model_can_be_drawn_from(reference):
    data = reference("counts_overdispersed").data
    model = fit("cbind(successes, failures) ~ regime + (1 | language)", data, family="binomial")
    found = parametric_bootstrap(model, draws=12, seed=0)
    assert found.fixed.shape == (12 - found.failed, 2)
    assert abs(found.fixed.mean(axis=0) - model.coefficients).max() < 0.3


def test_the_same_seed_gives_the_same_draws(fitted):
    model = fitted("difficulty")
    one, other = (parametric_bootstrap(model, draws=5, seed=3).fixed for _ in range(2))
    assert np.array_equal(one, other)


def test_clusters_are_drawn_whole_and_few_are_marked(fitted):
    model = fitted("scores_slopes_missing")
    found = cluster_bootstrap(model, "language", draws=20, seed=0)
    assert len(found.fixed) + found.failed == 20
    assert "14 levels only" in found.note
    spread = found.fixed.std(axis=0)
    assert (spread > 0).all()


def test_what_is_no_cluster_is_refused(fitted):
    with pytest.raises(UnknownName):
        cluster_bootstrap(fitted("difficulty"), "planet")
    data = pl.DataFrame({"y": np.random.default_rng(0).normal(size=30), "g": [0, 1, 2] * 10})
    with pytest.raises(Refused, match="3 levels"):
        cluster_bootstrap(fit("y ~ 1 + (1 | g)", data), "g")
