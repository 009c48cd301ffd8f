"""Runs through their stages: what is carried on, what is shared, what is not done twice."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import torch

from ingest.dataset import Dataset
from ingest.errors import MissingData
from ingest.mini.source import MiniSource
from tests.xtb.workshop import SMALL, mini, place_in, small_spec, weights
from xtb.checkpoint import read_finished
from xtb.errors import BadEncoder
from xtb.fit import train_run, train_stage
from xtb.progress import Progress
from xtb.run import read_run, read_table


def test_runs_with_a_common_intermediate_stage_train_it_once(tiny_encoder: Path, tmp_path: Path) -> None:
    trained: list[str] = []

    def report(news: Progress) -> None:
        if news.note == "loading":
            trained.append(news.work)

    for target in ("mini_nli", "mini_pos"):
        spec = small_spec(tiny_encoder, target, ("mini_copa",), regime="stilts")
        train_run(spec, str(tiny_encoder), place_in(tmp_path, report=report))
    assert trained == ["train mini_copa", "train mini_nli", "train mini_pos"]


def test_the_encoder_goes_on_from_stage_to_stage_and_the_head_is_new(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    settings = replace(SMALL, learning_rate=0.0, evaluations=0)
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_copa",), regime="stilts", settings=SMALL)
    spec = replace(spec, stages=(spec.stages[0], replace(spec.stages[1], learning_rate=0.0)))
    direct = small_spec(tiny_encoder, "mini_nli", settings=settings)
    train_run(spec, str(tiny_encoder), place_in(tmp_path))
    train_run(direct, str(tiny_encoder), place_in(tmp_path))
    first, second = (weights(tmp_path, stage_id) for stage_id in spec.stage_ids)
    assert first["encoder/model.safetensors"] == second["encoder/model.safetensors"]
    # Without a learning rate the head is as it was drawn: the same in both regimes, for they share the seed.
    heads = [read_finished(tmp_path, s).head("mini_nli") for s in (spec.stage_id(1), direct.stage_id(0))]
    assert all(torch.equal(heads[0][name], heads[1][name]) for name in heads[0])


class WithoutNli(MiniSource):
    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        return dataset.name != "mini_nli" and super().has(dataset, split, language)


def test_data_that_a_later_stage_lacks_are_told_before_the_first_is_trained(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_copa",), regime="stilts")
    place = replace(place_in(tmp_path), source=WithoutNli())
    with pytest.raises(MissingData, match="has no mini_nli/train/en"):
        train_run(spec, str(tiny_encoder), place)
    assert not (tmp_path / "checkpoints").exists()
    assert "has no mini_nli/train/en" in str(read_run(tmp_path / spec.run_id).record["error"])


def test_a_recipe_keeps_its_head(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, "mini_copa")
    frozen = replace(spec.stages[0], learning_rate=0.0, keep_head=True)
    spec = replace(spec, stages=(spec.stages[0], frozen))
    train_run(spec, str(tiny_encoder), place_in(tmp_path))
    first, second = (weights(tmp_path, stage_id) for stage_id in spec.stage_ids)
    assert first == second


def test_a_trained_run_is_not_trained_again(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder)
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    before = {path.name: path.stat().st_mtime_ns for path in found.folder.iterdir()}
    train_run(spec, "/nowhere", place_in(tmp_path))
    assert {path.name: path.stat().st_mtime_ns for path in found.folder.iterdir()} == before


def test_a_run_killed_before_its_record_publishes_no_row_twice(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_copa",), regime="stilts")
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    (found.folder / "run.json").unlink()
    train_run(spec, str(tiny_encoder), place_in(tmp_path))
    assert read_table(found.folder, "stage")["position"].to_list() == [0, 1]
    assert read_table(found.folder, "training_log").select("position", "step").is_unique().all()


def test_a_run_folder_describes_run_stages_and_encoder(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_copa",), regime="stilts")
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    stages = read_table(found.folder, "stage").sort("position")
    assert stages["role"].to_list() == ["intermediate", "target"]
    assert stages["stage_id"].to_list() == list(spec.stage_ids)
    assert stages["dev_chance"].to_list() == pytest.approx([1 / 2, 1 / 3])
    assert found.record["data_source"] == mini().name
    row = pl.read_json(found.folder / "encoder.json").to_dicts()[0]
    assert (row["encoder"], row["encoder_fingerprint"]) == (spec.encoder, spec.encoder_fingerprint)


def test_a_mixture_trains_one_encoder_with_a_head_for_each_task(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_pos", "mini_copa", "mini_qa"), regime="multitask")
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    row = read_table(found.folder, "stage").sort("position").to_dicts()[0]
    assert row["task"] == "mini_pos+mini_copa+mini_qa"
    assert row["train_examples"] == 3 * 40
    finished = read_finished(tmp_path, spec.stage_id(0))
    assert all(finished.head(task) for task in ("mini_pos", "mini_copa", "mini_qa"))


def test_a_retriever_without_training_keeps_the_encoder_as_it_is(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, "mini_retrieval")
    assert spec.stages == ()
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    assert found.trained
    kept = (tmp_path / "checkpoints" / spec.stage_id(-1) / "encoder/model.safetensors").read_bytes()
    assert kept == (tiny_encoder / "model.safetensors").read_bytes()


def test_an_encoder_that_changed_since_the_plan_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = replace(small_spec(tiny_encoder), encoder_fingerprint="0" * 64)
    with pytest.raises(BadEncoder, match="changed: its files have the fingerprint"):
        train_run(spec, str(tiny_encoder), place_in(tmp_path))
    assert read_run(tmp_path / spec.run_id).record["status"] == "failed"


def test_multilingual_training_reads_all_languages(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, regime="multilingual")
    row = train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path)).record["row"]
    assert row["languages"].count(",") >= 7
    assert row["train_examples"] == 40
