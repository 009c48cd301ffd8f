"""What must hold of any fit, whatever the data: invariances, boundaries, agreement with other programs."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.models import fit, group_leverage, random_effects
from reports.models import products as products_module

FORMULA = "y ~ arm * x + (1 + x | g) + (1 | h)"


def table(seed: int, rows: int = 120, groups: int = 8) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    g, h = rng.integers(0, groups, rows), rng.integers(0, 5, rows)
    arm = rng.integers(0, 2, rows)
    x = rng.normal(size=rows)
    b = rng.normal(size=(groups, 2)) * [1.5, 0.7]
    y = 3 + arm - 0.5 * x + b[g, 0] + b[g, 1] * x + rng.normal(size=5)[h] + rng.normal(size=rows)
    return pl.DataFrame(
        {"y": y, "arm": np.array(["a", "b"])[arm], "x": x, "g": g, "h": h, "w": rng.uniform(1, 4, rows)}
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed):
    data = table(seed)
    one, other = fit(FORMULA, data), fit(FORMULA, data.sample(fraction=1.0, shuffle=True, seed=seed))
    assert one.criterion == pytest.approx(other.criterion, abs=1e-8)
    assert np.allclose(one.coefficients, other.coefficients, atol=1e-7)
    assert np.allclose(one.fixed["df"], other.fixed["df"], rtol=1e-4)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-4, 0.1, 1e5]))
def test_units_do_not_matter(seed, scale):
    """A rescaled covariate rescales its effect; a rescaled response rescales everything."""
    data = table(seed)
    plain = fit(FORMULA, data)
    stretched = fit(FORMULA, data.with_columns(x=scale * pl.col("x")))
    assert np.allclose(stretched.fixed["statistic"], plain.fixed["statistic"], rtol=1e-4, atol=1e-5)
    assert np.allclose(stretched.fixed["df"], plain.fixed["df"], rtol=1e-3)
    larger = fit(FORMULA, data.with_columns(y=scale * pl.col("y")))
    assert np.allclose(larger.coefficients / scale, plain.coefficients, atol=1e-6)
    assert larger.sigma / scale == pytest.approx(plain.sigma, rel=1e-6)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000))
def test_an_effect_moves_its_estimate_and_nothing_else(seed):
    data = table(seed)
    moved = data.with_columns(y=pl.col("y") + 2.5 * (pl.col("arm") == "b"))
    one, other = fit("y ~ arm + (1 | g)", data), fit("y ~ arm + (1 | g)", moved)
    assert other.coefficients[1] - one.coefficients[1] == pytest.approx(2.5, abs=1e-7)
    assert other.criterion == pytest.approx(one.criterion, abs=1e-8)


def test_repeated_rows_are_weights_under_a_known_variance():
    """k equal rows of variance v say as much about beta and b as one of variance v / k."""
    data = table(3).with_columns(v=1.0 / pl.col("w").round())
    copies = (
        data.with_columns(v=pl.lit(1.0))
        .select(pl.all().repeat_by(data["w"].round().cast(pl.UInt32)))
        .explode(pl.all())
    )
    one = fit("y ~ x + (1 | g)", data, known_variance="v")
    many = fit("y ~ x + (1 | g)", copies, known_variance="v")
    assert np.allclose(one.coefficients, many.coefficients, atol=1e-7)
    assert np.allclose(one.fixed["std_error"], many.fixed["std_error"], rtol=1e-6)


@pytest.mark.parametrize("family", ["gaussian", "binomial"])
def test_block_and_dense_elimination_agree(family, monkeypatch):
    data = table(5, rows=300, groups=30).with_columns(k=(pl.col("y") > 3).cast(pl.Float64))
    formula = FORMULA if family == "gaussian" else "k ~ arm * x + (1 | g) + (1 | h)"
    found = []
    for limit in (1, 10_000):
        monkeypatch.setattr(products_module, "SWEEP_FROM", limit)
        found.append(fit(formula, data, family=family))
    assert found[0].criterion == pytest.approx(found[1].criterion, abs=1e-8)
    assert np.allclose(found[0].fixed["std_error"], found[1].fixed["std_error"], rtol=1e-6)


def test_sparse_and_dense_couplings_agree(monkeypatch):
    rng = np.random.default_rng(2)
    rows = 600
    a, b = rng.integers(0, 80, rows), rng.integers(0, 60, rows)
    y = rng.normal(size=80)[a] + rng.normal(size=60)[b] + rng.normal(size=rows)
    data = pl.DataFrame({"y": y, "a": a, "b": b, "x": rng.normal(size=rows)})
    dense = fit("y ~ x + (1 | a) + (1 | b)", data)
    monkeypatch.setattr(products_module, "DENSE_PAIR", 100)
    sparse = fit("y ~ x + (1 | a) + (1 | b)", data)
    assert sparse.criterion == pytest.approx(dense.criterion, abs=1e-8)
    assert np.allclose(sparse.fixed["df"], dense.fixed["df"], rtol=1e-5)


def test_a_variance_just_above_zero_is_not_taken_for_zero():
    """The criterion falls from theta = 0 to 0.014 by 0.005 only; the boundary must let go."""
    data = table(0)
    values = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        model = fit("y ~ x + (1 | g) + (1 | h)", data.with_columns(y=pl.Series(rng.normal(size=data.height))))
        assert model.converged
        values.append(model.varcomp["sd_or_corr"][1])
    values = np.array(values)
    assert (values == 0).any()
    assert ((values > 0) & (values < 0.2)).any()


def test_no_random_effects_is_least_squares():
    data = table(1)
    model = fit("y ~ arm + x", data)
    X = np.column_stack([np.ones(data.height), data["arm"].to_numpy() == "b", data["x"].to_numpy()])
    beta, rest, *_ = np.linalg.lstsq(X, data["y"].to_numpy(), rcond=None)
    assert np.allclose(model.coefficients, beta)
    assert model.sigma**2 == pytest.approx(float(rest[0]) / (data.height - 3))


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_mixedlm(seed):
    mixedlm = pytest.importorskip("mixedlm")
    data = table(seed, rows=200)
    ours = fit("y ~ arm + x + (1 + x | g) + (1 | h)", data)
    theirs = mixedlm.lmer("y ~ arm + x + (1 + x | g) + (1 | h)", data.to_pandas())
    assert ours.criterion <= float(theirs.deviance) + 1e-6
    assert np.allclose(ours.coefficients, list(theirs.fixef().values()), atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_statsmodels_on_one_grouping(seed):
    from statsmodels.regression.mixed_linear_model import MixedLM

    data = table(seed, rows=200)
    ours = fit("y ~ x + (1 + x | g)", data, reml=True)
    X = np.column_stack([np.ones(data.height), data["x"].to_numpy()])
    theirs = MixedLM(data["y"].to_numpy(), X, data["g"].to_numpy(), exog_re=X).fit(reml=True)
    assert ours.log_likelihood >= float(theirs.llf) - 1e-6
    assert np.allclose(ours.coefficients, theirs.fe_params, atol=1e-3)


def test_a_separated_binomial_says_so():
    data = pl.DataFrame(
        {"k": [0.0] * 30 + [1.0] * 30, "arm": ["a"] * 30 + ["b"] * 30, "g": list(range(6)) * 10}
    )
    model = fit("k ~ arm + (1 | g)", data, family="binomial")
    assert any("logit scale" in sentence for sentence in model.warnings) or not model.converged


def test_shares_with_weights_are_counts():
    rng = np.random.default_rng(0)
    data = pl.DataFrame(
        {"k": rng.binomial(20, 0.6, 60), "g": np.arange(60) % 6, "n": 20, "x": rng.normal(size=60)}
    )
    share = data.with_columns(p=pl.col("k") / pl.col("n"))
    one = fit("cbind(k, n - k) ~ x + (1 | g)", data, family="binomial")
    other = fit("p ~ x + (1 | g)", share, family="binomial", weights="n")
    bars = fit("k | trials(n) ~ x + (1 | g)", data, family="binomial")
    assert one.criterion == pytest.approx(other.criterion, abs=1e-9)
    assert one.criterion == pytest.approx(bars.criterion, abs=1e-9)


@pytest.mark.parametrize(
    ("formula", "kinds"),
    [
        ("y ~ arm + (1 | run) + (1 + arm | g)", 2),
        ("y ~ arm + (1 + x | run) + (1 | g)", 1),
        ("y ~ arm + (1 + x | run)", 1),
    ],
)
def test_runs_that_are_alike_are_held_once_and_change_nothing(formula, kinds, monkeypatch):
    rng = np.random.default_rng(4)
    runs, groups = 60, 6
    data = pl.DataFrame({"run": np.repeat(np.arange(runs), groups), "g": np.tile(np.arange(groups), runs)})
    data = data.with_columns(x=pl.col("g") % 3 * 1.0, arm=pl.when(pl.col("run") % 2 == 0).then(pl.lit("a")))
    data = data.with_columns(pl.col("arm").fill_null("b"), pl.col("run", "g").cast(pl.String))
    effect = rng.normal(size=runs).repeat(groups) + np.tile(rng.normal(size=groups), runs)
    data = data.with_columns(y=pl.Series(effect + rng.normal(size=runs * groups)))

    def numbers():
        model = fit(formula, data, ddf="kenward-roger")
        held = model.model.sweep.factor.products.kinds.first
        frames = [model.fixed, random_effects(model), group_leverage(model, "run")]
        return len(held), model.criterion, [f.select(pl.col(pl.Float64)).to_numpy() for f in frames]

    once = numbers()
    monkeypatch.setattr(products_module, "joined", lambda products: products)
    apart = numbers()
    assert (once[0], apart[0]) == (kinds, runs)
    assert once[1] == pytest.approx(apart[1], abs=1e-9)
    for one, other in zip(once[2], apart[2], strict=True):
        assert np.allclose(one, other, rtol=1e-6, atol=1e-8)
