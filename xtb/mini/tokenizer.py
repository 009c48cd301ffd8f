"""A subword tokenizer that treats text as XLM-R's does.

Text is normalised to NFKC, runs of white space become one blank, and a blank is part of the piece that
follows it; so re-encoded, full-width and double-spaced text gives the same pieces, as with XLM-R. Pieces
are byte-pair merges (Sennrich et al., 2016) where XLM-R's are a unigram model's: merges can be left out at
random, which the recipe uses.
"""

from collections.abc import Iterable
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
BEGIN, PAD, END, UNKNOWN, MASK = range(len(SPECIAL))


def train_tokenizer(lines: Iterable[str], vocabulary: int, letters: Iterable[str] = ()) -> Tokenizer:
    """Merges learnt from lines; special tokens have the ids ``BEGIN`` to ``MASK``.

    Args:
        lines: what to learn from.
        vocabulary: pieces; more where the letters alone are more.
        letters: known in any case, whether or not the lines have them.
    """
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()]
    )
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(letters),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", BEGIN), ("</s>", END)],
    )
    return tokenizer


def as_transformers(tokenizer: Tokenizer, longest: int) -> Any:
    """The tokenizer as transformers saves and loads it."""
    from transformers import PreTrainedTokenizerFast

    begin, pad, end, unknown, mask = SPECIAL
    made: Any = PreTrainedTokenizerFast
    return made(
        tokenizer_object=tokenizer,
        bos_token=begin,
        cls_token=begin,
        pad_token=pad,
        eos_token=end,
        sep_token=end,
        unk_token=unknown,
        mask_token=mask,
        model_max_length=longest,
    )
