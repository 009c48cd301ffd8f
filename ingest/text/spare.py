"""Keeping one letter of every run of letters, so that no word is lost."""

from dataclasses import dataclass

import numpy as np

from ingest.text.draw import Noise
from ingest.text.edits import offsets
from ingest.text.texts import Ints, Texts


@dataclass(frozen=True, slots=True)
class Spared:
    """Which letters are to stay.

    Attributes:
        letters: for each run of letters, which of the letters stays, as an index into them.
        company: for each text, how many letters stand in a run with others.
        runs: for each text, how many runs of letters it has.
    """

    letters: Ints
    company: Ints
    runs: Ints


def spare_one(texts: Texts, noise: Noise) -> Spared:
    """Draw one letter of each run that is to stay."""
    edge = texts.letter[1:] != texts.letter[:-1]  # the first and the last cluster are markers
    bounds = np.flatnonzero(edge) + 1
    starts, sizes = bounds[::2], bounds[1::2] - bounds[::2]
    runs = texts.sizes_of(starts)
    drawn = noise.clusters(texts, starts, "spare", runs) % sizes.astype(np.uint32)
    alone = texts.sizes_of(starts[sizes == 1])
    return Spared(offsets(sizes) + drawn, texts.letters_in - alone, runs)
