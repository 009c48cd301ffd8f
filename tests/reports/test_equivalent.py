from types import SimpleNamespace

import pytest
from scipy.stats import norm

from reports.comparison.equivalent import equivalence_table


def table(estimate, p_value, margin):
    row = {"estimate": estimate, "std_error": 1.0, "df": float("inf"), "p_value": p_value}
    one = SimpleNamespace(row=row)
    return equivalence_table({"change": one, "perturbed": one, "clean": one}, margin).row(0, named=True)


@pytest.mark.parametrize(
    ("estimate", "margin", "verdict"),
    [
        (0.5, 3.0, "equivalent"),
        (2.5, 9.0, "there, but too small to matter"),
        (5.0, 3.0, "different"),
        (0.5, 1.0, "undecided"),
    ],
)
def test_both_tests_together_give_the_verdict(estimate, margin, verdict):
    """By hand: TOST rejects where |estimate| + 1.645 < margin, the other test where |estimate| > 1.96."""
    found = table(estimate, 2 * norm.sf(abs(estimate)), margin)
    assert found["verdict"] == verdict
    assert found["p_value"] == pytest.approx(norm.cdf(abs(estimate) - margin))
    assert found["conf_high"] == pytest.approx(estimate + norm.ppf(0.95))


def test_the_answer_tells_the_equivalence_test_and_the_seeds_it_would_take(planted):
    told = {finding.lead: finding.text for finding in planted.findings}
    assert "smallest difference of interest of 1.0 points" in told["Equivalence"]
    assert "TOST p" in told["Equivalence"].replace("\u00a0", " ")
    assert "four times in five" in told["What this study can see"]
