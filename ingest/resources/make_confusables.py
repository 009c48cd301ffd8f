"""Write ``confusables.csv``: letters that look like a letter.

    python -m ingest.resources.make_confusables CONFUSABLES

CONFUSABLES is ``confusables.json`` of the package confusable-homoglyphs 3.3.1, which holds
``confusables.txt`` of Unicode Technical Standard #39. Letters that have the same skeleton belong
together. What NFKC undoes (mathematical alphabets, full width) is left out. A letter's twins of
another script of today come first; where there are none, those of any other script, then its own.
Licence: see ``ingest/resources/README.md``.
"""

import csv
import json
import re
import sys
import unicodedata
from pathlib import Path

from ingest.text.properties import LETTER, LOWER, UPPER, properties, script_names, scripts

MODERN = """
    Latn Cyrl Grek Armn Geor Hebr Arab Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Thai Laoo Hira Kana
""".split()  # noqa: SIM905
PHONETIC = re.compile("[\u0250-\u02af\u0370-\u0373\u0376-\u0377\u1d00-\u1dbf\ua640-\ua7ff\uab30-\uab6f]")
"""Letters that hardly any reader has met, nor any font."""


def groups(table: dict[str, list[dict[str, str]]]) -> list[list[str]]:
    """Single letters of equal skeleton."""
    leader: dict[str, str] = {}

    def find(char: str) -> str:
        while leader.setdefault(char, char) != char:
            char = leader[char]
        return char

    for char, twins in table.items():
        for twin in twins:
            if len(char) == len(twin["c"]) == 1:
                leader[find(char)] = find(twin["c"])
    found: dict[str, list[str]] = {}
    for char in sorted(leader):
        if properties()[ord(char)] & LETTER and unicodedata.normalize("NFKC", char) == char:
            found.setdefault(find(char), []).append(char)
    return [members for members in found.values() if len(members) > 1]


def script(char: str) -> str:
    """The letter's script; empty for scripts of the past."""
    return str(script_names()[scripts()[ord(char)]])


def twins(char: str, members: list[str]) -> list[str]:
    """What may stand for a letter, of the same case where there is a choice."""
    others = [other for other in members if other != char]
    foreign = [other for other in others if script(other) != script(char)]
    today = [other for other in foreign if script(other) in MODERN]
    common = [other for other in today if not PHONETIC.match(other)]
    tiers = (common, today, foreign, others)
    best = next(tier for tier in tiers if tier)
    case = int(properties()[ord(char)]) & (UPPER | LOWER)
    return [other for other in best if int(properties()[ord(other)]) & (UPPER | LOWER) == case] or best


def main(source: Path) -> None:
    """Write the table beside this file."""
    table = json.loads(source.read_text("utf-8"))
    with (Path(__file__).parent / "confusables.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["letter", "twins"])
        rows = [(char, twins(char, members)) for members in groups(table) for char in members]
        out.writerows([char, "".join(found)] for char, found in sorted(rows) if script(char))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
