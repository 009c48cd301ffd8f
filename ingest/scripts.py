"""Clusters and scripts of a string, for those who need no whole batch."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from ingest.text.clusters import boundaries
from ingest.text.properties import LETTER, properties, script_names, scripts


def clusters(text: str) -> list[str]:
    """The extended grapheme clusters of a text (UAX #29 with GB9c).

    >>> clusters("नमस्ते")
    ['न', 'म', 'स्ते']
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    starts = np.flatnonzero(boundaries(properties()[points])).tolist()
    return [text[a:b] for a, b in pairwise([*starts, len(text)])]


def letters_by_script(texts: Iterable[str]) -> Counter[str]:
    """How many letters of each script (ISO 15924) the texts have.

    >>> letters_by_script(["мир 24", "OK"])
    Counter({'Cyrl': 3, 'Latn': 2})
    """
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    letters = points[(properties()[points] & LETTER) != 0]
    counts = np.bincount(scripts()[letters], minlength=len(script_names()))
    return Counter({name: int(count) for name, count in zip(script_names(), counts, strict=True) if count})
