import numpy as np
import pytest

from reports.models import contrasts, effect_sizes


def test_d_is_the_difference_over_the_root_of_all_variances(fitted):
    model = fitted("scores_robustness")
    table = effect_sizes(model, "regime", by=["perturbation"], at={"severity": [1.0]})
    plain = contrasts(model, "regime", by=["perturbation"], at={"severity": [1.0]})
    sd = np.sqrt(model.varcomp["variance_or_covariance"].sum())
    assert table["sd"].to_list() == pytest.approx([sd] * table.height)
    for ours, theirs in (("effect_size", "estimate"), ("conf_low", "conf_low"), ("conf_high", "conf_high")):
        assert table[ours].to_list() == pytest.approx((plain[theirs] / sd).to_list())


def test_a_slope_counts_by_its_variance_over_the_rows(fitted):
    """Var(b0 + b1 x) is v0 + 2 c x + v1 x^2, averaged over the rows' 0 and 1."""
    model = fitted("scores_slopes_missing")
    parts = {
        (row["group"], row["term1"], row["term2"]): row["variance_or_covariance"]
        for row in model.varcomp.iter_rows(named=True)
    }
    share = float(
        np.bincount(model.design.cell, minlength=len(model.design.columns)) @ model.design.columns[:, 1]
    )
    share /= model.n
    language = parts["language", "(Intercept)", None] + share * (
        2 * parts["language", "(Intercept)", "regimestilt"] + parts["language", "regimestilt", None]
    )
    rest = sum(parts[name, "(Intercept)", None] for name in ("run", "task")) + parts["Residual", None, None]
    [sd] = effect_sizes(model, "regime")["sd"].unique()
    assert sd**2 == pytest.approx(language + rest)


def test_log_odds_are_brought_to_the_scale_of_d(fitted):
    model = fitted("pawsx_items")
    [row] = effect_sizes(model, "regime").to_dicts()
    assert row["effect_size"] == pytest.approx(row["estimate"] * np.sqrt(3) / np.pi)
