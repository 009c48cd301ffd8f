"""Masked language modelling in a stage."""

from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch

from ingest.corpus import corpus
from tests.xtb.test_trainset import ids
from tests.xtb.workshop import SMALL, mini, place_in, small_spec
from xtb import heads, mlm
from xtb.batching import IGNORE
from xtb.encoder import Encoder, load_encoder
from xtb.errors import XtbError
from xtb.fit import train_run
from xtb.inputs import Inputs
from xtb.mlm import Texts, masked_model, read_texts
from xtb.model import build_model
from xtb.recipe import Masking
from xtb.run import read_table
from xtb.trainset import Trainset, read_parts

MASKING = Masking(rate=0.5, stage="both", languages=("en", "qle"), texts=60)


def masked_spec(encoder: Path, **more: Any) -> Any:
    return small_spec(encoder, "mini_nli", ("mini_copa",), regime="stilts_mlm", masking=MASKING, **more)


def texts_of(tiny_encoder: Path, encoder: Encoder) -> Texts:
    stage = masked_spec(tiny_encoder).stages[0]
    found = read_texts(stage, mini(), encoder, Inputs(encoder.tokenizer), seed=1)
    assert found is not None
    return found


@pytest.fixture
def with_head(tiny_encoder: Path, tmp_path: Path) -> Path:
    """A checkpoint with a masked-token head, as the hub has them."""
    from transformers import AutoConfig, AutoModelForMaskedLM, AutoTokenizer

    torch.manual_seed(3)
    model = AutoModelForMaskedLM.from_config(AutoConfig.from_pretrained(tiny_encoder))
    model.save_pretrained(tmp_path / "mlm")
    AutoTokenizer.from_pretrained(tiny_encoder).save_pretrained(tmp_path / "mlm")
    return tmp_path / "mlm"


def test_the_head_of_a_checkpoint_gives_what_transformers_gives(with_head: Path) -> None:
    from transformers import AutoModelForMaskedLM

    encoder = load_encoder(str(with_head))
    model = masked_model(encoder, with_head, seed=1)
    whole: Any = AutoModelForMaskedLM.from_pretrained(with_head).eval()
    rows = torch.tensor([[0, 7, 9, 11, 2], [0, 8, 12, 2, 1]])
    targets = torch.tensor([[IGNORE, 7, IGNORE, 11, IGNORE], [IGNORE, IGNORE, 12, IGNORE, IGNORE]])
    batch = {"input_ids": rows, "attention_mask": (rows != 1).long(), "targets": targets}
    with torch.no_grad():
        found = model(batch)
        expected = whole(input_ids=rows, attention_mask=batch["attention_mask"]).logits[targets != IGNORE]
    torch.testing.assert_close(found, expected)
    loss = torch.nn.functional.cross_entropy(expected, torch.tensor([7, 11, 12]))
    torch.testing.assert_close(heads.loss(model.kind, found, batch), loss)


def test_a_checkpoint_without_a_head_gets_a_new_one_by_the_seed(tiny_encoder: Path) -> None:
    def dense(seed: int) -> torch.Tensor:
        model = masked_model(load_encoder(str(tiny_encoder)), tiny_encoder, seed=seed)
        return dict(model.layer.named_parameters())["model.lm_head.dense.weight"].detach()

    before = torch.get_rng_state()
    assert torch.equal(dense(1), dense(1))
    assert not torch.equal(dense(1), dense(2))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", ["tiny_encoder", "tiny_bert"])
def test_the_output_shares_the_encoders_embeddings(name: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(name)
    encoder: Any = load_encoder(str(folder))
    model = masked_model(encoder, folder, seed=1)
    table = encoder.model.get_input_embeddings().weight
    assert model.layer.model.get_output_embeddings().weight is table
    assert not any(weight.shape == table.shape for weight in model.layer.own().values())


def test_about_the_share_asked_for_is_masked_and_never_a_special_token(
    tiny_encoder: Path, encoder: Encoder
) -> None:
    features = [f for batch in islice(texts_of(tiny_encoder, encoder).batches(0), 40) for f in batch]
    gold = [target for feature in features for target in feature.targets]
    masked = [target for target in gold if target != IGNORE]
    assert 0.12 < len(masked) / len(gold) < 0.17
    assert not set(masked) & set(encoder.tokenizer.all_special_ids)
    seen = [
        token
        for feature in features
        for token, target in zip(feature.rows[0].ids, feature.targets, strict=True)
        if target != IGNORE
    ]
    assert 0.7 < Counter(seen)[encoder.tokenizer.mask_token_id] / len(seen) < 0.9


def test_languages_are_drawn_by_their_number_of_texts_to_the_power_of_three_tenths(
    tiny_encoder: Path, encoder: Encoder
) -> None:
    texts = texts_of(tiny_encoder, encoder)
    texts.texts = {"en": [f"dog {number}" for number in range(60)], "qle": ["river", "river too"]}
    texts.stage = replace(texts.stage, mlm_share=0.0)
    first = texts.inputs.ids(["dog"])[0][0]
    starts = [batch[0].rows[0].ids[1] for batch in islice(texts.batches(0), 300)]
    share = starts.count(first) / len(starts)
    assert share == pytest.approx(60**0.3 / (60**0.3 + 2**0.3), abs=0.1)


def test_steps_come_at_the_rate_and_from_any_place_on(tiny_encoder: Path, encoder: Encoder) -> None:
    stage = masked_spec(tiny_encoder, settings=replace(SMALL, limit=200)).stages[0]
    parts = read_parts(stage, mini())
    models = {part.task.name: build_model(encoder, part.task, seed=1) for part in parts}

    def a_set() -> Trainset:
        return Trainset(
            stage=stage, parts=parts, models=models, seed=1, texts=texts_of(tiny_encoder, encoder)
        )

    steps = list(a_set().steps(0))
    masked = sum(step.task == mlm.NAME for step in steps)
    assert 0.35 < masked / len(steps) < 0.65
    assert sum(len(step.features) for step in steps if step.task != mlm.NAME) == 200
    assert ids(list(a_set().steps(0, first=7))) == ids(steps)[7:]


def test_a_run_says_what_text_it_saw_and_its_stages_share_the_head(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    spec = masked_spec(tiny_encoder)
    assert [stage.mlm_rate for stage in spec.stages] == [0.5, 0.5]
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    plain = small_spec(tiny_encoder, "mini_nli", ("mini_copa",), regime="stilts")
    assert not set(spec.stage_ids) & set(plain.stage_ids)
    assert read_table(found.folder, "stage").height == 2


def test_a_source_without_text_in_any_language_is_told(tiny_encoder: Path, encoder: Encoder) -> None:
    stage = replace(masked_spec(tiny_encoder).stages[0], mlm_languages=("tlh",))
    with pytest.raises(XtbError, match="no unlabelled text in tlh"):
        read_texts(stage, mini(), encoder, Inputs(encoder.tokenizer), seed=1)


def test_the_built_in_benchmark_has_text_in_its_languages() -> None:
    assert len(set(corpus(mini(), "en", 20))) > 15
    assert corpus(mini(), "en", 5) == corpus(mini(), "en", 20)[:5]
    assert corpus(mini(), "xx", 5) == []
