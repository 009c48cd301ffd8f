"""Phonemes to letters: how each script writes the roots of ``ingest.mini.words``."""

import unicodedata
from collections.abc import Mapping

from ingest.mini.languages import MiniLanguage

_TABLES: Mapping[str, Mapping[str, str]] = {
    "Latn": {**{c: c for c in "abdefghijklmnoprstuvz"}, "c": "č", "x": "š", "A": "ä", "O": "ö"},
    "Cyrl": dict(zip("abvgdezijklmnoprstufhcxAO", "абвгдезийклмнопрстуфхчшэё", strict=True)),
    "Grek": {
        **dict(zip("avgdeziklmnoprstfhxAO", "αβγδεζικλμνοπρστφχξεο", strict=True)),
        "u": "ου", "b": "μπ", "c": "τσ", "j": "γι",
    },
    "Deva": dict(zip("bdfghjklmnprstvzcx", "बदफगहयकलमनपरसतवजचश", strict=True)),
    "Arab": {
        **dict(zip("bdfghjklmnrstzxpv", "بدفغهجكلمنرستزشبف", strict=True)),
        "c": "تش", "a": "ا", "A": "ا", "i": "ي", "u": "و", "e": "", "o": "", "O": "",
    },
}  # fmt: skip
_VOWELS = "aeiouAO"
_ACUTE = "\u0301"
_DEVA_VOWELS = {"a": "आ", "e": "ए", "i": "इ", "o": "ओ", "u": "उ", "A": "ऐ", "O": "औ"}
_DEVA_SIGNS = {"a": "", "e": "े", "i": "ि", "o": "ो", "u": "ु", "A": "ै", "O": "ौ"}
_VIRAMA = "्"
_LEADS = dict(
    zip("gndlmbszckpthxjfvr", (0, 2, 3, 5, 6, 7, 9, 12, 14, 15, 17, 16, 18, 10, 12, 17, 7, 5), strict=True)
)
_MIDDLES = {"a": 0, "e": 5, "i": 20, "o": 8, "u": 13, "A": 1, "O": 11}
_TAILS = {"k": 1, "n": 4, "d": 7, "t": 7, "l": 8, "r": 8, "m": 16, "b": 17, "p": 17, "s": 19, "g": 21}


def write(phonemes: str, language: MiniLanguage) -> str:
    """The word as the language writes it, in Unicode form NFC."""
    match language.script:
        case "Deva":
            return _devanagari(phonemes)
        case "Hang":
            return _hangul(phonemes)
        case script:
            return _alphabet(phonemes, _TABLES[script], language)


def _alphabet(phonemes: str, table: Mapping[str, str], language: MiniLanguage) -> str:
    vowels = [i for i, p in enumerate(phonemes) if p in _VOWELS]
    accented = None
    if language.accent and len(vowels) > 1:
        accented = vowels[0] if language.accent == "first" else vowels[-1]
    letters = [table[p] + (_ACUTE if i == accented else "") for i, p in enumerate(phonemes)]
    if language.script == "Arab" and vowels[:1] == [0]:
        letters[0] = "ا" + (letters[0] if phonemes[0] in "iu" else "")
    word = unicodedata.normalize("NFC", "".join(letters))
    if language.script == "Grek" and word.endswith("σ"):
        word = word[:-1] + "ς"
    return word


def _devanagari(phonemes: str) -> str:
    table = _TABLES["Deva"]
    word = ""
    for i, phoneme in enumerate(phonemes):
        before = phonemes[i - 1] if i else ""
        last = i == len(phonemes) - 1
        if phoneme not in _VOWELS:
            word += (_VIRAMA if before and before not in _VOWELS else "") + table[phoneme]
        elif not before or before in _VOWELS:
            word += _DEVA_VOWELS[phoneme]
        else:
            word += "ा" if phoneme == "a" and last else _DEVA_SIGNS[phoneme]
    return word


def _hangul(phonemes: str) -> str:
    """Syllable blocks; a consonant that fits nowhere gets the vowel u."""
    word, i, n = "", 0, len(phonemes)
    while i < n:
        lead = 11
        if phonemes[i] not in _VOWELS:
            lead = _LEADS[phonemes[i]]
            i += 1
        middle = _MIDDLES["u"]
        if i < n and phonemes[i] in _VOWELS:
            middle = _MIDDLES[phonemes[i]]
            i += 1
        tail = 0
        if i < n and phonemes[i] in _TAILS and (i + 1 == n or phonemes[i + 1] not in _VOWELS):
            tail = _TAILS[phonemes[i]]
            i += 1
        word += chr(0xAC00 + (lead * 21 + middle) * 28 + tail)
    return word
