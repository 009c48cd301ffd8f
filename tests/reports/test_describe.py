import numpy as np
import polars as pl
import pytest
from scipy import stats

from reports.comparison import describe
from reports.comparison.design import design
from reports.question import question
from tests.reports.synthetic import Truth, data

DESIGN = design(data(Truth()), question("english_intermediate"), ("direct", "stilts"))
SCORES = DESIGN.scores


def frame(values: dict[str, list[float]]) -> pl.DataFrame:
    """One row per run: block name -> values of its runs."""
    return pl.DataFrame(
        [
            {
                "regime": "direct",
                "encoder_fingerprint": "f",
                "data_source": "d",
                "task": task,
                "run_id": i,
                "v": v,
            }
            for task, runs in values.items()
            for i, v in enumerate(runs)
        ]
    )


def test_one_block_gives_the_t_interval_over_its_runs():
    values = [0.1, 0.4, 0.3, 0.25]
    row = describe.stratified(frame({"a": values}), "v", ["regime"]).row(0, named=True)
    low, high = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((low, high))
    assert row["df"] == pytest.approx(3)


def test_two_blocks_have_welchs_degrees_of_freedom():
    a, b = [0.1, 0.4, 0.3], [0.6, 0.61, 0.59, 0.6]
    row = describe.stratified(frame({"a": a, "b": b}), "v", ["regime"]).row(0, named=True)
    welch = stats.ttest_ind(a, b, equal_var=False)
    assert row["estimate"] == pytest.approx((np.mean(a) + np.mean(b)) / 2)
    assert row["df"] == pytest.approx(welch.df)
    low, high = welch.confidence_interval(0.95)
    assert row["conf_high"] - row["conf_low"] == pytest.approx((high - low) / 2)


def test_a_block_with_one_run_has_no_interval():
    row = describe.stratified(frame({"a": [0.1], "b": [0.2, 0.3]}), "v", ["regime"]).row(0, named=True)
    assert row["conf_low"] is None
    assert row["estimate"] == pytest.approx(0.175)


def test_runs_that_agree_have_an_interval_of_no_width():
    row = describe.stratified(frame({"a": [0.2, 0.2]}), "v", ["regime"]).row(0, named=True)
    assert row["conf_low"] == row["conf_high"] == pytest.approx(0.2)


def test_severity_curves_begin_at_the_clean_score():
    curves = describe.severity_curves(SCORES, DESIGN.finer)
    start = curves.filter((pl.col("language") == "all") & (pl.col("severity") == 0))
    clean = SCORES.filter(pl.col("regime") == "direct").unique(["run_id", "language"])["clean"].mean()
    assert start.filter(pl.col("regime") == "direct")["estimate"].to_list() == pytest.approx([clean] * 3)


def test_drops_are_the_negated_changes():
    found = describe.drops(DESIGN.finer)
    one = found.filter(
        (pl.col("regime") == "direct") & (pl.col("name") == "German") & (pl.col("perturbation") == "typo_mix")
    )
    own = SCORES.filter(
        (pl.col("regime") == "direct") & (pl.col("language") == "de") & (pl.col("perturbation") == "typo_mix")
    )
    assert one["drop"][0] == pytest.approx(-own["change"].mean())


def test_slopes_have_two_ends_for_every_language_task_and_regime():
    found = describe.slopes(DESIGN.rows)
    assert found.height == 2 * 8 * 3 * 2


def test_the_reference_line_is_least_squares():
    points = pl.DataFrame(
        {
            "regime": ["direct"] * 4 + ["stilts"],
            "clean": [0.0, 1, 2, 3, 9],
            "perturbed": [1.0, 2.9, 5.1, 7, 0],
        }
    )
    line = describe.reference_line(points, "direct")
    slope, start = np.polyfit([0, 1, 2, 3], [1, 2.9, 5.1, 7], 1)
    assert line["perturbed"].to_list() == pytest.approx([start, start + 9 * slope])
