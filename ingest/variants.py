"""Other accepted or common spellings of a word, by fixed rules of a language."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from ingest.resources import rows

_KATAKANA = {chr(point): chr(point + 0x60) for point in range(0x3041, 0x3097)}
_NASAL = re.compile("[ङञणनम]\u094d(?=[क-ह])")  # a nasal joined to a consonant


def _replaced(table: Mapping[str, str]) -> Callable[[str], str]:
    trans = str.maketrans(dict(table))
    return lambda word: word.translate(trans)


def _arabic(word: str) -> str:
    """Bare alef for alef with hamza or madda; ya and alef maqsura, ta marbuta and ha at the end."""
    word = word.translate(str.maketrans("أإآٱ", "اااا"))
    ends = {"ي": "ى", "ى": "ي", "ة": "ه"}
    return word[:-1] + ends.get(word[-1:], word[-1:])


def _persian(word: str) -> str:
    """Arabic ya and kaf, and no zero-width non-joiner."""
    return word.translate(str.maketrans("یک", "يك")).replace("\u200c", "")


def _hindi(word: str) -> str:
    """Anusvara for the nasal of the class, and no nukta."""
    word = _NASAL.sub("\u0902", word)
    bare = unicodedata.normalize("NFD", word).replace("\u093c", "")
    return unicodedata.normalize("NFC", bare)


def _japanese(word: str) -> str:
    """Katakana for hiragana and the other way round, in words of kana alone."""
    back = {katakana: hiragana for hiragana, katakana in _KATAKANA.items()}
    if all(char in _KATAKANA for char in word):
        return "".join(_KATAKANA[char] for char in word)
    if all(char in back for char in word):
        return "".join(back[char] for char in word)
    return word


@cache
def _hanzi() -> tuple[dict[int, str], dict[int, str]]:
    """Into traditional characters, and into simplified ones."""
    table = rows("hanzi.csv")
    into = {
        script: {ord(row["char"]): row["form"] for row in table if row["into"] == script}
        for script in ("Hant", "Hans")
    }
    return into["Hant"], into["Hans"]


def _chinese(text: str) -> str:
    """Traditional characters for simplified ones; simplified where some character is traditional alone.

    A simplified character that stands for several traditional ones stays: which is right depends on the word.
    """
    traditional, simplified = _hanzi()
    is_traditional = any(ord(char) in simplified and ord(char) not in traditional for char in text)
    return text.translate(simplified if is_traditional else traditional)


RULES: Mapping[str, Callable[[str], str]] = {
    "ar": _arabic,
    "fa": _persian,
    "hi": _hindi,
    "mr": _hindi,
    "ja": _japanese,
    "zh": _chinese,
    "de": _replaced({"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}),
    "ru": _replaced({"ё": "е", "Ё": "Е"}),
    "da": _replaced({"å": "aa", "æ": "ae", "ø": "oe", "Å": "Aa", "Æ": "Ae", "Ø": "Oe"}),
    "ro": _replaced({"ș": "ş", "ț": "ţ", "Ș": "Ş", "Ț": "Ţ"}),
    "yo": _replaced({"ẹ": "e", "ọ": "o", "ṣ": "s", "Ẹ": "E", "Ọ": "O", "Ṣ": "S"}),
}
"""By language; ``variant`` gives the word itself where there is no rule."""


def variant(word: str, language: str) -> str:
    """Another spelling of a word; the word itself where the rules change nothing.

    >>> variant("Straße", "de"), variant("ещё", "ru"), variant("हिन्दी", "hi"), variant("مدرسة", "ar")
    ('Strasse', 'еще', 'हिंदी', 'مدرسه')
    >>> variant("马车", "zh"), variant("馬車", "zh"), variant("后", "zh")
    ('馬車', '马车', '后')
    """
    rule = RULES.get(language)
    return rule(word) if rule and word else word
