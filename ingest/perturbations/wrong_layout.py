"""Words typed with another keyboard layout active."""

import unicodedata
from functools import cache

import numpy as np

from ingest.fields import FIELDS
from ingest.hangul import keys_of
from ingest.keyboard import layout_of, twins
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.marks import stripped
from ingest.text.properties import in_scripts
from ingest.text.replace_words import replace_words
from ingest.text.texts import Texts
from ingest.text.words import Words

_BASE = {
    "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ə": "e",
}  # fmt: skip
_BASE |= {small.upper(): base.capitalize() for small, base in _BASE.items() if len(small.upper()) == 1}
_ARABIC = ("fa",)  # typed on the Arabic layout rather than the Latin one


def mistyped(word: str, language: str) -> str:
    """A word as its keys write it on the US layout (Persian: on the Arabic one).

    Latin letters that the US layout lacks become their base letters, as people type them. Empty where a
    letter has no key, or where a digit would come out.

    >>> mistyped("привет", "ru"), mistyped("안녕", "ko"), mistyped("şık", "tr")
    ('ghbdtn', 'dkssud', 'sik')
    """
    if all(in_scripts("Latn", "Zinh")[ord(char)] for char in word):
        return "".join(_BASE.get(char, stripped(char)) for char in word)
    target = "ara" if language in _ARABIC else "us"
    table = twins(layout_of(language) or "", target)
    out: list[str] = []
    for char in word:
        keys = _keys(char, frozenset(table))
        if not keys or any(table.get(key, "0").isdigit() for key in keys):
            return ""
        out += [table[key] for key in keys]
    return "".join(out)


@cache
def _keys(char: str, known: frozenset[str]) -> str:
    """The keys that write a character: itself, an accent and its base, or jamo."""
    if char in known:
        return char
    if "가" <= char <= "힣":
        return keys_of(char)
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[0], parts[1:]
    keys = marks + base
    return keys if marks and all(key in known for key in keys) else ""


def edit(texts: Texts, noise: Noise) -> Edits:
    """Type words with the other layout."""
    edge = np.diff(texts.letter.astype(np.int8), prepend=0, append=0)
    runs = Words(texts, np.flatnonzero(edge == 1), np.flatnonzero(edge == -1))
    strings = runs.strings(np.arange(len(runs)))
    known = {word: mistyped(word, noise.language) for word in set(strings)}
    differs = np.fromiter((known[word] not in ("", word) for word in strings), bool, len(strings))
    at, eligible = runs.pick(noise, differs)
    new = [known[strings[i]] for i in at.tolist()]
    return replace_words(texts, runs, at, new, eligible=eligible, reached=differs)


PERTURBATION = Perturbation(
    name="wrong_layout",
    family="keyboard",
    definition=(
        "Type a word with the US layout active (Persian: the Arabic one), key for key; Latin letters that it "
        "lacks become base letters; words that would hold digits stay."
    ),
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="all with a layout of their own",
    kinds=tuple(FIELDS),
    risk="medium",
    citation="TokSuite 2025 (english_keyboard, arabic_keyboard_for_farsi); layouts: xkeyboard-config",
    sample=("ru", "Старик медленно шёл домой."),
    edit=edit,
    minimum=0.01,
)
