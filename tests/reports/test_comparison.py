"""The road from scores to an answer on data with a known truth."""

import numpy as np
import polars as pl
import pytest

from reports.answer import UNIFORM
from reports.comparison.design import design
from reports.comparison.estimate import difference, holm, key
from reports.comparison.rows import by_perturbation, by_severity, summary
from reports.comparison.structure import structure
from reports.comparison.tables import every_regime
from reports.comparison.variance import variance
from reports.models import detectable
from reports.question import analyze, question
from tests.reports.synthetic import NOISELESS, Truth, changed, data, varied, warehouse

PAIR = ("direct", "stilts")
ASKED = question("english_intermediate")


def chosen(truth: Truth):
    return design(data(truth), ASKED, PAIR)


def answered(truth: Truth):
    return ASKED.analyse(ASKED, data(truth))


SMALL = Truth(languages=("en", "de", "sw", "ru", "hi"), perturbations=("typo_mix",), severities=(3,), seed=3)


def test_a_planted_gain_is_recovered(planted):
    row = planted.primary.row(0, named=True)
    assert row["conf_low"] < 0.03 < row["conf_high"]
    assert row["estimate"] == pytest.approx(0.03, abs=0.012)
    assert row["p_value"] < 0.05


def test_a_planted_lift_is_recovered_on_clean_text(planted):
    row = planted.tables["key"].frame.filter(pl.col("response") == "clean").row(0, named=True)
    assert row["conf_low"] < 0.04 < row["conf_high"]


def test_the_planted_gain_is_found_exactly_where_there_is_no_noise():
    answer = key(chosen(varied(NOISELESS, gain={"stilts": 0.03})))
    assert answer["change"].row["estimate"] == pytest.approx(0.03, abs=5e-4)


def test_nothing_planted_nothing_found():
    answer = answered(SMALL)
    row = answer.primary.row(0, named=True)
    assert row["conf_low"] < 0 < row["conf_high"]
    assert answer.headline.startswith("No difference in robustness could be established")


def test_the_sign_says_who_loses_less(planted):
    assert "points less than direct" in planted.headline
    assert "points more than direct" in answered(varied(SMALL, gain={"stilts": -0.04})).headline


def test_the_primary_row_is_uniform(planted):
    assert planted.primary.columns[: len(UNIFORM)] == list(UNIFORM)
    assert planted.primary.height == 1


def test_the_numbers_of_the_headline_are_those_of_the_frame(planted):
    row = planted.primary.row(0, named=True)
    assert f"{100 * row['estimate']:.1f} points less" in planted.headline


def test_the_noisy_question_asks_about_the_perturbed_score_and_tells_the_price(noisy):
    key = {row["response"]: row for row in noisy.tables["key"].frame.to_dicts()}
    assert noisy.primary["estimate"][0] == key["perturbed"]["estimate"]
    assert key["perturbed"]["estimate"] == pytest.approx(0.02, abs=0.015)
    assert key["clean"]["estimate"] == pytest.approx(-0.02, abs=0.015)
    assert "On clean text the difference is" in noisy.headline


def test_other_pairs_of_regimes_are_compared_too(noisy):
    terms = noisy.tables["others"].frame["term"].unique().to_list()
    assert terms == ["noisy stilts - direct"]
    assert set(noisy.tables["severity"].frame["regime"].cast(pl.String)) == {
        "STILTs",
        "noisy STILTs",
        "direct",
    }


def test_native_runs_count_in_their_own_language_only():
    truth = varied(
        NOISELESS,
        regimes=("stilts", "stilts_native"),
        gain={"stilts_native": 0.03},
        languages=("en", "de", "sw", "ru", "hi"),
        tasks=("a",),
        severities=(3,),
    )
    asked = question("native_intermediate")
    with warehouse(truth) as con:
        found = asked.read(asked, con)
    native = found.cells.filter(pl.col("regime") == "native stilts")
    assert native.group_by("run_id").agg(pl.col("language").n_unique())["language"].unique().to_list() == [1]
    scores = design(found, asked, (asked.reference, asked.treatment))
    assert scores.levels("language") == ["de", "hi", "ru", "sw"]
    assert scores.cautions == ()
    assert key(scores)["change"].row["estimate"] == pytest.approx(0.03, abs=5e-4)


