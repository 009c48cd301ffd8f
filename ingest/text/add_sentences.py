"""Sentences put before and after texts."""

from collections.abc import Callable, Sequence

import numpy as np

from ingest.example import Example
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import edits

_FULL_STOPS = tuple("。！？")


def add_sentences(texts: Texts, noise: Noise, candidates: Callable[[Example], Sequence[str]]) -> Edits:
    """Add the first sentences for each text, as many as the noise's rate says, each at its begin or end.

    Args:
        candidates: sentences for the text of an example, the best first.
    """
    starts: list[int] = []
    added: list[str] = []
    owners: list[int] = []
    units = np.zeros(len(texts), np.int64)
    eligible = np.zeros(len(texts), np.int64)
    sides = noise.hash(texts, np.arange(len(texts)), np.zeros(len(texts), np.int64), "side")
    for at, content in enumerate(texts.contents):
        if not content or not isinstance(content, str):
            continue
        found = candidates(texts.examples[at])
        eligible[at] = len(found)
        chosen = found[: round(noise.rate)]
        units[at] = len(chosen)
        for after in (False, True):
            # the n-th bit of the draw says where the n-th sentence goes, at every severity
            mine = [text for n, text in enumerate(chosen) if (int(sides[at]) >> n & 1) == after]
            if mine:
                starts.append(int(texts.starts[at + 1] if after else texts.starts[at] + 1))
                added.append("".join(f" {text}" if after else _spaced(text) for text in mine))
                owners.append(at)
    size = np.fromiter(map(len, added), np.int64, len(added))
    places = np.array(starts, np.int64)
    new = np.frombuffer("".join(added).encode("utf-32-le", "surrogatepass"), np.uint32)
    source = len(texts.points) + np.arange(len(new))
    owner = np.array(owners, np.int64)
    return edits(texts, owner, places, places, size, source, new, eligible=eligible, units=units)


def _spaced(sentence: str) -> str:
    return sentence if sentence.endswith(_FULL_STOPS) else f"{sentence} "
