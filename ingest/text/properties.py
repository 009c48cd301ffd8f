"""Properties of code points as arrays that are indexed by code point.

The values come from ``ingest/resources/unicode.csv`` and not from ``unicodedata``, whose version
follows that of Python.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ingest.resources import rows

MARKER = 0x110000
"""The value one past Unicode that separates texts and tokens in a buffer; it breaks clusters and words."""

# bits of a property value
CLUSTER_MASK = 0xF
PICTURE = 1 << 4  # Extended_Pictographic
CONJUNCT_SHIFT = 5  # two bits: 1 consonant, 2 extend, 3 linker
LETTER = 1 << 7
MARK = 1 << 8
NUMBER = 1 << 9
PUNCTUATION = 1 << 10
WHITE = 1 << 11
UPPER = 1 << 12
LOWER = 1 << 13
SYMBOL = 1 << 14
JOINS = 1 << 15  # of a class that can stand in a cluster with others

_CLASSES = ",CR,LF,Control,Extend,ZWJ,Regional_Indicator,Prepend,SpacingMark,L,V,T,LV,LVT"
CLUSTER = {name: value for value, name in enumerate(_CLASSES.split(","))}
CONJUNCT = {"": 0, "Consonant": 1, "Extend": 2, "Linker": 3}
_MAJOR = {"L": LETTER, "M": MARK, "N": NUMBER, "P": PUNCTUATION, "S": SYMBOL}
_CASE = {"Lu": UPPER, "Lt": UPPER, "Ll": LOWER}

UNSPACED = ("Hani", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt", "Yiii")
"""Scripts written without blanks between words."""

Points = NDArray[np.uint32]


@cache
def _rows() -> list[dict[str, str]]:
    return rows("unicode.csv")


def _spread(values: list[int], marker: int, kind: type[np.uint8] | type[np.uint16]) -> NDArray[np.uint16]:
    starts = np.array([int(row["start"], 16) for row in _rows()] + [MARKER, MARKER + 1])
    table = np.repeat(np.array([*values, marker], kind), np.diff(starts))
    table.flags.writeable = False
    return table


@cache
def properties() -> NDArray[np.uint16]:
    """The bits of every code point, and of ``MARKER``."""
    values = [
        CLUSTER[row["cluster"]]
        | CONJUNCT[row["conjunct"]] << CONJUNCT_SHIFT
        | _MAJOR.get(row["category"][:1], 0)
        | _CASE.get(row["category"], 0)
        | (PICTURE if row["picture"] else 0)
        | (WHITE if row["white"] else 0)
        | (JOINS if row["cluster"] not in ("", "LF", "Control") else 0)
        for row in _rows()
    ]
    return _spread(values, CLUSTER["Control"] | WHITE, np.uint16)


@cache
def script_names() -> tuple[str, ...]:
    """ISO 15924 codes by the values of ``scripts``; the first is the empty one."""
    return tuple(dict.fromkeys(["", *(row["script"] for row in _rows())]))


@cache
def scripts() -> NDArray[np.uint16]:
    """The script of every code point, as an index of ``script_names``."""
    number = {name: value for value, name in enumerate(script_names())}
    return _spread([number[row["script"]] for row in _rows()], 0, np.uint8)


@cache
def in_scripts(*names: str) -> NDArray[np.bool_]:
    """For every code point (and ``MARKER``), whether it belongs to one of the scripts named."""
    return np.isin(scripts(), [script_names().index(name) for name in names])
