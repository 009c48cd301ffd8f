"""The punctuation of scripts: sets whose members a writer takes for each other, and what each script uses."""

from functools import cache

import numpy as np

from ingest.text.properties import LETTER, NUMBER, PUNCTUATION
from ingest.text.texts import Bools, Texts

SETS = (".!?…", ",;:", "。！？", "，、；：", "،؛", "؟", "।॥", "¿¡", "-–—", "።፣፤፥", "։՝", "။၊", "·;")
"""Marks of one set replace each other; a set of one borrows the Latin marks of its role."""
_BORROWED = {"؟": ".!", "।": "?!", "॥": "?!", "።": "?!", "။": "?!"}
AFTER_WORDS = {  # what AEDA inserts, in the marks of the script
    "Arab": "،؛؟.!",
    "Deva": "।,;?!",
    "Beng": "।,;?!",
    "Guru": "।,;?!",
    "Grek": ".,·;!",
    "Armn": "։,՝",
    "Ethi": "።፣፤",
    "Hebr": ".,;?!",
}
DEFAULT = ".;?:!,"


@cache
def swaps(mark: str) -> list[tuple[str, float]]:
    """Marks that a mark may be taken for."""
    members = "".join(group for group in SETS if mark in group) + _BORROWED.get(mark, "")
    return [(other, 1.0) for other in dict.fromkeys(members) if other != mark]


def loose(texts: Texts) -> Bools:
    """Punctuation that is not inside a word or number: no apostrophe, hyphen or decimal point."""
    core = (texts.bits & (LETTER | NUMBER)) != 0
    mask: Bools = ((texts.bits & PUNCTUATION) != 0) & texts.free
    mask[1:-1] &= ~(core[:-2] & core[2:])
    return mask


def drawn_marks(scripts: list[str], bits: np.ndarray) -> list[str]:
    """A mark of each script, by random bits."""
    sets = [AFTER_WORDS.get(script, DEFAULT) for script in scripts]
    return [marks[int(bit) % len(marks)] for marks, bit in zip(sets, bits, strict=True)]
