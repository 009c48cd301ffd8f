"""Cutting running text into sentences, roughly: what is left over has a readable length."""

import re

_END = re.compile(r"(?<=[.!?؟۔।።])[\"'”»)]*\s+|(?<=[。！？])|\n+")
SHORTEST, LONGEST = 20, 300


def sentences(text: str) -> list[str]:
    """Sentences of 20 to 300 characters; in text without full stops, stretches between blanks.

    >>> sentences("It was late. The old man walked slowly home! Why did he?")
    ['The old man walked slowly home!']
    """
    found: list[str] = []
    for piece in _END.split(text):
        piece = piece.strip()
        if len(piece) > LONGEST:
            found += _stretches(piece)
        elif len(piece) >= SHORTEST:
            found.append(piece)
    return found


def _stretches(text: str) -> list[str]:
    """Parts of about 80 characters, cut at blanks."""
    parts: list[str] = []
    part = ""
    for word in text.split(" "):
        part = f"{part} {word}" if part else word
        if len(part) >= 80:
            parts.append(part)
            part = ""
    return [part for part in parts if len(part) <= LONGEST]
