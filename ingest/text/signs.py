"""Dependent signs of the Indic scripts, Burmese and Thai, by what they may be taken for."""

import unicodedata
from collections.abc import Mapping
from functools import cache

_BLOCKS = {  # the scripts laid out after ISCII share the places of their signs
    "Deva": 0x0900, "Beng": 0x0980, "Guru": 0x0A00, "Gujr": 0x0A80, "Orya": 0x0B00,
    "Taml": 0x0B80, "Telu": 0x0C00, "Knda": 0x0C80, "Mlym": 0x0D00,
}  # fmt: skip
_VOWELS = (0x3E, 0x3F, 0x40, 0x41, 0x42, 0x43, 0x46, 0x47, 0x48, 0x4A, 0x4B, 0x4C)
_TWINS = ((0x3F, 0x40), (0x41, 0x42), (0x47, 0x48), (0x46, 0x47), (0x4B, 0x4C), (0x4A, 0x4B))
_NASALS = (0x01, 0x02)
_OTHER = (  # members of a class, and pairs of twins among them
    ("ာါိီုူေဲ", ("ာါ", "ိီ", "ုူ", "ေဲ")),
    ("ံ့း", ("့း",)),
    ("ิีึืุู", ("ิี", "ึื", "ุู", "ิึ", "ีื")),
    ("่้๊๋", ("่้", "๊๋")),
)
TWIN_WEIGHT = 4.0
"""How much more often a sign is taken for its twin (short for long, single for double) than for another."""


@cache
def classes() -> Mapping[str, Mapping[str, float]]:
    """For each sign, the others of its class with the weight of taking one for the other."""
    out: dict[str, dict[str, float]] = {}
    for start in _BLOCKS.values():
        for places in (_VOWELS, _NASALS):
            members = [chr(start + place) for place in places if unicodedata.name(chr(start + place), "")]
            _add(out, members, [(chr(start + a), chr(start + b)) for a, b in _TWINS])
    for members_, twins in _OTHER:
        _add(out, list(members_), [(pair[0], pair[1]) for pair in twins])
    return out


def _add(out: dict[str, dict[str, float]], members: list[str], twins: list[tuple[str, str]]) -> None:
    for sign in members:
        out[sign] = {
            other: TWIN_WEIGHT if (sign, other) in twins or (other, sign) in twins else 1.0
            for other in members
            if other != sign
        }


def slips(sign: str) -> list[tuple[str, float]]:
    """What becomes of a sign, with weights: a third each is lost, doubled, taken for another of its class."""
    others = classes().get(sign)
    if others is None:
        return []
    total = sum(others.values())
    return [("", 1.0), (sign * 2, 1.0), *((other, weight / total) for other, weight in others.items())]
