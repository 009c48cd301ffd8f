"""Write ``keyboards.csv``: the letters of each key of the standard layouts, from xkeyboard-config.

    python -m ingest.resources.make_keyboards SYMBOLS KEYSYMDEF

SYMBOLS is the folder ``xkb/symbols`` of xkeyboard-config (Debian package xkb-data 2.35.1),
KEYSYMDEF the header ``keysymdef.h`` of xorgproto (Debian package x11proto-dev 2022.1). The Korean
layout is not there, since Hangul is composed by an input method; its keys are those of the
standard KS X 5002 (two sets). Licence: see ``ingest/resources/README.md``.
"""

import csv
import re
import sys
from itertools import zip_longest
from pathlib import Path

LAYOUTS = """
    us us(intl) af al am ara at az ba bd be bg bg(phonetic) br by ca ch cn(ug) cz de dk ee es es(cat) fi fo fr
    gb ge gr hr hu ie il in(ben) in(deva) in(guj) in(guru) in(kan) in(mal) in(marathi) in(ori) in(tam) in(tel)
    iq(ku) ir(pes) is it ke kg kh kz la latam lk lt lv mk mm mn mt mv ng(yoruba) nl no np ph pk pl pt ro rs
    ru ru(cv) ru(tt) se si sk sn sy th tj tm tr ua uz vn za
"""
_ROWS = {"E": 13, "D": 12, "C": 11, "B": 10}
KEYS = ["TLDE", "LSGT", "BKSL"] + [
    f"A{row}{place:02}" for row, count in _ROWS.items() for place in range(1, count + 1)
]
_KOREAN = {
    "AD": ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅃㅉㄸㄲㅆㅛㅕㅑㅒㅖ"),
    "AC": ("ㅁㄴㅇㄹㅎㅗㅓㅏㅣ",) * 2,
    "AB": ("ㅋㅌㅊㅍㅠㅜㅡ",) * 2,
}
_BLOCK = re.compile(r"((?:\w+\s+)*)xkb_symbols\s+\"([^\"]+)\"\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_LINE = re.compile(r"include\s+\"([^\"]+)\"|key\s*<(\w+)>\s*\{(.*?)\}\s*;", re.DOTALL)
_TYPE = re.compile(r"\w+(?:\[\w+\])?\s*=\s*\"[^\"]*\",?")
_SYMBOLS = re.compile(r"(?:symbols\[\w+\]\s*=\s*)?\[([^\]]*)\]")

Keys = dict[str, list[str]]


def keysyms(header: Path) -> dict[str, str]:
    """Names of keysyms and the characters they stand for."""
    lines = re.findall(
        r"#define XK_(\w+)\s+0x(\w+)(?:\s*/\*[ (<]*U\+([0-9A-F]{4,6}))?", header.read_text("latin-1")
    )
    by_value = {value: chr(int(point, 16)) for _, value, point in lines if point}
    return {name: by_value[value] for name, value, _ in lines if value in by_value}  # aliases have no point


def character(symbol: str, names: dict[str, str]) -> str:
    """What a keysym writes: a character, the name of a dead key, or nothing."""
    if symbol.startswith("dead_"):
        return symbol
    if symbol in names:
        return names[symbol]
    if match := re.fullmatch(r"U([0-9A-Fa-f]{3,6})|0x100([0-9A-Fa-f]{4})", symbol):
        return chr(int(match[1] or match[2], 16))
    return ""


def read(folder: Path, layout: str, names: dict[str, str]) -> Keys:
    """Keys of a layout, with those it includes."""
    match = re.fullmatch(r"(\w+)(?:\(([^)]+)\))?", layout.split(":")[0])
    if match is None or not (folder / match[1]).is_file():
        return {}
    text = re.sub(r"//.*", "", (folder / match[1]).read_text("utf-8", errors="replace"))
    blocks = _BLOCK.findall(text)
    body = next(
        (b for flags, name, b in blocks if (name == match[2] if match[2] else "default" in flags)),
        blocks[0][2] if blocks and not match[2] else "",
    )
    keys: Keys = {}
    for include, key, content in _LINE.findall(body):
        if include:
            for part in re.split(r"[+|]", include):
                for name, levels in read(folder, part, names).items():
                    keys[name] = overlay(keys.get(name, []), levels)
        elif group := _SYMBOLS.search(_TYPE.sub("", content)):
            levels = [character(symbol.strip(), names) for symbol in group[1].split(",")]
            keys[key] = overlay(keys.get(key, []), levels)
    return keys


def overlay(old: list[str], new: list[str]) -> list[str]:
    """The four levels of a key when a later definition names only some of them."""
    return [n or o for n, o, _ in zip_longest(new[:4], old[:4], range(4), fillvalue="")]


def main(folder: Path, header: Path) -> None:
    """Write the table beside this file."""
    names = keysyms(header)
    with (Path(__file__).parent / "keyboards.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["layout", "key", "plain", "shift", "altgr", "shift_altgr"])
        for layout in LAYOUTS.split():
            keys = read(folder, layout, names)
            if not keys:
                raise SystemExit(f"no layout {layout} in {folder}")
            for key in KEYS:
                if any(keys.get(key, [])):
                    rows.writerow([layout, key, *(keys[key] + [""] * 4)[:4]])
        for row, (plain, shift) in _KOREAN.items():
            for place, letters in enumerate(zip(plain, shift, strict=True), 1):
                rows.writerow(["kr", f"{row}{place:02}", *letters, "", ""])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
