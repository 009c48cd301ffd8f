"""A translation model on this machine: what transformers generates, once for ever."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.xtb.workshop import SMALL, place_in, small_spec
from warehouse.errors import UsageError
from xtb.fit import train_run
from xtb.run import read_table
from xtb.translate.base import BEAMS
from xtb.translate.choose import identity, open_translator

pytestmark = pytest.mark.slow

SENTENCES = ["he came.", "she saw a dog.", "why?"]
SHAPE: dict[str, Any] = {
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "init_std": 0.5,
    "max_length": 40,
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XTB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "translations"


@pytest.fixture(scope="module")
def nllb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of NLLB's shape with random weights, over single letters."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    folder = tmp_path_factory.mktemp("nllb")
    letters = ["<s>", "<pad>", "</s>", "<unk>", "▁", *"abcdefghijklmnopqrstuvwxyz.?"]
    vocabulary = {letter: i for i, letter in enumerate(letters)}
    languages = ["eng_Latn", "deu_Latn"]
    tokenizer = NllbTokenizer(vocab=vocabulary, merges=[], extra_special_tokens=languages)
    ids = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 2}
    config = M2M100Config(vocab_size=len(tokenizer), max_position_embeddings=128, **ids, **SHAPE)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = M2M100ForConditionalGeneration(config)
    model.generation_config.min_new_tokens = 8  # else random weights may end at once
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def silent(done: int, total: int) -> None:
    """Hears nothing."""


def generated(folder: Path, language: str) -> list[str]:
    """What transformers gives, as its documentation asks NLLB."""
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, src_lang="eng_Latn")
    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    batch = tokenizer(SENTENCES, return_tensors="pt", padding=True)
    most = 2 * batch["input_ids"].shape[1] + 10
    target = tokenizer.convert_tokens_to_ids(language)
    made = model.generate(**batch, forced_bos_token_id=target, num_beams=BEAMS, max_new_tokens=most)
    return [text.strip() for text in tokenizer.batch_decode(made, skip_special_tokens=True)]


def translator(folder: Path) -> Any:
    return open_translator(str(folder), identity(str(folder)), "cpu")


def test_it_says_what_transformers_generates(nllb: Path) -> None:
    german = translator(nllb).translate(SENTENCES, "de", silent)
    assert german == [text or None for text in generated(nllb, "deu_Latn")]
    assert any(german)


def test_a_sentence_is_translated_once(nllb: Path, own_cache: Path) -> None:
    heard: list[tuple[int, int]] = []
    first = translator(nllb).translate(SENTENCES, "de", lambda done, total: heard.append((done, total)))
    assert heard == [(3, 3)]
    assert len(list(own_cache.glob("*/de/*.parquet"))) == 1
    again = translator(nllb)
    assert again.translate([*SENTENCES, SENTENCES[0]], "de", silent) == [*first, first[0]]
    assert again._loaded is None  # the cache had all
    told = {text: made for text, made in zip(SENTENCES, first, strict=True) if made}
    assert told
    assert again.translate([" ".join(told)], "de", silent) == [" ".join(told.values())]
    assert again._loaded is None


def test_a_language_without_a_token_is_refused(nllb: Path) -> None:
    with pytest.raises(UsageError, match="no token of language 'qle'"):
        translator(nllb).translate(SENTENCES, "qle", silent)


def test_a_model_of_one_direction_needs_no_token(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import AutoModelForSeq2SeqLM, MarianConfig, MarianMTModel, PreTrainedTokenizerFast

    words = {word: i for i, word in enumerate(["<pad>", "</s>", "<unk>", "he", "came", ".", "er", "kam"])}
    backend = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    ids = {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0, "forced_eos_token_id": 1}
    config = MarianConfig(vocab_size=len(words), decoder_vocab_size=len(words), **ids, **SHAPE)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        MarianMTModel(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    [made] = translator(tmp_path).translate(["he came."], "de", silent)
    batch = tokenizer(["he came."], return_tensors="pt")
    batch.pop("token_type_ids", None)
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path)
    whole = model.generate(**batch, num_beams=BEAMS, max_new_tokens=2 * batch["input_ids"].shape[1] + 10)
    assert (made or "") == tokenizer.decode(whole[0], skip_special_tokens=True).strip()


def test_a_regime_trains_on_what_the_model_said(nllb: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    spec = small_spec(
        tiny_encoder,
        "mini_nli",
        ("mini_copa",),
        regime="stilts_translated",
        language="en,de",
        translator=str(nllb),
        settings=replace(SMALL, limit=12),
    )
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    stage = read_table(found.folder, "stage").sort("position").row(0, named=True)
    assert stage["languages"] == "en,de"
    assert 6 <= stage["train_examples"] <= 12
    assert spec.stages[0].translator.startswith("model:")
    assert found.record["intermediate_language"] == "en,de"
