"""Profile-likelihood intervals against lme4's profiler, which interpolates to about 1e-4."""

import json

import numpy as np
import polars as pl
import pytest

from reports.errors import BadFormula
from reports.models import fit, profile_intervals
from tests.reports.models.golden import CARRIED, load


def ours(model) -> dict[str, tuple[float, float]]:
    """Intervals under lme4's names."""
    out = {}
    for row in profile_intervals(model).iter_rows(named=True):
        names = {
            "fixed": row["term1"],
            "sigma": "sigma",
            "sd": f"sd_{row['term1']}|{row['group']}",
            "corr": f"cor_{row['term2']}.{row['term1']}|{row['group']}",
        }
        out[names[row["parameter"]]] = (row["conf_low"], row["conf_high"])
    return out


def hold_against(found: dict[str, tuple[float, float]], theirs: list[dict]) -> None:
    assert set(found) == {row["term"] for row in theirs}
    for row in theirs:
        width = row["upper"] - row["lower"]
        assert found[row["term"]] == pytest.approx((row["lower"], row["upper"]), abs=2e-4 * width)


@pytest.mark.parametrize("name", ["penicillin", pytest.param("sleepstudy_slopes", marks=pytest.mark.slow)])
def test_classic_sets_match_lme4(name, reference, fitted):
    hold_against(ours(fitted(name)), reference(name).json["profile_ci_95"])


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
def test_simulated_sets_match_lme4(number):
    """Fixed effects of the weighted set are left out: lme4's profiler loses the weights there."""
    known = json.loads((CARRIED / "profile.json").read_text())["profiles"][number]
    weights = known.get("weights") or None
    found = load(known["data"])
    model = fit(known["formula"], found.data, weights=weights, levels=found.json["factors"])
    theirs = [row for row in known["intervals"] if weights is None or row["term"].startswith(("s", "c"))]
    intervals = ours(model)
    hold_against({row["term"]: intervals[row["term"]] for row in theirs}, theirs)


def test_one_group_of_normal_values_has_the_interval_of_theory():
    """Without random effects the profile of a mean is exact: its deviance rises by n log(1 + d^2 / s^2)."""
    y = np.array([1.0, 2.0, 4.0, 7.0, 11.0, 12.0])
    found = ours(fit("y ~ 1", pl.DataFrame({"y": y})))
    n, s2 = len(y), float(np.var(y))
    half = np.sqrt(s2 * (np.exp(3.841458820694124 / n) - 1))
    assert found["(Intercept)"] == pytest.approx((y.mean() - half, y.mean() + half), rel=1e-7)
    low, high = found["sigma"]
    for sigma in (low, high):
        rise = n * np.log(sigma**2 / s2) + n * s2 / sigma**2 - n
        assert rise == pytest.approx(3.841458820694124, rel=1e-5)


@pytest.mark.slow
def test_a_variance_estimated_as_zero_has_an_interval_from_zero():
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(6), 5)
    y = rng.normal(size=30)
    y -= np.array([y[group == g].mean() for g in range(6)])[group]  # groups that do not differ at all
    model = fit("y ~ 1 + (1 | g)", pl.DataFrame({"y": y, "g": group}))
    low, high = ours(model)["sd_(Intercept)|g"]
    assert low == 0.0
    assert 0.0 < high < 1.0


def test_binomial_models_are_refused(fitted):
    with pytest.raises(BadFormula, match="bootstrap"):
        profile_intervals(fitted("pawsx_items"))
