"""Encoders small enough to be made on the spot, with tokenizers of their own."""

from pathlib import Path
from typing import Any

import pytest
from tests.xtb.toys import TEXTS

from xtb.encoder import Encoder, load_encoder


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an XLM-R-shaped encoder with random weights: 2 layers of 32, 128 positions, NFKC unigrams."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import XLMRobertaConfig, XLMRobertaModel

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(
        TEXTS,
        trainers.UnigramTrainer(
            vocab_size=300, show_progress=False, special_tokens=special, unk_token="<unk>"
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    config = XLMRobertaConfig(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=130, **_shape(), type_vocab_size=1
    )
    names = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>"}
    names |= {"pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}
    return _save(tmp_path_factory.mktemp("xlmr"), tokenizer, names, XLMRobertaModel, config)


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a BERT-shaped encoder: token types, WordPiece, a tokenizer.json that pads and cuts."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(
        TEXTS, trainers.WordPieceTrainer(vocab_size=300, show_progress=False, special_tokens=special)
    )
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_padding(length=64, pad_id=0, pad_token="[PAD]")
    tokenizer.enable_truncation(max_length=64)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=128, **_shape(), pad_token_id=0
    )
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    names |= {"unk_token": "[UNK]", "mask_token": "[MASK]"}
    return _save(tmp_path_factory.mktemp("bert"), tokenizer, names, BertModel, config)


@pytest.fixture
def encoder(tiny_encoder: Path) -> Encoder:
    """The XLM-R-shaped encoder, loaded anew."""
    return load_encoder(str(tiny_encoder))


def _shape() -> dict[str, Any]:
    # Large initial weights, so that outputs differ clearly from one another.
    return {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "initializer_range": 0.3,
    }


def _save(folder: Path, tokenizer: Any, names: dict[str, str], architecture: Any, config: Any) -> Path:
    import torch
    from transformers import PreTrainedTokenizerFast

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        architecture(config, add_pooling_layer=False).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, **names).save_pretrained(folder)
    return folder
