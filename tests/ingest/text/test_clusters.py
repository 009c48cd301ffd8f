"""Grapheme clusters against the rules of UAX #29 and an independent implementation of most of them."""

import numpy as np
import pytest
import regex  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.scripts import clusters
from ingest.text.properties import CONJUNCT_SHIFT, MARKER, properties
from tests.ingest.any_text import text

PIECES = (
    [chr(point) for point in range(0x20, 0x7F)]
    + [
        chr(point)
        for block in (0x900, 0x980, 0xD00, 0x1000, 0x1B00, 0xE00)
        for point in range(block, block + 0x80)
    ]
    + list("\r\n\u200d\u200c\ufe0f\u0301\u0600\u1100\u1161\u11a8가각")
    + [chr(point) for point in range(0x1F1E6, 0x1F200)]
    + list("👨👩👧❤🏽")
)


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("क्षत्रिय", ["क्ष", "त्रि", "य"]),  # GB9c: conjuncts stay together
        ("ക്ഷ", ["ക്ഷ"]),
        ("க்ஷ", ["க்", "ஷ"]),  # Tamil's pulli does not conjoin
        ("👨‍👩‍👧‍👦x", ["👨‍👩‍👧‍👦", "x"]),
        ("🇩🇪🇫🇷🇮", ["🇩🇪", "🇫🇷", "🇮"]),
        ("👍🏽❤️", ["👍🏽", "❤️"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("\u0301a", ["\u0301", "a"]),
        ("각\u1100\u1161\u11a8", ["각", "\u1100\u1161\u11a8"]),
        ("น้ำ", ["น้ำ"]),
        ("\r\n\n", ["\r\n", "\n"]),
        ("", []),
    ],
)
def test_known_clusters(string: str, expected: list[str]) -> None:
    assert clusters(string) == expected


@given(text | st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@settings(max_examples=300, deadline=None)
def test_clusters_agree_with_regex(string: str) -> None:
    # \X of regex joins a consonant to a linker that follows no consonant, and knows no surrogates.
    bits = properties()[[*map(ord, string), MARKER]]
    if (bits >> CONJUNCT_SHIFT & 3 == 3).any() or any("\ud800" <= char <= "\udfff" for char in string):
        return
    assert clusters(string) == regex.findall(r"\X", string)


@given(text)
def test_clusters_make_up_the_text(string: str) -> None:
    assert "".join(clusters(string)) == string
    assert np.all([len(each) > 0 for each in clusters(string)])
