"""Replacements of words that a masked language model proposed, read from a folder.

Models do not run here: ``xtb candidates`` asks a fixed model once and writes one ``<language>.parquet`` into
the folder that ``$XTB_CANDIDATES`` names, a row a word: ``text`` (hash of the whole text), ``start`` and
``end`` (code points), ``candidates``, ``weights``. So noise stays a function of text and table alone.
"""

import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import polars as pl

ENVIRONMENT = "XTB_CANDIDATES"
SCHEMA = pl.Schema(
    [
        ("text", pl.String()),
        ("start", pl.Int32()),
        ("end", pl.Int32()),
        ("candidates", pl.List(pl.String())),
        ("weights", pl.List(pl.Float32())),
        ("model", pl.String()),
    ]
)

Candidates = Mapping[tuple[str, int, int], tuple[tuple[str, float], ...]]


def candidates(language: str) -> Candidates:
    """What may stand in the place of words: (hash of the text, start, end) -> words with weights."""
    folder = os.environ.get(ENVIRONMENT)
    if not folder:
        return {}
    file = Path(folder) / f"{language}.parquet"
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else {}


def text_hash(text: str) -> str:
    """Sixteen digits that name a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@lru_cache(8)
def _read(file: Path, written: int) -> Candidates:
    table = pl.read_parquet(file, columns=[name for name in SCHEMA if name != "model"])
    return {
        (text, start, end): tuple(zip(words, weights, strict=True))
        for text, start, end, words, weights in table.iter_rows()
    }
