"""Which marks a reader can do without."""

import unicodedata

import numpy as np

from ingest.text.draw import Noise
from ingest.text.options import Options
from ingest.text.properties import MARK, in_scripts, properties
from ingest.text.texts import Ints, Texts

_OPTIONAL = (
    {chr(p) for p in range(0x064B, 0x0653)}  # Arabic short vowels, tanwin, shadda, sukun
    | {"\u0670"}
    | {chr(p) for p in range(0x0591, 0x05C8) if p not in (0x05BE, 0x05C0, 0x05C3, 0x05C6)}  # Hebrew points
    | {chr(p) for p in range(0x0E48, 0x0E4C)}  # Thai tone marks
    | {"\u093c", "\u0a3c", "\u0abc"}  # nukta; that of Bengali and Odia makes letters of their own
)
_ACCENTS = {chr(p) for p in range(0x0300, 0x0370)}


def stripped(char: str) -> str:
    """A character without its optional marks.

    >>> stripped("ệ"), stripped("й"), stripped("क़"), stripped("が")
    ('e', 'й', 'क', 'が')
    """
    parts = unicodedata.normalize("NFD", char)
    if len(parts) == 1:
        return "" if char in _OPTIONAL or char in _ACCENTS else char
    base = parts[0]
    if in_scripts("Latn", "Grek")[ord(base)]:
        return "".join(part for part in parts if part not in _ACCENTS)
    if not any(part in _OPTIONAL for part in parts):
        return char
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in _OPTIONAL))


def optional_marks(texts: Texts, noise: Noise) -> tuple[Ints, Options]:
    """Positions of code points that are or carry an optional mark, and what they become without.

    An accent written as a code point of its own counts where it stands on a Latin or Greek letter.
    """

    def without(char: str) -> list[tuple[str, float]]:
        new = stripped(char)
        return [(new, 1.0)] if new != char else []

    table = noise.options(without)
    inside = texts.spread(texts.letter)
    places = np.flatnonzero(inside & table.hold(texts.points))
    cluster = texts.cluster_at(places)
    accents = np.array(sorted(map(ord, _ACCENTS)), np.uint32)
    lone = np.isin(texts.points[places], accents) & ((properties()[texts.points[places]] & MARK) != 0)
    western = in_scripts("Latn", "Grek")[texts.first[cluster]]
    return places[~lone | western], table
