"""Misspellings that people made, where the mirror of benchmark data has them.

They are the word pairs of ``noise/word_pairs`` (from edit histories of Wikipedia, from RUSpellRU, from
crate-ci/typos). Their licences differ, so none lies in this repository: the folder is that of
``$XTB_DATA``.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import polars as pl


def misspellings(language: str) -> Mapping[str, list[tuple[str, float]]]:
    """Attested misspellings of words in small letters, with counts; empty where there is no list."""
    folder = os.environ.get("XTB_DATA")
    return _read(Path(folder) / "noise" / "word_pairs" / f"{language}.parquet") if folder else {}


@lru_cache(16)
def _read(path: Path) -> Mapping[str, list[tuple[str, float]]]:
    if not path.is_file():
        return {}
    pairs = pl.read_parquet(path, columns=["correct", "noisy", "count"])
    out: dict[str, list[tuple[str, float]]] = {}
    for correct, noisy, count in pairs.iter_rows():
        word, wrong = (correct or "").lower(), (noisy or "").lower()
        # Words take the case of what they replace, so a pair that differs in case alone would change nothing.
        if word and wrong and word != wrong and _one_word(word) and _one_word(wrong):
            out.setdefault(word, []).append((wrong, float(count)))
    return out


def _one_word(text: str) -> bool:
    return not any(char.isspace() or char.isdigit() for char in text)
