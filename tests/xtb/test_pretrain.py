"""Pretraining on a recipe of a few steps: reproducible, resumable, an ordinary Hugging Face folder."""

import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from ingest.mini import MiniSource, corpus
from ingest.mini.languages import LANGUAGES
from xtb.encoder import load_encoder
from xtb.errors import Interrupted
from xtb.files import is_complete
from xtb.mini.recipe import Recipe
from xtb.pretrain import folder_of, pretrained
from xtb.progress import Progress
from xtb.stop import Stop

TINY = Recipe(vocabulary=700, hidden=16, layers=1, heads=2, documents=48, batch=8, words=32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pretrained(TINY, out=tmp_path_factory.mktemp("pretrain") / "encoder")


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def equal(one: Path, other: Path) -> bool:
    first, second = weights(one), weights(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_the_folder_loads_with_auto_classes(folder: Path) -> None:
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    assert model.config.model_type == "xlm-roberta"
    assert model.config.hidden_size == 16


def test_the_folder_loads_as_an_encoder(folder: Path) -> None:
    assert load_encoder(str(folder)).max_length == TINY.positions - 2


def test_the_card_says_synthetic(folder: Path) -> None:
    assert "synthetic" in (folder / "README.md").read_text()


def test_equal_recipes_give_equal_weights(folder: Path, tmp_path: Path) -> None:
    assert equal(folder, pretrained(TINY, out=tmp_path / "again"))
    other = pretrained(replace(TINY, seed=1), out=tmp_path / "other")
    assert not equal(folder, other)


def test_weights_do_not_depend_on_draws_made_before(folder: Path, tmp_path: Path) -> None:
    torch.manual_seed(99)
    before = torch.get_rng_state()
    assert equal(folder, pretrained(TINY, out=tmp_path / "again"))
    assert torch.equal(before, torch.get_rng_state())


def test_what_was_stopped_goes_on_to_the_same_weights(folder: Path, tmp_path: Path) -> None:
    stop = Stop()

    with pytest.raises(Interrupted, match="saved at step 4 of 6"):
        pretrained(TINY, out=tmp_path / "encoder", stop=stop, report=lambda p: _at(p, stop))
    assert not is_complete(tmp_path / "encoder")
    seen: list[int] = []
    pretrained(TINY, out=tmp_path / "encoder", report=lambda p: seen.append(p.done or 0))
    assert min(done for done in seen if done) == 5
    assert equal(folder, tmp_path / "encoder")
    assert not list(tmp_path.glob("*.partial.*"))


def _at(progress: Progress, stop: Stop) -> None:
    if progress.done == 4:
        stop.request()


def test_a_finished_folder_is_returned_at_once(folder: Path) -> None:
    heard: list[Progress] = []
    assert pretrained(TINY, out=folder, report=heard.append) == folder
    assert heard == []


def test_the_cache_folder_is_named_by_recipe_and_benchmark(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XTB_CACHE", str(tmp_path))
    assert folder_of(TINY).is_relative_to(tmp_path)
    assert folder_of(TINY) != folder_of(replace(TINY, rate=1e-3))
    assert TINY.digest(MiniSource().name) != TINY.digest("mini:other")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_tokenizer_undoes_the_negative_controls(tokenizer: Any, code: str) -> None:
    for index in range(20):
        text = " ".join(
            word.text for sentence in corpus.document(7, index) for word in corpus.words(sentence, code)
        )
        plain = tokenizer(text)["input_ids"]
        wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
        assert tokenizer(unicodedata.normalize("NFD", text))["input_ids"] == plain
        assert tokenizer(text.replace(" ", "  "))["input_ids"] == plain
        assert tokenizer(text.replace(" ", "\u00a0"))["input_ids"] == plain
        assert tokenizer(wide)["input_ids"] == plain


def test_the_tokenizer_knows_every_letter_of_the_benchmark(tokenizer: Any) -> None:
    for code in LANGUAGES:
        for index in range(20):
            for sentence in corpus.document(7, index):
                text = " ".join(word.text for word in corpus.words(sentence, code))
                for written in (text, text.upper(), text.lower()):
                    assert tokenizer.unk_token_id not in tokenizer(written)["input_ids"]


def test_pairs_are_joined_as_xlm_r_joins_them(tokenizer: Any) -> None:
    ids = tokenizer("the", "the")["input_ids"]
    one = tokenizer("the", add_special_tokens=False)["input_ids"]
    begin, end = tokenizer.bos_token_id, tokenizer.eos_token_id
    assert ids == [begin, *one, end, end, *one, end]
