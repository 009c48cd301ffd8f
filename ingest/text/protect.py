"""What no perturbation touches: URLs, @names and mail addresses, placeholders, special tokens.

Digits need no protection, since only letters are edited by the families that edit letters.
"""

import re
from collections.abc import Callable, Iterator

_TAIL = re.compile(r"[^\s\0<>\"“”„«»、。，।؟]*")
_SCHEMES = ("https", "http", "ftp")
_NAME = re.compile(r"@[^\s\0,;:!?()\[\]{}<>\"'“”„«»、。，।؟]+")
_ANGLE = re.compile(r"</?[^<>\s\0]{1,40}/?>")  # <mask>, </s>, <br/>
_SQUARE = re.compile(r"\[[A-Z][A-Z_]*[0-9]*\]")  # [SEP], [MASK]
_CURLY = re.compile(r"\{[^{}\s\0]{0,40}\}")  # {name}, ${name}
_LOCAL = frozenset("._%+-")


def protected_ranges(string: str) -> list[tuple[int, int]]:
    """Start and end of everything in the string that noise must leave alone.

    >>> text = "see https://example.org/a or mail jo.doe@example.org, {name} [SEP]"
    >>> [text[start:end] for start, end in protected_ranges(text)]
    ['https://example.org/a', 'jo.doe@example.org', '{name}', '[SEP]']
    """
    ranges: list[tuple[int, int]] = []
    if "/" in string:
        ranges += _addresses(string, "://", _scheme)
    ranges += _addresses(string, "www.", lambda string, at: 0)
    for start, end in _matches(string, "@", _NAME):
        while start and (string[start - 1].isalnum() or string[start - 1] in _LOCAL):
            start -= 1
        ranges.append((start, end))
    for opening, pattern in (("<", _ANGLE), ("{", _CURLY), ("[", _SQUARE)):
        ranges += _matches(string, opening, pattern)
    return ranges


def _matches(string: str, opening: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """What ``pattern.finditer`` finds, of a pattern that begins with this character.

    Looking for one character costs a tenth of a scan with a pattern.
    """
    at = string.find(opening)
    while at >= 0:
        match = pattern.match(string, at)
        if match:
            yield match.span()
        at = string.find(opening, match.end() if match else at + 1)


def _addresses(string: str, part: str, before: Callable[[str, int], int | None]) -> Iterator[tuple[int, int]]:
    """Stretches around this part, none within another: a thousand addresses in a row are one.

    Args:
        before: how many characters before the part belong to the address; None where it is none.
    """
    at = string.find(part)
    while at >= 0:
        end = at + 1
        size = before(string, at)
        if size is not None:
            end = max(_end(string, at), end)
            yield at - size, end
        at = string.find(part, end)


def _scheme(string: str, at: int) -> int | None:
    near = string[max(at - 5, 0) : at].lower()
    return next((len(name) for name in _SCHEMES if near.endswith(name)), None)


def _end(string: str, at: int) -> int:
    match = _TAIL.match(string, at)
    return match.end() if match else at
