"""Words of about the same meaning, found by pivoting through the translations of the mirror.

Two English words that many languages translate by one word are close in meaning (Bannard & Callison-Burch
2005): p(other | word) is the mean over languages f of p(other | f) p(f | word), where a translation counts
evenly for the English words that share it. The lexicon (``noise/lexicon``, machine-made) has
3,000 English words in 99 languages; every other language gets its synonyms through its own translations.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import polars as pl

from ingest.lexicon import FILE

Synonyms = Mapping[str, tuple[tuple[str, float], ...]]
LEAST = 0.08  # by eye: below it, half of the pairs are merely related
MOST_SHARED = 8  # a translation shared by more words says little: the machine fell back on one word
LANGUAGES = 5  # at least so many must agree
_FUNCTION_WORDS = """
i you he she it we they me him her us them my your his its our their mine yours ours theirs this that these
those who whom which what where when why how myself himself herself itself ourselves themselves can could may
might must shall should will would do does did be am is are was were been have has had not no nor neither none
never nothing nobody and or but if than too mr mrs miss one two three
"""
_CLOSED = frozenset(_FUNCTION_WORDS.split())


def synonyms(language: str) -> Synonyms:
    """Words in small letters with others of about their meaning and a weight; empty without ``$XTB_DATA``."""
    folder = os.environ.get("XTB_DATA")
    return _synonyms(Path(folder) / FILE, language) if folder else {}


@lru_cache(64)
def _synonyms(path: Path, language: str) -> Synonyms:
    if not path.is_file():
        return {}
    near = _near(path)
    if language == "en":
        found = near.rename({"english": "word", "english_right": "other"})
    else:
        own = _lexicon(path).filter(pl.col("lang") == language, pl.col("shared") <= MOST_SHARED)
        own = own.select("english", "translation", "shared")
        other = own.rename({"english": "english_right", "translation": "other", "shared": "shared_other"})
        found = (
            near.join(own.rename({"translation": "word"}), on="english")
            .join(other, on="english_right")
            .group_by("word", "other")
            .agg(p=(pl.col("p") / pl.col("shared")).sum())
        )
    kept = found.filter(pl.col("p") >= LEAST).sort("word", "other")
    out: dict[str, tuple[tuple[str, float], ...]] = {}
    for word, each, weight in kept.select("word", "other", "p").iter_rows():
        if not _kin(word, each):
            out[word] = (*out.get(word, ()), (each, weight))
    return out


@lru_cache(2)
def _lexicon(path: Path) -> pl.DataFrame:
    """Translations in one word, with how many English words share each."""
    return (
        pl.read_parquet(path)
        .filter(
            pl.col("english").str.contains(r"^\p{L}+$"), pl.col("translation").str.contains(r"^[^\s\d]+$")
        )
        .with_columns(pl.col("english", "translation").str.to_lowercase())
        .filter(pl.col("english") != pl.col("translation"), ~pl.col("english").is_in(list(_CLOSED)))
        .unique(["lang", "english"], keep="first", maintain_order=True)
        .with_columns(shared=pl.len().over("lang", "translation"), langs=pl.len().over("english"))
    )


@lru_cache(2)
def _near(path: Path) -> pl.DataFrame:
    """Pairs of English words with their probability."""
    pivots = _lexicon(path).filter(pl.col("shared").is_between(2, MOST_SHARED))
    return (
        pivots.join(pivots.select("lang", "translation", "english"), on=["lang", "translation"])
        .filter(pl.col("english") != pl.col("english_right"))
        .group_by("english", "english_right")
        .agg(p=(1 / pl.col("shared")).sum() / pl.col("langs").first(), n=pl.len())
        .filter(pl.col("n") >= LANGUAGES)
        .sort("english", "english_right")
    )


def _kin(one: str, other: str) -> bool:
    """The same word or one of its family (exhibit, exhibition), or words of very different length."""
    short, long = sorted((len(one), len(other)))
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), short)
    return one == other or same >= max(3, 0.6 * short) or long > 2 * short + 2
