"""Text is normalised as by SentencePiece itself, and controls are undone, on a tokenizer like XLM-R's."""

import base64
import io
import json
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
from hypothesis import given
from transformers import XLMRobertaTokenizer

from ingest.one_text import perturb_text
from ingest.perturbation_guide import SENTENCES
from tests.ingest.any_text import NAMES, WORDS, language, load, text
from xtb.encoder import load_encoder
from xtb.normalizer import compose_first

CONTROLS = [name for name in NAMES if load(name).control]
MARKED = {
    "vi": "Tiếng Việt rất đẹp",
    "ja": "ガラスが",
    "bn": "বাংলা কো",
    "el": "ἄνθρωπος",
    "yo": "ẹ̀kọ́",
    "ta": "கொ",
}


@pytest.fixture(scope="module")
def reference() -> sentencepiece.SentencePieceProcessor:
    """SentencePiece with XLM-R's rule for characters (nmt_nfkc)."""
    plain = " ".join(word for word in WORDS if word.isprintable())
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*SENTENCES.values(), *MARKED.values(), plain] * 5),
        model_writer=out,
        vocab_size=600,
        hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc",
        character_coverage=1.0,
        minloglevel=2,
    )
    return sentencepiece.SentencePieceProcessor(model_proto=out.getvalue())


@pytest.fixture(scope="module")
def tokenizer(reference: sentencepiece.SentencePieceProcessor) -> Any:
    """The same pieces and character map in transformers' XLM-R tokenizer, as an encoder's is loaded."""
    pieces = [(reference.id_to_piece(at), reference.get_score(at)) for at in range(3, len(reference))]
    special = [(name, 0.0) for name in ("<s>", "<pad>", "</s>", "<unk>")]
    made = XLMRobertaTokenizer(
        vocab=[*special, *pieces, ("<mask>", 0.0)],
        _spm_precompiled_charsmap=character_map(reference.serialized_model_proto()),
    )
    compose_first(made)
    return made


def character_map(model: bytes) -> bytes:
    """Field 2 (precompiled_charsmap) of field 3 (normalizer_spec) of sentencepiece_model.proto."""
    return fields(fields(model)[3])[2]


def fields(message: bytes) -> dict[int, bytes]:
    """The fields of a protobuf message that have a length; the last one of each number."""

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    at, found = 0, {}
    while at < len(message):
        key = number()
        if key & 7 == 2:
            size = number()
            found[key >> 3] = message[at : at + size]
            at += size
        elif key & 7 == 5:
            at += 4
        else:
            number()
    return found


@pytest.mark.parametrize("code", [*SENTENCES, *MARKED])
def test_text_is_normalised_as_by_sentencepiece(
    reference: sentencepiece.SentencePieceProcessor, tokenizer: Any, code: str
) -> None:
    composed = MARKED.get(code) or SENTENCES[code]
    for each in (composed, unicodedata.normalize("NFD", composed)):
        found = tokenizer.backend_tokenizer.normalizer.normalize_str(each)
        if code != "ar" or each == composed:  # SentencePiece does not reorder an Arabic vowel and a hamza
            assert found.split() == reference.normalize(each).replace("▁", " ").split()
        assert found == tokenizer.backend_tokenizer.normalizer.normalize_str(composed)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("code", [*SENTENCES, *MARKED])
def test_a_control_of_a_sentence_is_undone(tokenizer: Any, control: str, code: str) -> None:
    for clean in (SENTENCES.get(code, ""), MARKED.get(code, "")):
        for severity in (1, 5):
            noisy = perturb_text(clean, load(control), severity=severity, language=code, seed=0).text
            assert tokenizer(noisy).input_ids == tokenizer(clean).input_ids
            assert tokenizer.unk_token_id not in tokenizer(clean).input_ids


@pytest.mark.parametrize("control", CONTROLS)
@given(clean=text, language=language)
def test_a_control_of_any_text_is_undone(tokenizer: Any, control: str, clean: str, language: str) -> None:
    clean = clean.encode("utf-8", "replace").decode()  # a tokenizer takes no lone surrogates
    noisy = perturb_text(clean, load(control), severity=5, language=language, seed=0).text
    normal = tokenizer.backend_tokenizer.normalizer.normalize_str
    assert normal(noisy).split() == normal(clean).split()


def test_a_loaded_encoder_composes_first(
    reference: sentencepiece.SentencePieceProcessor, tiny_encoder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "copy"))
    file = folder / "tokenizer.json"
    written = json.loads(file.read_text(encoding="utf-8"))
    characters = base64.b64encode(character_map(reference.serialized_model_proto())).decode()
    written["normalizer"] = {"type": "Precompiled", "precompiled_charsmap": characters}
    file.write_text(json.dumps(written), encoding="utf-8")
    normal = load_encoder(str(folder)).tokenizer.backend_tokenizer.normalizer.normalize_str
    assert normal("\u1100\u1161\u11a8 e\u0302\u0301") == "\uac01 \u1ebf"


def test_other_tokenizers_and_those_that_compose_stay_as_they_are(tokenizer: Any, encoder: Any) -> None:
    for each in (tokenizer, encoder.tokenizer):
        before = each.backend_tokenizer.normalizer.__getstate__()
        compose_first(each)
        assert each.backend_tokenizer.normalizer.__getstate__() == before
