"""Words and their translations, for code-mixing, and how often a language's accented letters occur.

The translations are those of ``noise/lexicon`` in the folder of ``$XTB_DATA``: 3,000 frequent English
words in 99 languages. The invented languages of the built-in benchmark have their own.
"""

import os
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import polars as pl

from ingest.mini.concepts import concepts
from ingest.mini.languages import LANGUAGES
from ingest.mini.words import form
from ingest.resources import rows

Translations = Mapping[str, tuple[str, ...]]
FILE = Path("noise", "lexicon", "m2m100_lexicon.parquet")


def translations(language: str) -> Translations:
    """Small-letter words of a language with their translations.

    English words are translated into every other language that has the word; those of other languages
    into English. Empty for languages without a lexicon, and for real ones without ``$XTB_DATA``.
    """
    if language in LANGUAGES and language != "en":
        return _invented(language)
    folder = os.environ.get("XTB_DATA")
    return _read(Path(folder) / FILE, language) if folder else {}


@lru_cache(64)
def _read(path: Path, language: str) -> Translations:
    if not path.is_file():
        return {}
    one_word = r"^[^\s\d]+$"
    table = pl.read_parquet(path).filter(
        pl.col("english").str.contains(r"^\p{L}+$"), pl.col("translation").str.contains(one_word)
    )
    own, other = ("english", "translation") if language == "en" else ("translation", "english")
    found = table if language == "en" else table.filter(pl.col("lang") == language)
    words = found.with_columns(pl.col("english", "translation").str.to_lowercase()).filter(
        pl.col("english") != pl.col("translation")
    )
    grouped = words.unique([own, other], maintain_order=True).group_by(own, maintain_order=True).agg(other)
    return {word: tuple(meant) for word, meant in grouped.iter_rows()}


@cache
def attested(language: str) -> Mapping[str, int]:
    """How often each accented letter occurs in frequent words of a language; of all where it is unknown."""
    table = [(row["language"], row["letter"], int(row["count"])) for row in rows("letters.csv")]
    known = any(code == language for code, _, _ in table)
    counts: dict[str, int] = {}
    for code, letter, count in table:
        if not known or code == language:
            counts[letter] = counts.get(letter, 0) + count
    return counts


def _invented(language: str) -> Translations:
    out: dict[str, tuple[str, ...]] = {}
    for name in concepts():
        word = form(language, name).lower()
        out[word] = (*out.get(word, ()), form("en", name).lower())
    return out