def test_a_native_run_is_compared_with_the_same_intermediate_task_only():
    truth = varied(NOISELESS, regimes=("stilts", "stilts_native"), languages=("en", "de"), tasks=("a",))
    with warehouse(truth) as con:
        con.execute("update run set intermediate = 'other' where regime = 'stilts'")
        answer = analyze("native_intermediate", con)
    assert "no task was measured under both" in answer.refusal


def test_another_regime_may_lack_a_task():
    asked = question("noisy_intermediate")
    found = data(varied(SMALL, regimes=("stilts", "noisy stilts", "direct")))
    lacking = (pl.col("regime") == "direct") & (pl.col("task") == "task_c")
    few = changed(found, cells=found.cells.filter(~lacking))
    present = every_regime(design(few, asked, (asked.reference, asked.treatment)), few, asked)
    tasks = present.group_by("regime").agg(pl.col("task").cast(pl.String).unique().sort()).sort("regime")
    whole = ["task_a", "task_b", "task_c"]
    assert tasks["task"].to_list() == [whole, whole, ["task_a", "task_b"]]


def test_stilts_are_compared_with_multilingual_data():
    truth = varied(SMALL, regimes=("direct", "stilts", "multilingual"), gain={"multilingual": 0.05})
    asked = question("multilingual_direct")
    answer = asked.analyse(asked, data(truth))
    assert answer.headline.startswith("STILTs models lose")
    assert "more than multilingual ones" in answer.headline
    assert answer.tables["others"].frame.height == 6


def test_a_refusal_keeps_coverage_and_provenance():
    answer = answered(varied(NOISELESS, seeds=1))
    assert answer.refusal is not None
    assert answer.primary is None
    assert answer.tables["coverage"].frame.height
    assert answer.provenance["encoders"]


def test_the_answer_is_json_with_full_precision(planted):
    import json

    told = json.loads(json.dumps(planted.to_dict(), default=str))
    assert told["primary"]["estimate"] == planted.primary["estimate"][0]
    assert {"formula", "converged", "singular", "n"} <= told["fits"][0].keys()


def test_levels_weigh_the_same_whatever_their_number():
    found = data(NOISELESS)
    few = found.cells.filter((pl.col("perturbation") != "typo_mix") | (pl.col("severity") == 3))
    rows = summary(design(changed(found, cells=few), ASKED, PAIR).scores)
    parts = by_perturbation(design(changed(found, cells=few), ASKED, PAIR).scores)
    keys = ["run_id", "task", "language"]
    means = parts.group_by(keys).agg(pl.col("change").mean().alias("mean"))
    joined = rows.join(means, on=keys)
    assert joined["change"].to_list() == pytest.approx(joined["mean"].to_list())


def test_the_change_of_touched_texts_follows_from_the_whole():
    scores = chosen(NOISELESS).scores
    rows = by_perturbation(scores)  # a tenth of the texts is unchanged
    assert rows["change_touched"].to_list() == pytest.approx((rows["change"] / 0.9).to_list())


def test_touched_texts_need_a_mean_over_examples():
    found = data(NOISELESS)
    cells = found.cells.with_columns(metric=pl.lit("seqeval_f1"))
    rows = by_perturbation(design(changed(found, cells=cells), ASKED, PAIR).scores)
    assert rows["change_touched"].null_count() == rows.height


def test_the_relative_change_is_null_at_chance():
    scores = chosen(NOISELESS).scores.with_columns(clean=pl.lit(0.3301), value=pl.lit(0.33))
    assert summary(scores)["change_relative"].null_count() == summary(scores).height


def test_rows_by_severity_keep_perturbations_with_every_severity():
    found = data(NOISELESS)
    few = found.cells.filter((pl.col("perturbation") != "typo_mix") | (pl.col("severity") == 3))
    with_all = by_severity(design(changed(found, cells=few), ASKED, PAIR).scores)
    without = by_severity(
        design(changed(found, cells=few.filter(pl.col("perturbation") != "typo_mix")), ASKED, PAIR).scores
    )
    assert with_all["change"].to_list() == pytest.approx(without["change"].to_list())


