"""Information against numbers that are known: from label counts, and of tasks that tell all or nothing."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.xtb.toys import EXAMPLES, toy_task
from tests.xtb.workshop import SMALL, mini, place_in, small_spec
from warehouse.errors import KnownError
from xtb.checkpoint import read_finished
from xtb.devset import read_dev
from xtb.encoder import Encoder
from xtb.fit import train_run
from xtb.heads import head
from xtb.heads.blank import blank
from xtb.information import bits_of, measure_information, summary
from xtb.model import build_model
from xtb.nullmodel import null_spec


@pytest.mark.parametrize("kind", ["pair", "choice", "tags"])
def test_examples_without_content_are_all_alike(kind: str, encoder: Encoder) -> None:
    task = toy_task(kind)
    model = build_model(encoder, task, seed=1)
    examples = [blank(example) for example in EXAMPLES[kind]]
    features = head(task.kind).features(examples, model.inputs, task, max_length=64)
    rows = {row.ids.tobytes() for feature in features for row in feature.rows}
    assert len(rows) == len({len(ids) for ids in rows})  # nothing but the number of words tells them apart
    if kind != "tags":
        assert len(rows) == 1


def test_a_context_without_content_keeps_the_places_of_its_answers() -> None:
    for example, empty in zip(EXAMPLES["span"], map(blank, EXAMPLES["span"]), strict=True):
        assert empty.question == ""
        assert set(empty.context) <= {"x", " "}
        for answer, before in zip(empty.answers, example.answers, strict=True):
            assert empty.context[answer.start :].startswith(answer.text)
            assert (answer.start, len(answer.text)) == (before.start, len(before.text))


def test_retrieval_has_no_labels() -> None:
    with pytest.raises(KnownError, match="not defined for retrieval"):
        blank(EXAMPLES["retrieval"][0])


def test_the_null_stage_is_shared_whatever_its_noise(tiny_encoder: Path) -> None:
    plain = small_spec(tiny_encoder, "mini_nli", ("mini_para",), regime="stilts")
    other = small_spec(tiny_encoder, "mini_pos", ("mini_para",), regime="stilts")
    assert null_spec(plain, 0).stage_id(0) == null_spec(other, 0).stage_id(0) != plain.stage_id(0)
    noisy = replace(plain, stages=(replace(plain.stages[0], robust="fgm"), *plain.stages[1:]))
    assert null_spec(noisy, 0).stage_id(0) == null_spec(plain, 0).stage_id(0)


@pytest.mark.slow
def test_bits_are_those_of_the_labels_and_are_measured_once(tiny_encoder: Path, tmp_path: Path) -> None:
    settings = replace(SMALL, limit=200, steps=120, learning_rate=3e-3, dev_limit=100)
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_pos",), regime="stilts", settings=settings)
    place = place_in(tmp_path)
    found = train_run(spec, str(tiny_encoder), place)
    rows = measure_information(found, str(tiny_encoder), place)
    # A model without inputs can do no better than the tags' frequencies.
    [part] = read_dev(spec.stages[0], mini()).parts
    tags = pl.Series([tag for example in part.examples for tag in example.tags])
    entropy = -sum(p * math.log2(p) for p in tags.value_counts(normalize=True)["proportion"])
    [told] = summary(rows)
    assert told["n"] == 100
    assert told["entropy"] == pytest.approx(entropy, rel=0.15)
    assert 0 < told["information"] < told["entropy"]
    # The bits of the trained model, computed here from its plain probabilities.
    finished = read_finished(tmp_path, spec.stage_id(0))
    assert np.allclose(bits_of(finished, part, spec.stages[0], place), rows["bits"])
    shards = sorted(found.folder.glob("pointwise_information-*.parquet"))
    assert measure_information(found, str(tiny_encoder), place).equals(rows)
    assert sorted(found.folder.glob("pointwise_information-*.parquet")) == shards


def test_a_run_without_intermediate_stage_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    found = train_run(small_spec(tiny_encoder), str(tiny_encoder), place_in(tmp_path))
    with pytest.raises(KnownError, match="no intermediate stage"):
        measure_information(found, str(tiny_encoder), place_in(tmp_path))
