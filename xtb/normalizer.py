"""Text normalisation of SentencePiece as its authors define it, in fast tokenizers too.

SentencePiece replaces the longest run of bytes that its character map has. ``normalizers.Precompiled`` of
``tokenizers`` looks up whole grapheme clusters under six bytes, by their shortest prefix, and drops the rest
(tokenizers issues 2116 and 2334): decomposed Vietnamese loses its tones, decomposed Hangul and kana stay in
pieces, and a model reads another text than the one it was trained on. Composing first (NFC) leaves few such
clusters. Composed text, which is nearly all there is, is read as before.
"""

from typing import Any


def compose_first(tokenizer: Any) -> None:
    """Puts NFC before a character map of SentencePiece, in place; other tokenizers stay as they are.

    Args:
        tokenizer: a fast tokenizer of transformers.
    """
    from tokenizers import normalizers

    backend = tokenizer.backend_tokenizer
    steps = _steps(backend.normalizer)
    maps = [isinstance(step, normalizers.Precompiled) for step in steps]
    composing = (normalizers.NFC, normalizers.NFKC)
    if any(maps) and not any(isinstance(step, composing) for step in steps[: maps.index(True)]):
        backend.normalizer = normalizers.Sequence([normalizers.NFC(), *steps])


def _steps(normalizer: Any) -> list[Any]:
    """The normalisers that run one after the other."""
    from tokenizers import normalizers

    if isinstance(normalizer, normalizers.Sequence):
        return [step for at in range(len(normalizer)) for step in _steps(normalizer[at])]
    return [] if normalizer is None else [normalizer]
