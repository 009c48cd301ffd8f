"""What a small encoder is made from. Everything that changes its weights is a field, and names its folder."""

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A pretraining from nothing on generated parallel text.

    Attributes:
        vocabulary: pieces of the subword tokenizer.
        piece_dropout: share of merges left out when a word is cut (Provilkov et al., 2020), so that
            a misspelt word's odd pieces are no news to the encoder.
        documents: documents of the corpus, each said in two languages.
        english: share of documents of which one side is English at least.
        batch: documents of one step; each gives two rows.
        rate: peak learning rate of AdamW; ``matrix_rate`` that of Muon, for the matrices inside the layers.
        mask: share of pieces that are masked (masked language modelling).
        switch: share of words said in the other language, on half of the rows (code-switching).
        temperature: of the translation-ranking loss; ``word_temperature`` of the word-alignment loss.
        words: word pairs that the alignment loss compares at a time.
        revision: raised when the code changes what comes out.
    """

    vocabulary: int = 4000
    hidden: int = 128
    layers: int = 2
    heads: int = 4
    positions: int = 194
    piece_dropout: float = 0.1
    documents: int = 12_000
    english: float = 0.3
    batch: int = 16
    rate: float = 3e-3
    matrix_rate: float = 0.02
    weight_decay: float = 0.01
    warmup: float = 0.06
    mask: float = 0.25
    switch: float = 0.15
    temperature: float = 0.05
    word_temperature: float = 0.1
    words: int = 384
    seed: int = 0
    revision: int = 3

    def digest(self, benchmark: str) -> str:
        """Twelve hexadecimal digits that name what this recipe makes of a version of the benchmark."""
        text = json.dumps([benchmark, asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


QUICKSTART = Recipe()
"""The encoder of ``xtb quickstart``: 0.95 million parameters, about two minutes of one core."""
