"""Case by the rules of a language: dotted and dotless i, final sigma, ß, Dutch ij.

Only Latin, Cyrillic, Greek and Armenian text is written in two cases. Georgian has capitals in
Unicode since 2018, but no text mixes them, so that ``str.upper`` makes something no one writes.
"""

from collections.abc import Callable

from ingest.text.properties import in_scripts
from ingest.text.texts import Bools, Texts

Case = Callable[[str], str]
TURKIC = ("tr", "az")


def upper(char: str, language: str) -> str:
    """The capital form of a character.

    >>> upper("i", "tr"), upper("i", "de"), upper("ß", "de")
    ('İ', 'I', 'SS')
    """
    return "İ" if char == "i" and language in TURKIC else char.upper()


def lower(char: str, language: str) -> str:
    """The small form of a character.

    >>> lower("I", "tr"), lower("İ", "tr"), lower("I", "en")
    ('ı', 'i', 'i')
    """
    if language in TURKIC:
        char = {"I": "ı", "İ": "i"}.get(char, char)
    return char.lower()


def title(char: str, language: str) -> str:
    """The form of a character at the head of a word in title case."""
    return "İ" if char == "i" and language in TURKIC else char.title()


def flip(char: str, language: str) -> list[tuple[str, float]]:
    """The other case of a letter, if one character."""
    other = lower(char, language)
    if other == char:
        other = upper(char, language)
    return [(other, 1.0)] if len(other) == 1 and other != char else []


def bicameral(texts: Texts) -> Bools:
    """Letters of the scripts that are written in two cases."""
    return texts.letter & in_scripts("Latn", "Cyrl", "Grek", "Armn").take(texts.first)
