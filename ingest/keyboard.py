"""Standard keyboards: which letters lie beside a letter, through dead keys, tone keys and jamo.

A slip hits a key whose centre is at most 1.2 key widths away in the same or the next row, on the
same shift level, and types something of the same class: a letter for a letter, a mark for a mark.
Keys of the same row are hit nine times as often as keys of another (as in MulTypo, 2510.09536).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ingest.hangul import slips as hangul_slips
from ingest.resources import rows
from ingest.text.properties import LETTER, MARK, properties

FALLBACK = (
    "us", "ru", "gr", "in(deva)", "ara", "kr", "il", "th", "am", "ge", "in(ben)", "in(guj)", "in(guru)",
    "in(kan)", "in(mal)", "in(ori)", "in(tam)", "in(tel)", "mm", "kh", "la", "lk",
)  # fmt: skip
"""One layout per script, for languages without an entry of their own."""

Slips = Sequence[tuple[str, float]]
_ROW_OFFSET = {"E": 0.0, "D": 0.5, "C": 0.75, "B": 1.25}  # stagger of an ISO keyboard, in key widths
_SPECIAL = {"TLDE": ("E", 0.0), "LSGT": ("B", 1.25), "BKSL": ("C", 12.75)}
_ROWS = "EDCB"
_DEAD = {
    "dead_grave": "\u0300", "dead_acute": "\u0301", "dead_circumflex": "\u0302", "dead_tilde": "\u0303",
    "dead_macron": "\u0304", "dead_breve": "\u0306", "dead_abovedot": "\u0307", "dead_diaeresis": "\u0308",
    "dead_hook": "\u0309", "dead_abovering": "\u030a", "dead_doubleacute": "\u030b", "dead_caron": "\u030c",
    "dead_horn": "\u031b", "dead_belowdot": "\u0323", "dead_cedilla": "\u0327", "dead_ogonek": "\u0328",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keyboard:
    """The layouts a language is typed on, in order of preference.

    Attributes:
        neighbours: for each layout, what a slip on the key of a character types, with weights that
            sum to 1; empty where nothing of its class is beside it.
    """

    neighbours: tuple[Mapping[str, Slips], ...]

    def slips(self, char: str) -> Slips:
        """What may be typed in place of a character, with weights; empty where it cannot be mistyped.

        A character that is no key of its own is taken apart into the keys it is typed with (base
        letter and accent, vowel and tone, jamo), and put together again as in Unicode form NFC.
        """
        for layout in self.neighbours:
            found = layout.get(char) or _composed(char, layout) or _capital(char, layout)
            if found:
                return found
        return ()

    def knows(self, char: str) -> bool:
        """Whether the character has a key of its own."""
        return any(char in layout for layout in self.neighbours)


def _composed(char: str, layout: Mapping[str, Slips]) -> Slips:
    if "가" <= char <= "힣":
        return hangul_slips(char, layout)
    parts = unicodedata.normalize("NFD", char)
    if len(parts) < 2:
        return ()
    out: list[tuple[str, float]] = []
    for at in range(len(parts) - 1, 0, -1):  # one mark is pressed apart from the rest
        mark = parts[at]
        rest = unicodedata.normalize("NFC", parts[:at] + parts[at + 1 :])
        if rest not in layout:
            continue
        typed = [(unicodedata.normalize("NFC", rest + slip), weight) for slip, weight in layout.get(mark, ())]
        out += [(text if len(text) == 1 else rest, weight) for text, weight in typed]
        for slip, weight in layout[rest]:
            text = unicodedata.normalize("NFC", slip + mark)
            out.append((text if len(text) == 1 else slip, weight))
        break
    total = sum(weight for _, weight in out)
    return [(text, weight / total) for text, weight in out if text != char]


def _capital(char: str, layout: Mapping[str, Slips]) -> Slips:
    """Capitals that only caps lock can type, such as É on the French layout."""
    small = char.lower()
    if small == char or len(small) > 1:
        return ()
    slips = layout.get(small) or _composed(small, layout)
    return [(text.upper(), weight) for text, weight in slips if len(text.upper()) == 1]


@cache
def layout_of(language: str) -> str | None:
    """The standard layout of a language; empty where an input method is used, None where unknown."""
    return {row["language"]: row["layout"] for row in rows("layouts.csv")}.get(language)


def no_layout(language: str) -> str | None:
    """Why the keyboard of a language says nothing about its typing errors, where that is so."""
    return None if layout_of(language) != "" else f"has no keyboard layout for {language}, only input methods"


@cache
def keyboard(language: str) -> Keyboard:
    """The keyboard of a language; the common layout of every script where the language is unknown."""
    layout = layout_of(language)
    if layout is None:
        return Keyboard(tuple(map(neighbours, FALLBACK)))
    return Keyboard((neighbours(layout),) if layout else ())


@cache
def neighbours(layout: str) -> Mapping[str, Slips]:
    """For every character with a key, what the keys beside it type, with weights that sum to 1."""
    keys = _keys(layout)
    out: dict[str, Slips] = {}
    for level in range(4):
        for place, chars in keys.items():
            char = chars[level]
            if char and char not in out and _class(char):
                # AltGr is let go in a slip: what lies there is rarely a letter of the language.
                out[char] = _beside(char, place, level % 2, keys)
    return out


def _keys(layout: str) -> dict[tuple[int, float], list[str]]:
    """The characters of each key at its four levels, by the row and place of the key."""
    keys: dict[tuple[int, float], list[str]] = {}
    for row in rows("keyboards.csv"):
        if row["layout"] == layout:
            levels = [row["plain"], row["shift"], row["altgr"], row["shift_altgr"]]
            keys[_place(row["key"])] = [_character(level) for level in levels]
    return keys


@cache
def twins(layout: str, other: str) -> Mapping[str, str]:
    """What the key of each character, pressed alone or with shift, writes on another layout."""
    mine, theirs = _keys(layout), _keys(other)
    out: dict[str, str] = {}
    for level in range(2):
        for place, chars in mine.items():
            there = theirs.get(place, [""] * 4)[level]
            if chars[level] and there:
                out.setdefault(chars[level], there)
    return out


def _beside(
    char: str, place: tuple[int, float], shift: int, keys: Mapping[tuple[int, float], list[str]]
) -> Slips:
    row, x = place
    near: list[list[str]] = [[], []]  # same row, next row
    for (other_row, other_x), chars in keys.items():
        rows = abs(other_row - row)
        if 0 < rows**2 + (other_x - x) ** 2 <= 1.2**2 and rows <= 1:
            slip = chars[shift]
            if slip and slip != char and _class(slip) == _class(char):
                near[rows].append(slip)
    shares = (0.9, 0.1) if all(near) else (1.0, 1.0)
    return [(slip, share / len(slips)) for slips, share in zip(near, shares, strict=True) for slip in slips]


def _class(text: str) -> int:
    return int(properties()[ord(text[0])]) & (LETTER | MARK)


def _character(level: str) -> str:
    if level.startswith("dead_"):
        return _DEAD.get(level, "")
    return (
        unicodedata.normalize("NFKC", level) if len(level) == 1 and "\ufb50" <= level <= "\ufeff" else level
    )


def _place(key: str) -> tuple[int, float]:
    if key in _SPECIAL:
        row, x = _SPECIAL[key]
    else:
        row, x = key[1], int(key[2:]) + _ROW_OFFSET[key[1]]
    return _ROWS.index(row), x
