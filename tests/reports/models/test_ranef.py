import pytest

from reports.models import random_effects
from tests.reports.models.golden import LINEAR


@pytest.mark.parametrize("name", LINEAR)
def test_conditional_modes_match_lme4(name, reference, fitted):
    theirs = reference(name).json.get("ranef")
    if not theirs:
        pytest.skip("the reference has none")
    ours = {
        (r["group"], r["level"], r["term"]): r["estimate"] for r in random_effects(fitted(name)).to_dicts()
    }
    count = 0
    for group, levels in theirs.items():
        for level, terms in levels.items():
            for term, value in terms.items():
                assert ours[group, level, term] == pytest.approx(value, abs=1e-6)
                count += 1
    assert count == len(ours)


def test_intervals_hold_the_mode(fitted):
    table = random_effects(fitted("scores_slopes_missing"))
    assert ((table["conf_low"] < table["estimate"]) & (table["estimate"] < table["conf_high"])).all()


def test_a_variance_of_zero_predicts_zero_without_doubt(fitted):
    table = random_effects(fitted("english_vs_target"))
    runs = table.filter(table["group"] == "run")
    assert (runs["estimate"] == 0).all()
    assert (runs["std_error"] == 0).all()
