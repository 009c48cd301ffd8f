"""Words of a masked language model, from a model made on the spot to the noise that is drawn from them."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from ingest.candidates import text_hash
from ingest.example import Retrieval
from ingest.perturbation import perturb
from tests.ingest.any_text import load
from warehouse.errors import UsageError
from xtb.candidates import Place, Proposer, open_proposer, places, whole_words, write

TEXTS = ["The old man walked home.", "A small dog did not see 4 cats at https://example.org/old today."]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "old", "man", "walked", "home", "young"]
VOCABULARY += ["dog", "##s", "cat", "4", ".", "дом", "x"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT with random weights and a head for masked words."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

    made = tmp_path_factory.mktemp("mlm")
    vocabulary = {token: at for at, token in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", mask_token="[MASK]", **names
    ).save_pretrained(made)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
    )
    BertForMaskedLM(config).save_pretrained(made)
    return made


@pytest.fixture(scope="module")
def proposer(folder: Path) -> Proposer:
    return open_proposer(str(folder), device="cpu", top=3)[1]


def test_places_are_words_that_carry_no_label() -> None:
    found = [place.word for place in places(TEXTS, "en")]
    assert found == [
        "The",
        "old",
        "man",
        "walked",
        "home",
        "A",
        "small",
        "dog",
        "did",
        "see",
        "cats",
        "at",
        "today",
    ]


def test_whole_words_leave_pieces_marks_and_special_tokens_out(proposer: Proposer) -> None:
    words = whole_words(proposer._tokenizer)
    assert set(words.values()) == {"the", "old", "man", "walked", "home", "young", "dog", "cat", "дом"}


def test_proposals_are_the_models_best_words(proposer: Proposer) -> None:
    import torch

    place = Place(TEXTS[0], 4, 7)
    (found,) = proposer.propose([place])
    tokenizer: Any = proposer._tokenizer
    ids = tokenizer("The [MASK] man walked home.", return_tensors="pt")
    with torch.no_grad():
        chances = proposer._model(**ids).logits[0, 2].softmax(-1)
    fit = ["the", "man", "walked", "home", "young", "dog", "cat"]  # not "old" itself, not another script
    best = sorted(fit, key=lambda word: -float(chances[tokenizer.convert_tokens_to_ids(word)]))[:3]
    assert [word for word, _ in found] == best
    assert found[0][1] == pytest.approx(float(chances[tokenizer.convert_tokens_to_ids(best[0])]), rel=1e-4)


def test_batches_do_not_matter(proposer: Proposer) -> None:
    asked = list(places(TEXTS, "en"))
    together = proposer.propose(asked)
    assert [[word for word, _ in each] for each in together] == [
        [word for word, _ in proposer.propose([place])[0]] for place in asked
    ]


def test_a_long_text_is_cut_around_the_word(folder: Path) -> None:
    found = open_proposer(str(folder), device="cpu")[1]
    text = "man " * 3000 + "old" + " man" * 3000
    assert found.propose([Place(text, 12_000, 12_003)])[0]


def test_tables_grow_and_hold_one_model(proposer: Proposer, tmp_path: Path) -> None:
    first = write(tmp_path, "en", "one", proposer, TEXTS[:1])
    assert first == 5
    both = write(tmp_path, "en", "one", proposer, TEXTS)
    assert both == write(tmp_path, "en", "one", proposer, TEXTS) == 5 + 8
    table = pl.read_parquet(tmp_path / "en.parquet")
    assert set(table["text"]) == {text_hash(text) for text in TEXTS}
    with pytest.raises(UsageError, match="holds the words of one, not of two"):
        write(tmp_path, "en", "two", proposer, TEXTS)


def test_noise_is_drawn_from_the_table(
    proposer: Proposer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "en", "one", proposer, TEXTS)
    monkeypatch.setenv("XTB_CANDIDATES", str(tmp_path))
    cell = [Retrieval(id=str(at), query=text, positives=()) for at, text in enumerate(TEXTS)]
    done = perturb(cell, load("synonym_mlm"), severity=5, language="en", seed=1)
    assert (done.eligible, done.edits) == ([5, 8], [2, 4])
    new = done.examples[1]
    assert isinstance(new, Retrieval)
    assert all(kept in new.query for kept in ("not", " 4 ", "https://example.org/old"))
    changed = set(new.query.lower().rstrip(".").split()) - set(TEXTS[1].lower().rstrip(".").split())
    assert changed <= {"the", "old", "man", "walked", "home", "young", "dog", "cat"}
    other = [Retrieval(id="0", query="The old man ran.", positives=())]  # a text that is not in the table
    assert perturb(other, load("synonym_mlm"), severity=5, language="en", seed=1).not_applicable


def test_the_command_writes_a_table(folder: Path, tmp_path: Path) -> None:
    from xtb.cli.main import command_line

    options = ["--model", str(folder), "--out", str(tmp_path), "-l", "en", "--limit", "2", "--data", "mini"]
    done = CliRunner().invoke(command_line(), ["candidates", "mini_nli", *options, "--device", "cpu"])
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "en.parquet") in done.output
    assert pl.read_parquet(tmp_path / "en.parquet").height > 0
