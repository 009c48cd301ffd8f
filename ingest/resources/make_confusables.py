"""Write ``confusables.csv``: letters that look like a letter.

    python -m ingest.resources.make_confusables CONFUSABLES

CONFUSABLES is the mirror's ``noise/confusables/unicode_confusables.parquet``: the columns ``source`` and
``target`` of ``confusables.txt`` of Unicode Technical Standard #39, version 15.0. Letters that have the same
skeleton belong together. What NFKC undoes (mathematical alphabets, full width) is left out. A letter's
twins of another script of today come first; where there are none, those of any other script, then its
own. A twin is written in the same direction, or its neighbours would change places on the screen; that
of a letter which joins its neighbours is of the same script, or it would stand apart.
Licence: see ``ingest/resources/README.md``.
"""

import csv
import re
import sys
import unicodedata
from pathlib import Path

import polars as pl

from ingest.text.properties import LETTER, LOWER, UPPER, properties, script_names, scripts

MODERN = """
    Latn Cyrl Grek Armn Geor Hebr Arab Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Thai Laoo Hira Kana
""".split()  # noqa: SIM905
JOINED = ("Arab", "Syrc", "Mand", "Nkoo", "Mong", "Adlm", "Rohg")
PHONETIC = re.compile(
    "[\u0250-\u02af\u0370-\u0373\u0376-\u0377\u0750-\u077f\u0870-\u08ff\u1d00-\u1dbf\ua640-\ua7ff\uab30-\uab6f]"
)
"""Letters that hardly any reader has met, nor any font."""


def groups(table: pl.DataFrame) -> list[list[str]]:
    """Single letters of equal skeleton."""
    leader: dict[str, str] = {}

    def find(char: str) -> str:
        while leader.setdefault(char, char) != char:
            char = leader[char]
        return char

    for char, twin in table.select("source", "target").iter_rows():
        if len(char) == len(twin) == 1:
            leader[find(char)] = find(twin)
    found: dict[str, list[str]] = {}
    for char in sorted(leader):
        if properties()[ord(char)] & LETTER and unicodedata.normalize("NFKC", char) == char:
            found.setdefault(find(char), []).append(char)
    return [members for members in found.values() if len(members) > 1]


def script(char: str) -> str:
    """The letter's script; empty for scripts of the past."""
    return str(script_names()[scripts()[ord(char)]])


def leftward(char: str) -> bool:
    """Whether the letter is written from right to left."""
    return unicodedata.bidirectional(char) in ("R", "AL")


def twins(char: str, members: list[str]) -> list[str]:
    """What may stand for a letter, of the same case where there is a choice."""
    others = [other for other in members if other != char and leftward(other) == leftward(char)]
    own = [other for other in others if script(other) == script(char)]
    if script(char) in JOINED:
        others = own
    foreign = [other for other in others if script(other) not in (script(char), *JOINED)]
    today = [other for other in foreign if script(other) in MODERN]
    common = [other for other in today if not PHONETIC.match(other)]
    tiers = (common, today, foreign, [other for other in own if not PHONETIC.match(other)], own)
    best = next((tier for tier in tiers if tier), [])
    case = int(properties()[ord(char)]) & (UPPER | LOWER)
    return [other for other in best if int(properties()[ord(other)]) & (UPPER | LOWER) == case] or best


def main(source: Path) -> None:
    """Write the table beside this file."""
    table = pl.read_parquet(source)
    with (Path(__file__).parent / "confusables.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["letter", "twins"])
        rows = [(char, twins(char, members)) for members in groups(table) for char in members]
        out.writerows([char, "".join(found)] for char, found in sorted(rows) if script(char) and found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
