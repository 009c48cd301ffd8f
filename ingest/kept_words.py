"""Words that carry the label: negators and numerals, never dropped."""

from functools import cache

from ingest.resources import rows


@cache
def kept_words(language: str) -> frozenset[str]:
    """Negators and numerals of a language in small letters; empty where none are listed."""
    found = [row["words"] for row in rows("kept_words.csv") if row["language"] == language]
    return frozenset(word for words in found for word in words.split())
