"""Words that carry the label: negators and numerals, never dropped."""

from functools import cache

from ingest.mini.concepts import NUMBERS
from ingest.mini.languages import LANGUAGES
from ingest.mini.words import form
from ingest.resources import rows


@cache
def kept_words(language: str) -> frozenset[str]:
    """Negators and numerals of a language in small letters; empty where none are listed."""
    if language in LANGUAGES and language != "en":
        return frozenset(
            {form(language, "not").lower(), *(form(language, number) for number in NUMBERS.split())}
        )
    found = [row["words"] for row in rows("kept_words.csv") if row["language"] == language]
    return frozenset(word for words in found for word in words.split())
