"""Write ``unicode.csv``: the properties of code points that noise needs, as runs.

    python -m ingest.resources.make_unicode

Source: the Unicode Character Database as compiled into the ``regex`` package (Unicode 17.0 for
2026.11). The table is committed, so that clusters and letters, and with them every draw, are the
same under every version of Python. Licence: see ``ingest/resources/README.md``.
"""

import csv
from pathlib import Path

import regex  # type: ignore[import-untyped]

CLUSTER = "CR LF Control Extend ZWJ Regional_Indicator Prepend SpacingMark L V T LV LVT"
CONJUNCT = "Consonant Extend Linker"  # Indic_Conjunct_Break
CATEGORY = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co"
SCRIPTS = (  # scripts of today's written languages; others are called Zzzz
    "Latn Cyrl Grek Armn Geor Hebr Arab Syrc Thaa Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh "
    "Thai Laoo Khmr Mymr Tibt Ethi Cher Cans Mong Hang Hira Kana Hani Bopo Yiii Nkoo Tfng Adlm Olck Zyyy Zinh"
)


def values(prop: str, names: str, text: str) -> dict[str, str]:
    """Code point -> value of one property, for the values named."""
    return {char: name for name in names.split() for char in regex.findall(rf"\p{{{prop}={name}}}", text)}


def main() -> None:
    """Write the table beside this file."""
    surrogates = range(0xD800, 0xE000)
    text = "".join(chr(point) for point in range(0x110000) if point not in surrogates)
    cluster = values("GCB", CLUSTER, text)
    conjunct = values("InCB", CONJUNCT, text)
    category = values("gc", CATEGORY, text)
    script = values("sc", SCRIPTS, text)
    picture = dict.fromkeys(regex.findall(r"\p{Extended_Pictographic}", text), "1")
    white = dict.fromkeys(regex.findall(r"\p{White_Space}", text), "1")
    tables = (category, cluster, conjunct, script, picture, white)
    with (Path(__file__).parent / "unicode.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["start", "category", "cluster", "conjunct", "script", "picture", "white"])
        before: tuple[str, ...] | None = None
        for point in range(0x110000):
            now = tuple(table.get(chr(point), "") for table in tables)
            if point in surrogates:  # in no text that is well formed, but in strings of Python
                now = ("Cs", "Control", "", "", "", "")
            if now != before:
                rows.writerow([f"{point:X}", *now])
                before = now


if __name__ == "__main__":
    main()
