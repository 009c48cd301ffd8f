import json

import polars as pl

from reports.provenance import configurations, provenance, unlike_target_stages
from tests.reports.synthetic import Truth, data

RUNS = data(Truth()).runs


def test_facts_are_distinct_and_sorted():
    facts = provenance(RUNS)
    assert facts["encoders"] == {"tiny": "f" * 64}
    assert facts["data_sources"] == ["mini"]
    assert facts["training_software"] == {"python": "3.11.7", "torch": "2.13.0"}
    assert facts["newest"] == "2026-01-06T02:00:00+00:00"


def test_configurations_differ_by_more_than_the_seed():
    found = configurations(RUNS)
    assert len(found) == 2 * 3
    assert all(entry["seeds"] == [1, 2, 3] for entry in found)


def test_the_hash_depends_on_the_files_and_not_on_their_order():
    runs = RUNS.with_columns(shards_sha256=pl.col("run_id"))
    one = provenance(runs)["shards_sha256"]
    assert provenance(runs.reverse())["shards_sha256"] == one
    assert provenance(runs.head(3))["shards_sha256"] != one


def test_a_configuration_that_cannot_be_read_is_passed_over():
    assert configurations(RUNS.with_columns(config=pl.lit("{not json")))[0]["stages"] == []


def test_noise_alone_does_not_make_target_stages_unlike():
    def config(noise: str, steps: int) -> str:
        stage = {"role": "target", "steps": steps, "perturbation": noise, "robust": noise}
        return json.dumps({"stages": [stage]})

    def runs(one: str, other: str) -> pl.DataFrame:
        arm = pl.when(pl.col("regime") == "direct").then(pl.lit(one)).otherwise(pl.lit(other))
        return RUNS.with_columns(config=arm)

    assert unlike_target_stages(runs(config("none", 5), config("augment", 5))) == []
    assert unlike_target_stages(runs(config("none", 5), config("none", 6))) == ["task_a", "task_b", "task_c"]
