"""Write ``latin.csv``: letters of other scripts in Latin letters, as groups of characters of equal value.

    PYTHONPATH=FOLDER python -m ingest.resources.make_latin

FOLDER holds the package anyascii 0.3.3. Chinese characters have their Mandarin reading (those of the
block U+4E00), kana and the letters of other scripts one value each; what depends on neighbours (inherent
vowels, order of Thai vowels, Hangul) is left to ``ingest/latin.py``. Licence: see
``ingest/resources/README.md``.
"""

import csv
from pathlib import Path

from anyascii import anyascii  # type: ignore[import-not-found]

from ingest.text.properties import LETTER, MARK, properties, script_names, scripts

SCRIPTS = """
    Cyrl Grek Armn Geor Hebr Arab Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Thai Laoo Mymr Khmr Ethi
    Hira Kana Hani
""".split()  # noqa: SIM905
BETTER = {  # where one letter of today's informal writing says more
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ى": "a", "ة": "a", "ع": "a", "ء": "", "ؤ": "u", "ئ": "i",
    "ं": "n", "ং": "ng", "ં": "n", "ਂ": "n", "ੰ": "n", "ँ": "n", "ज़": "z", "फ़": "f",
    "א": "a", "ע": "a", "ש": "sh", "ו": "o", "ь": "", "ъ": "", "Ь": "", "Ъ": "",
}  # fmt: skip


def main() -> None:
    """Write the table beside this file."""
    groups: dict[str, list[str]] = {}
    for point in range(0x250, 0x20000):
        script = script_names()[scripts()[point]]
        if script not in SCRIPTS or not properties()[point] & (LETTER | MARK):
            continue
        if script == "Hani" and not 0x4E00 <= point <= 0x9FFF:
            continue
        char = chr(point)
        latin = BETTER.get(char, "".join(c for c in anyascii(char) if c.isalpha()))
        latin = latin if script in ("Cyrl", "Grek", "Armn") else latin.lower()
        groups.setdefault(latin, []).append(char)
    with (Path(__file__).parent / "latin.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["latin", "letters"])
        rows.writerows((latin, "".join(chars)) for latin, chars in sorted(groups.items()))


if __name__ == "__main__":
    main()
