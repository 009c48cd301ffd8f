import pytest

from reports.errors import Refused
from reports.models import fit, term_tests
from tests.reports.models.golden import LINEAR, assert_close, column


@pytest.mark.parametrize("ddf", ["satterthwaite", "kenward-roger"])
@pytest.mark.parametrize("name", LINEAR)
def test_type_three_matches_lmertest(name, ddf, reference, fitted):
    theirs = reference(name).json.get(f"anova_type3_{ddf.replace('-', '_')}")
    if not theirs:
        pytest.skip("the reference has no such table")
    ours = term_tests(fitted(name, ddf=ddf))
    assert ours["term"].to_list() == [row["term"] for row in theirs]
    assert ours["num_df"].to_list() == [row["num_df"] for row in theirs]
    assert_close(ours["den_df"].to_numpy(), column(theirs, "den_df"), relative=1e-4)
    assert_close(ours["statistic"].to_numpy(), column(theirs, "F"), relative=1e-5)
    assert_close(ours["p_value"].to_numpy(), column(theirs, "p"), absolute=1e-5)


def test_a_hypothesis_the_data_cannot_tell_is_null(fitted):
    table = term_tests(fitted("scores_rank_deficient"))
    assert table.filter(table["statistic"].is_null()).height > 0


def test_a_covariate_inside_a_function_is_refused(reference):
    model = fit("score ~ log(severity) + (1 | language)", reference("scores_robustness").data)
    with pytest.raises(Refused, match="function"):
        term_tests(model)
