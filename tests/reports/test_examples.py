import numpy as np
import pytest
from scipy.special import expit, logit

from reports.comparison.design import design
from reports.comparison.examples import among_examples, counts
from reports.errors import Refused
from reports.question import question
from tests.reports.conftest import PLANTED
from tests.reports.synthetic import data


@pytest.fixture(scope="module")
def chosen():
    asked = question("english_intermediate")
    return design(data(PLANTED), asked, (asked.reference, asked.treatment))


def test_counts_add_up_to_the_scores(chosen):
    rows = counts(chosen)
    cell = chosen.scores.filter(chosen.scores["run_id"] == rows["run_id"][0])
    cell = cell.filter(cell["language"] == rows["language"][0])
    noisy = rows.filter((rows["run_id"] == rows["run_id"][0]) & (rows["condition"] == "perturbed"))
    noisy = noisy.filter(noisy["language"] == rows["language"][0])
    assert noisy["right"][0] == pytest.approx((cell["value"] * cell["n"]).sum(), abs=0.51)
    assert noisy["n"][0] == cell["n"].sum()
    assert (rows["right"] + rows["wrong"] == rows["n"]).all()


def test_the_log_odds_are_those_of_the_pooled_shares(chosen):
    """A rough value by hand: the difference of differences of the regimes' mean logits."""
    rows = counts(chosen).to_pandas()
    rows["logit"] = logit(rows["right"] / rows["n"])
    means = rows.groupby(["regime", "condition"], observed=True)["logit"].mean()
    byhand = (means["stilts", "perturbed"] - means["stilts", "clean"]) - (
        means["direct", "perturbed"] - means["direct", "clean"]
    )
    row = among_examples(chosen, "change").row
    assert row["estimate"] == pytest.approx(byhand, abs=0.02)
    assert row["conf_low"] < row["estimate"] < row["conf_high"]
    assert 0 < expit(row["estimate"]) < 1
    assert np.isinf(row["df"])


def test_a_metric_that_is_no_mean_over_examples_is_refused(chosen):
    from dataclasses import replace

    other = replace(chosen, scores=chosen.scores.with_columns(per_example=False))
    with pytest.raises(Refused, match="mean over examples"):
        among_examples(other, "change")
