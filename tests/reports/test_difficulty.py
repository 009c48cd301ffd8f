"""Difficulty of the intermediate task on data with a known slope."""

import re

import polars as pl
import pytest

from reports.page import page
from reports.question import analyze
from tests.reports.synthetic import NOISELESS, Truth, varied, warehouse

UNSOLVED = {"task_i": 0.1, "task_j": 0.3, "task_k": 0.5, "task_l": 0.7, "task_m": 0.9}
HARDER_IS_BETTER = varied(
    NOISELESS,
    unsolved=UNSOLVED,
    slope=0.1,
    intermediates=tuple(UNSOLVED),
    languages=("en", "de", "sw", "ru"),
    tasks=("task_a",),
    severities=(3,),
    perturbations=("typo_mix",),
    fragility_sd=0.0005,
    seeds=2,
)


def answered(truth: Truth):
    with warehouse(truth) as con:
        return analyze("intermediate_difficulty", con)


@pytest.fixture(scope="module")
def found():
    return answered(HARDER_IS_BETTER)


def test_the_planted_slope_is_recovered_per_ten_points(found):
    row = found.primary.row(0, named=True)
    assert row["estimate"] == pytest.approx(0.01, abs=0.001)
    assert row["p_value"] < 0.05
    assert "models lose 1.0 points less" in found.headline


def test_degrees_of_freedom_come_from_tasks_and_not_from_runs(found):
    assert found.primary["df"][0] < len(UNSOLVED)


def test_few_tasks_are_marked(found):
    assert "Only 5 intermediate tasks" in found.cautions[0]


def test_tasks_are_listed_from_easy_to_hard(found):
    frame = found.tables["difficulty"].frame
    assert frame["intermediate"].to_list() == list(UNSOLVED)
    assert frame["unsolved"].to_list() == pytest.approx(list(UNSOLVED.values()))


def test_every_task_is_left_out_once(found):
    frame = found.tables["definitions"].frame.filter(pl.col("group") == "leave one out")
    assert frame["term"].to_list() == [f"without {task}" for task in UNSOLVED]


def test_every_language_is_left_out_once(found):
    frame = found.tables["definitions"].frame.filter(pl.col("group") == "leave one language out")
    assert frame["term"].to_list() == ["without de", "without ru", "without sw"]
    assert frame["estimate"].to_list() == pytest.approx([0.01] * 3, abs=0.002)


def test_other_scales_tell_the_planted_slope_in_their_units(found):
    frame = found.tables["definitions"].frame
    rows = {row["term"]: row for row in frame.to_dicts()}
    # A tenth of the texts is untouched; the clean score is about .62, chance .33, the score with noise .5.
    assert rows["texts that the noise did change"]["estimate"] == pytest.approx(0.01 / 0.9, rel=0.03)
    assert rows["share of the clean score above chance"]["estimate"] == pytest.approx(0.01 / 0.29, rel=0.15)
    assert rows["log-odds"]["estimate"] == pytest.approx(0.01 / 0.25, rel=0.1)
    among = rows["outcomes of examples (binomial model)"]
    assert among["estimate"] == pytest.approx(rows["log-odds"]["estimate"], rel=0.02)
    assert among["df"] == len(UNSOLVED) - 2


def test_the_page_draws_the_relation(found):
    text = page(found)
    assert 'id="difficulty-chart"' in text
    assert 'id="definitions-chart"' in text
    ids = re.findall(r'<[a-z]+ [^>]*\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_three_tasks_are_refused():
    few = dict(list(UNSOLVED.items())[:3])
    answer = answered(varied(HARDER_IS_BETTER, unsolved=few, intermediates=tuple(few)))
    assert "needs 4 of them" in answer.refusal
    assert "xtb study run intermediate_difficulty" in answer.refusal


def test_a_loss_that_is_not_on_record_is_refused_alone():
    with warehouse(HARDER_IS_BETTER) as con:
        con.execute("update stage set train_loss = null, dev_chance = null")
        answer = analyze("intermediate_difficulty", con)
    row = (
        answer.tables["definitions"].frame.filter(pl.col("term") == "change by train loss").row(0, named=True)
    )
    assert row["estimate"] is None
    assert "train loss" in row["note"]
    assert answer.refusal is None
    by_error = answer.tables["difficulty"].frame
    assert by_error["unsolved"].to_list() == pytest.approx(by_error["error_rate"].to_list())
    assert answer.primary["estimate"][0] == pytest.approx(0.01 / 0.67, abs=0.001)