@pytest.mark.parametrize(
    ("fields", "terms"),
    [
        ({}, "regime + (1 + regime | language) + (1 | task) + (1 | run_id) + (1 | cell)"),
        ({"tasks": ("a", "b")}, "regime + task + (1 + regime | language) + (1 | run_id) + (1 | cell)"),
        ({"tasks": ("a",)}, "regime + (1 + regime | language) + (1 | run_id)"),
        (
            {"languages": ("en", "de", "sw")},
            "regime + (1 | language) + (1 | task) + (1 | run_id) + (1 | cell)",
        ),
        ({"languages": ("en", "de")}, "regime + (1 | task) + (1 | run_id) + (1 | cell)"),
    ],
)
def test_the_formula_is_what_the_design_carries(fields, terms):
    found = structure(summary(chosen(varied(NOISELESS, **fields)).scores))
    assert found.terms == terms


def test_what_is_left_out_of_the_formula_is_said():
    found = structure(summary(chosen(varied(NOISELESS, languages=("en", "de", "sw"))).scores))
    assert found.notes == ("with 2 languages the regime has no slope by language: claims hold for these",)


def test_a_small_design_says_that_its_model_is_simpler():
    answer = answered(varied(SMALL, tasks=("a", "b")))
    assert any("simpler than planned" in said for said in answer.cautions)


def test_contrasts_by_level_average_to_the_pooled_one():
    rows = by_perturbation(chosen(Truth(gain={"stilts": 0.02})).scores)
    parts = difference(rows, "change", "parts", by="perturbation").contrasts
    whole = difference(rows, "change", "whole", over="perturbation").contrasts
    assert parts["estimate"].mean() == pytest.approx(whole["estimate"][0])


def test_the_detectable_difference_is_where_power_is_four_in_five():
    rng = np.random.default_rng(0)
    size, error, df = 200_000, 1.0, 6
    true = detectable(error, df)
    chi = rng.chisquare(df, size) / df
    t = (true + rng.normal(0, error, size)) / np.sqrt(chi)
    from scipy.special import stdtrit

    # Bloom's formula is an approximation to the noncentral t: within two points of power at 6 df.
    assert (t > stdtrit(df, 0.975)).mean() == pytest.approx(0.8, abs=0.02)


def test_holm_keeps_the_order_and_never_falls():
    assert holm(pl.Series([0.04, 0.01, 0.03])).to_list() == pytest.approx([0.06, 0.03, 0.06])


def test_variance_shares_sum_to_one(planted):
    assert planted.tables["variance"].frame["share"].sum() == pytest.approx(1.0)
    model = difference(summary(chosen(Truth()).scores), "change", "x").model
    assert "training run (seed)" in variance(model)["source"].to_list()


def test_sensitivity_variants_keep_their_rows_when_refused():
    found = data(SMALL)
    cells = found.cells.with_columns(metric=pl.lit("seqeval_f1"))
    answer = ASKED.analyse(ASKED, changed(found, cells=cells))
    row = (
        answer.tables["sensitivity"]
        .frame.filter(pl.col("term").str.contains("did change"))
        .row(0, named=True)
    )
    assert row["estimate"] is None
    assert "mean over examples" in row["note"]


def test_sensitivity_leaves_each_language_out(planted):
    frame = planted.tables["sensitivity"].frame.filter(pl.col("group") == "leave one language out")
    assert frame.height == len(planted.design["languages"])


def test_every_fit_reports_its_end(planted):
    assert planted.fits[0].purpose == "change of score under perturbation"
    assert all(fit.converged in (True, False) and fit.rows > 0 for fit in planted.fits)


@pytest.mark.slow
def test_a_study_without_an_effect_rejects_as_often_as_it_claims():
    """300 null studies of 8 languages, 3 tasks and 3 seeds; the standard error of .05 is .013."""
    fields = {"severities": (3,), "fragility_sd": 0.01, "slope_sd": 0.01, "run_sd": 0.02}
    p = [
        difference(summary(chosen(Truth(seed=seed, **fields)).scores), "change", "null").row["p_value"]
        for seed in range(1000, 1300)
    ]
    assert 0.01 <= np.mean(np.array(p) < 0.05) <= 0.09
