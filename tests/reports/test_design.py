import json

import polars as pl
import pytest

from reports.comparison.design import at_floor, design
from reports.errors import Refused
from reports.frames import coded
from reports.question import question
from tests.reports.synthetic import NOISELESS, Truth, changed, data, varied

PAIR = ("direct", "stilts")
ASKED = question("english_intermediate")


def refusal(found) -> str:
    with pytest.raises(Refused) as error:
        design(found, ASKED, PAIR)
    return str(error.value)


def test_a_missing_regime_is_named_with_the_study_that_supplies_it():
    said = refusal(data(varied(NOISELESS, regimes=("direct",))))
    assert said.startswith("this warehouse has no run under 'stilts'.")
    assert ASKED.study in said


def test_runs_without_scores_are_refused():
    found = data(NOISELESS)
    empty = changed(found, cells=found.cells.clear(), coverage=found.coverage.clear())
    assert "the runs under 'direct' have no score yet" in refusal(empty)


def test_clean_scores_alone_are_refused():
    found = data(NOISELESS)
    assert "clean scores only" in refusal(changed(found, cells=found.cells.clear()))


def test_english_alone_is_refused():
    found = data(NOISELESS)
    only = changed(found, cells=found.cells.filter(pl.col("language") == "en"))
    assert "other than English" in refusal(only)


def test_regimes_on_different_encoders_are_not_compared():
    found = data(NOISELESS)
    own = pl.col("encoder_fingerprint").cast(pl.String)
    other = pl.when(pl.col("regime") == "stilts").then(pl.lit("g")).otherwise(own)
    assert "same encoder" in refusal(
        changed(found, cells=found.cells.with_columns(encoder_fingerprint=other))
    )


def test_a_single_seed_is_refused():
    assert "two runs under each" in refusal(data(varied(NOISELESS, seeds=1)))


def test_two_seeds_are_marked_loudly():
    found = design(data(varied(NOISELESS, seeds=2)), ASKED, PAIR)
    assert found.seeds == 2
    assert "Only 2 seeds" in found.cautions[0]


def test_three_seeds_on_plain_data_need_no_caution():
    assert design(data(NOISELESS), ASKED, PAIR).cautions == ()


def test_english_and_controls_are_kept_apart():
    found = design(data(varied(NOISELESS, control=True)), ASKED, PAIR)
    assert "en" not in found.levels("language")
    assert found.english["language"].unique().to_list() == ["en"]
    assert found.controls["perturbation"].unique().to_list() == ["unicode_nfd"]
    assert "unicode_nfd" not in found.levels("perturbation")


def test_a_control_that_moves_a_score_is_reported():
    found = data(varied(NOISELESS, control=True))
    moved = pl.when("control").then(pl.col("value") - 0.02).otherwise("value")
    cautions = design(changed(found, cells=found.cells.with_columns(value=moved)), ASKED, PAIR).cautions
    assert any("negative control" in said and "2.0 points" in said for said in cautions)


def test_only_cells_of_every_run_are_compared():
    found = data(NOISELESS)
    lost = (
        (pl.col("run_id") == "direct-none-task_a-1")
        & (pl.col("language") == "de")
        & (pl.col("severity") == 5)
    )
    got = design(changed(found, cells=found.cells.filter(~lost)), ASKED, PAIR)
    left = got.scores.filter((pl.col("task") == "task_a") & (pl.col("language") == "de"))
    assert left["severity"].unique().sort().to_list() == [1, 3]
    assert any("only cells that every run has" in said for said in got.cautions)


def test_a_run_with_under_half_of_the_cells_does_not_take_the_others_with_it():
    found = data(NOISELESS)
    broken = (pl.col("run_id") == "direct-none-task_a-1") & (pl.col("severity") > 1)
    got = design(changed(found, cells=found.cells.filter(~broken)), ASKED, PAIR)
    assert "direct-none-task_a-1" not in got.levels("run_id")
    assert got.levels("severity") == [1, 3, 5]
    assert any("under half of the cells" in said for said in got.cautions)


def test_real_tasks_are_not_averaged_with_synthetic_ones():
    found = data(NOISELESS)
    mixed = changed(found, cells=found.cells.with_columns(synthetic=pl.col("task") == "task_a"))
    got = design(mixed, ASKED, PAIR)
    assert got.levels("task") == ["task_b", "task_c"]
    assert any("task_a" in said for said in got.cautions)


def test_synthetic_tasks_alone_are_labelled():
    got = design(data(varied(NOISELESS, synthetic=True)), ASKED, PAIR)
    assert any("synthetic" in said for said in got.cautions)


def test_a_target_trained_in_two_ways_is_reported():
    found = data(NOISELESS)
    other = json.dumps({"stages": [{"role": "target", "task": "task_a", "steps": 7}]})
    config = pl.when(pl.col("regime") == "stilts").then(pl.lit(other)).otherwise("config")
    got = design(changed(found, runs=found.runs.with_columns(config=config)), ASKED, PAIR)
    assert any("not trained alike" in said for said in got.cautions)


def test_a_clean_score_at_chance_is_at_the_floor():
    found = design(data(NOISELESS), ASKED, PAIR)
    low = (
        pl.when((pl.col("language") == "de") & (pl.col("regime") == "direct")).then(0.3302).otherwise("clean")
    )
    floor = at_floor(found.scores.with_columns(clean=low))
    assert floor.filter("floor")["language"].unique().to_list() == ["de"]


def test_a_task_without_a_chance_level_has_no_floor():
    found = design(data(NOISELESS), ASKED, PAIR)
    floor = at_floor(found.scores.with_columns(chance=pl.lit(None, pl.Float64), clean=0.0))
    assert not floor["floor"].any()


def test_seeds_are_counted_within_an_intermediate_task():
    truth = Truth(seeds=1, intermediates=("task_i", "task_j"))
    found = data(truth)
    extra = data(varied(truth, seeds=2))
    words = pl.selectors.by_dtype(pl.Enum).cast(pl.String)
    parts = (
        found.cells.filter(pl.col("regime") == "stilts"),
        extra.cells.filter(pl.col("regime") == "direct"),
    )
    both = coded(pl.concat(part.with_columns(words) for part in parts))
    got = design(changed(extra, cells=both), ASKED, PAIR)
    assert got.seeds == 1
    assert "Only 1 seed" in got.cautions[0]
