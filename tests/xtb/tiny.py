"""Encoders made on the spot, from a configuration and a tokenizer trained on given texts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any


def make_xlmr(folder: Path, texts: Iterable[str], *, vocabulary: int, positions: int, **shape: Any) -> Path:
    """An XLM-R-shaped encoder with random weights: unigrams with NFKC, ``positions`` tokens at most."""
    from transformers import XLMRobertaConfig, XLMRobertaModel

    names = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>"}
    names |= {"pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}
    tokenizer = _unigram(texts, vocabulary, ("<s>", "<pad>", "</s>", "<unk>", "<mask>"), "</s> </s>")
    config = XLMRobertaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        max_position_embeddings=positions + 2,
        type_vocab_size=1,
        **shape,
    )
    return _save(folder, tokenizer, names, XLMRobertaModel, config, add_pooling_layer=False)


def make_deberta(
    folder: Path, texts: Iterable[str], *, vocabulary: int, positions: int, **shape: Any
) -> Path:
    """An mDeBERTa-shaped encoder: relative positions, shared attention keys."""
    from transformers import DebertaV2Config, DebertaV2Model

    tokenizer = _unigram(texts, vocabulary, ("[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"), "[SEP]")
    config = DebertaV2Config(
        vocab_size=tokenizer.get_vocab_size(),
        max_position_embeddings=positions,
        type_vocab_size=0,
        pad_token_id=1,
        relative_attention=True,
        position_buckets=8,
        max_relative_positions=-1,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        **shape,
    )
    return _save(folder, tokenizer, _BRACKETS, DebertaV2Model, config)


def make_modernbert(
    folder: Path, texts: Iterable[str], *, vocabulary: int, positions: int, **shape: Any
) -> Path:
    """An mmBERT-shaped encoder: rotary positions, local and global attention in turn, no biases."""
    from transformers import ModernBertConfig, ModernBertModel

    tokenizer = _unigram(texts, vocabulary, ("[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"), "[SEP]")
    config = ModernBertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        max_position_embeddings=positions,
        pad_token_id=1,
        bos_token_id=0,
        cls_token_id=0,
        eos_token_id=2,
        sep_token_id=2,
        global_attn_every_n_layers=2,
        local_attention=16,
        **shape,
    )
    return _save(folder, tokenizer, _BRACKETS, ModernBertModel, config)


def make_bert(folder: Path, texts: Iterable[str], *, vocabulary: int, positions: int, **shape: Any) -> Path:
    """A BERT-shaped encoder: token types, WordPiece, a tokenizer.json that pads and cuts to 64."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=vocabulary, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_padding(length=64, pad_id=0, pad_token="[PAD]")
    tokenizer.enable_truncation(max_length=64)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=positions, pad_token_id=0, **shape
    )
    return _save(folder, tokenizer, _BRACKETS, BertModel, config, add_pooling_layer=False)


_BRACKETS = {
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "mask_token": "[MASK]",
}


def _unigram(texts: Iterable[str], vocabulary: int, special: tuple[str, ...], between: str) -> Any:
    """Unigrams after NFKC.

    Args:
        special: first, padding, last, unknown, mask.
        between: what parts two texts.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=vocabulary, special_tokens=list(special), unk_token=special[3], show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    first, last = special[0], special[2]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {between} $B {last}",
        special_tokens=[(first, 0), (last, 2)],
    )
    return tokenizer


def _save(
    folder: Path, tokenizer: Any, names: dict[str, str], architecture: Any, config: Any, **more: Any
) -> Path:
    import torch
    from transformers import PreTrainedTokenizerFast

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        architecture(config, **more).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, **names).save_pretrained(folder)
    return folder
