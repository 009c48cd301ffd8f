import numpy as np
import pytest

from reports.errors import BadFormula, Refused
from reports.models import Plan, calibrate, plan, power_curve


@pytest.fixture(scope="module")
def found():
    return plan(Plan(languages=8, seeds=3), draws=40, seed=1)


def rate(found, name):
    return float(found.rejections()[found.analyses.index(name)])


def test_analyses_that_forget_the_run_cry_wolf(found):
    assert rate(found, "paired t over cells") > 0.4
    assert rate(found, "mixed model without run, z") > 0.4
    assert rate(found, "bootstrap over language") > 0.2
    assert rate(found, "chosen model, Satterthwaite") < 0.15


def test_power_grows_with_the_effect(found):
    powers = [found.rejections(effect)[-1] for effect in (0.0, 2.0, 4.0, 20.0)]
    assert powers == sorted(powers)
    assert powers[-1] == 1.0


def test_the_detectable_effect_is_found_four_times_in_five(found):
    effect = found.detectable(0.8)[-1]
    assert found.rejections(effect + 1e-9)[-1] == pytest.approx(0.8, abs=0.05)


def test_shifting_intervals_is_the_same_as_simulating_an_effect():
    """The equivariance that lets one simulation serve all effects."""
    design = Plan(languages=6, seeds=3)
    null = plan(design, draws=10, seed=4)
    table = design.table()
    from reports.models import fit
    from reports.models.planning import FORMULA

    rng = np.random.default_rng(0)
    import polars as pl

    y = pl.Series("value", rng.normal(size=table.height))
    one = fit(FORMULA, table.with_columns(y)).fixed.row(1, named=True)
    shifted = table.with_columns(value=y + 3.0 * (table["regime"] == "stilts"))
    other = fit(FORMULA, shifted).fixed.row(1, named=True)
    assert other["conf_low"] - one["conf_low"] == pytest.approx(3.0, abs=1e-5)
    assert null.runs_per_arm == 3


def test_a_users_table_is_calibrated_on_its_own_variances(reference):
    known = reference("scores_slopes_missing")
    found = calibrate(known.json["formula"], known.data, levels=known.json["factors"], draws=10)
    assert found.sds["language"] == pytest.approx(5.2308, rel=1e-3)
    assert found.sds["language.slope"] == pytest.approx(2.0069, rel=1e-3)
    assert "paired t over language" in found.analyses
    assert found.table(2.0).columns == ["analysis", "error_rate", "error_se", "power", "detectable", "draws"]


def test_a_formula_without_a_run_is_refused(reference):
    data = reference("scores_slopes_missing").data
    with pytest.raises(Refused, match="replicates"):
        calibrate("score ~ regime + (1 | language) + (1 | task)", data)


def test_an_unknown_standard_deviation_is_refused():
    with pytest.raises(BadFormula, match="no standard deviation 'planet'"):
        plan(Plan(), sds={"planet": 1.0}, draws=10)


def test_more_seeds_find_smaller_effects():
    table = power_curve(Plan(), 2.0, seeds=(2, 6), languages=(6,), draws=15)
    assert table["detectable"][1] < table["detectable"][0]
