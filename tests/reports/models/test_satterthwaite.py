import numpy as np
import pytest

from tests.reports.models.golden import LINEAR, assert_close, column


@pytest.mark.parametrize("name", [n for n in LINEAR if n != "scores_maximal_singular"])
def test_df_and_p_values_match_lmertest(name, reference, fitted):
    theirs, ours = reference(name).json["fixed_satterthwaite"], fitted(name).fixed
    assert_close(ours["df"].to_numpy(), column(theirs, "df"), relative=1e-4)
    assert_close(ours["p_value"].to_numpy(), column(theirs, "p"), absolute=1e-5)


def test_a_model_without_random_effects_has_the_residual_df(reference):
    from reports.models import fit

    data = reference("scores_robustness").data
    plain = fit("score ~ regime", data)
    assert np.allclose(plain.fixed["df"].to_numpy(), data.height - 2)
