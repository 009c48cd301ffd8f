"""Texts to encoder rows: every distinct text is tokenised once, special tokens and truncation are added by hand."""

from typing import Any


class Inputs:
    """Tokenised texts of one tokenizer, each distinct text once."""

    def __init__(self, tokenizer: Any) -> None: ...
