import pytest

from reports.errors import Refused
from tests.reports.models.golden import SMALL_LINEAR, assert_close, column


@pytest.mark.parametrize("name", [n for n in SMALL_LINEAR if n != "scores_maximal_singular"])
def test_tests_match_pbkrtest(name, reference, fitted):
    theirs, ours = reference(name).json["fixed_kenward_roger"], fitted(name, ddf="kenward-roger").fixed
    assert_close(ours["std_error"].to_numpy(), column(theirs, "se"), relative=1e-5)
    assert_close(ours["df"].to_numpy(), column(theirs, "df"), relative=1e-4)
    assert_close(ours["p_value"].to_numpy(), column(theirs, "p"), absolute=1e-5)


def test_maximum_likelihood_is_refused(reference):
    with pytest.raises(Refused, match="REML"):
        reference("scores_robustness").fit(ddf="kenward-roger", reml=False)
