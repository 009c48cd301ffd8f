"""Words that carry the label: negators and numerals, never dropped."""

import csv
from functools import cache
from importlib.resources import files


@cache
def kept_words(language: str) -> frozenset[str]:
    """Negators and numerals of a language in small letters; empty where none are listed."""
    with (files("ingest.resources") / "kept_words.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["language"] == language]
    return frozenset(word for row in rows for word in row["words"].split())
