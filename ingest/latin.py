"""Words of other scripts in Latin letters, as people type them without their keyboard.

Letter by letter from a table, with what depends on neighbours by rule: inherent vowels of the Indic
scripts (lost at the end of a word in the north), Thai and Lao vowels written before their consonant,
Japanese syllables with small kana, Korean by the Revised Romanization without assimilation.
"""

from functools import cache

from ingest.hangul import LEADS, TAILS, VOWELS, jamo
from ingest.resources import rows
from ingest.text.properties import CONJUNCT_SHIFT, LETTER, MARK, properties, script_names, scripts

_INDIC = ("Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh")
_NO_FINAL_VOWEL = ("Deva", "Beng", "Guru", "Gujr")
_LEADS = dict(
    zip(
        LEADS,
        ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"],
        strict=True,
    )
)
_VOWELS = dict(
    zip(
        VOWELS,
        [
            "a",
            "ae",
            "ya",
            "yae",
            "eo",
            "e",
            "yeo",
            "ye",
            "o",
            "wa",
            "wae",
            "oe",
            "yo",
            "u",
            "wo",
            "we",
            "wi",
            "yu",
            "eu",
            "ui",
            "i",
        ],
        strict=True,
    )
)
_TAILS = dict(
    zip(
        TAILS,
        [
            "",
            "k",
            "k",
            "k",
            "n",
            "n",
            "n",
            "t",
            "l",
            "k",
            "m",
            "l",
            "l",
            "l",
            "p",
            "l",
            "m",
            "p",
            "p",
            "t",
            "t",
            "ng",
            "t",
            "t",
            "k",
            "t",
            "p",
            "t",
        ],
        strict=True,
    )
)
_FIRST = "เแโใไເແໂໃໄ"  # vowels written before the consonant they follow in speech
_SMALL = "ゃゅょャュョ"
_DOUBLE = "っッ"
_LONG = "ー"


@cache
def _table() -> dict[str, str]:
    return {letter: row["latin"] for row in rows("latin.csv") for letter in row["letters"]}


@cache
def _plain() -> dict[str, str]:
    """Letters whose value does not depend on their neighbours: most words have no others."""
    special = {*_FIRST, *_SMALL, *_DOUBLE, _LONG}
    return {
        letter: value
        for letter, value in _table().items()
        if letter not in special and value.isascii() and _script(letter) not in _INDIC
    }


def latin(word: str, between: str = "") -> str:
    """A word in Latin letters; empty where one of its letters has no value.

    Args:
        between: what stands between the syllables of Chinese.

    >>> latin("привет"), latin("नमस्ते"), latin("घर"), latin("한국"), latin("きょう"), latin("北京", " ")
    ('privet', 'namaste', 'ghar', 'hanguk', 'kyou', 'bei jing')
    """
    plain = _plain()
    if all(char in plain for char in word):
        return (between if _script(word[0]) == "Hani" else "").join([plain[char] for char in word])
    table = _table()
    out: list[str] = []
    at = 0
    while at < len(word):
        char = word[at]
        if char in _FIRST and at + 1 < len(word) and word[at + 1] in table:
            word = word[:at] + word[at + 1] + char + word[at + 2 :]
            char = word[at]
            out.append(table[char])
            out.append(table[word[at + 1]])
            at += 2
            continue
        if "가" <= char <= "힣":
            out.append(_hangul(char))
        elif char in _SMALL and out and out[-1].endswith("i"):
            out[-1] = out[-1][:-1] + (table[char] if out[-1] not in ("shi", "chi", "ji") else table[char][1:])
        elif char in _DOUBLE:
            out.append(table.get(word[at + 1 : at + 2], "")[:1])
        elif char == _LONG:
            out.append(out[-1][-1:] if out else "")
        elif char in table:
            out.append(table[char] + _inherent(word, at))
        elif properties()[ord(char)] & LETTER:
            return ""
        at += 1
    joined = between.join(out) if between and _script(word[0]) == "Hani" else "".join(out)
    return joined if joined.replace(" ", "").isascii() else ""


def _inherent(word: str, at: int) -> str:
    """The vowel of an Indic consonant that no sign follows."""
    char = word[at]
    script = _script(char)
    if script not in _INDIC or not _consonant(char):
        return ""
    follower = word[at + 1 : at + 2]
    if follower and properties()[ord(follower)] & MARK and not _silent(follower):
        return ""
    rest = word[at + 1 :].strip("\u093c\u09bc\u0a3c\u0abc\u0b3c")
    if not rest and script in _NO_FINAL_VOWEL and at > 0:
        return ""
    return "a"


def _silent(mark: str) -> bool:
    """Marks that leave the inherent vowel: nukta, nasals and the like."""
    return ord(mark) & 0x7F in (0x01, 0x02, 0x03, 0x3C, 0x70, 0x71)


def _consonant(char: str) -> bool:
    place = ord(char) & 0x7F
    return (int(properties()[ord(char)]) >> CONJUNCT_SHIFT) & 3 == 1 or 0x15 <= place <= 0x39


def _script(char: str) -> str:
    return str(script_names()[scripts()[ord(char)]])


def _hangul(syllable: str) -> str:
    lead, vowel, tail = jamo(syllable)
    return _LEADS[lead] + _VOWELS[vowel] + _TAILS[tail]
