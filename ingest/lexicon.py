"""Words and their translations, for code-mixing: 3,000 frequent English words in 47 languages, and the
invented languages of the built-in benchmark."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from ingest.mini.concepts import concepts
from ingest.mini.languages import LANGUAGES
from ingest.mini.words import form

Translations = Mapping[str, tuple[str, ...]]


@cache
def translations(language: str) -> Translations:
    """Small-letter words of a language with their translations.

    English words are translated into every other language that has the word; those of other languages
    into English. Empty for languages without a lexicon.
    """
    if language in LANGUAGES and language != "en":
        return _invented(language)
    table = _table()
    if language == "en":
        others = [name for name in table.columns if name != "en"]
        rows = table.select("en", *others).iter_rows()
        return {english: tuple(word for word in words if word) for english, *words in rows}
    if language not in table.columns:
        return {}
    pairs = table.select(language, "en").drop_nulls().unique(maintain_order=True)
    grouped = pairs.group_by(language, maintain_order=True).agg("en").iter_rows()
    return {word: tuple(english) for word, english in grouped}


@cache
def _table() -> pl.DataFrame:
    with (files("ingest.resources") / "lexicon.parquet").open("rb") as file:
        return pl.read_parquet(file)


@cache
def attested(language: str) -> Mapping[str, int]:
    """How often each character occurs in the words of a language; those of all where it is unknown.

    Characters seen fewer than three times are left out: the lexicon is noisy.
    """
    table = _table()
    columns = [language] if language in table.columns else [name for name in table.columns if name != "en"]
    words = [word for name in columns for word in table[name].drop_nulls()]
    counts = Counter(char for word in words for char in unicodedata.normalize("NFC", word))
    return {char: count for char, count in counts.items() if count >= 3}


def _invented(language: str) -> Translations:
    out: dict[str, tuple[str, ...]] = {}
    for name in concepts():
        word = form(language, name).lower()
        out[word] = (*out.get(word, ()), form("en", name).lower())
    return out
