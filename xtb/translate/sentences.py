"""Texts as sentences: translation systems are trained on single ones."""

import re

_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])\s*|\n+")


def split(text: str) -> list[str]:
    """The sentences of a text, without the white space between; a text without any is one sentence.

    >>> split("He came. Did she? Yes!")
    ['He came.', 'Did she?', 'Yes!']
    """
    found = []
    start = 0
    for match in _END.finditer(text):
        space = len(match.group()) - len(match.group().rstrip())
        found.append(text[start : match.end() - space].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence] or [text]
