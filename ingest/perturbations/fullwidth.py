"""Full-width Latin letters: a control."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import replace_points
from ingest.text.words import words

_SHIFT = ord("Ａ") - ord("A")


def edit(texts: Texts, noise: Noise) -> Edits:
    """Write the ASCII letters of words in their full-width forms."""
    first = texts.first
    # With a mark of its own a letter stays: no tokenizer puts full-width letters and marks together.
    ascii_letter = texts.letter & (first < 0x80) & ~texts.several
    units = words(texts)
    chosen, eligible = units.pick(noise, units.any(ascii_letter))
    at = np.flatnonzero(units.clusters(chosen) & ascii_letter)
    return replace_points(
        texts,
        texts.starts_of(at),
        first[at] + np.uint32(_SHIFT),
        text=texts.text_of_cluster[at],
        eligible=eligible,
        units=units.counts(chosen),
        reached=ascii_letter,
    )


PERTURBATION = Perturbation(
    name="fullwidth",
    family="control",
    definition="Write the ASCII letters of a word in full width; undone by NFKC, so the drop must be 0.",
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="Latin",
    kinds=tuple(FIELDS),
    risk="none",
    control=True,
    citation="TokSuite 2025 (unicode formatting)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
