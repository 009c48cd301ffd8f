"""Words are said twice."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, choose, quota
from ingest.text.edits import Edits, offsets, ragged
from ingest.text.texts import Ints, Texts
from ingest.text.units import edits
from ingest.text.words import chunks, cores


def edit(texts: Texts, noise: Noise) -> Edits:
    """Repeat words; a token is repeated with its tag, the second one inside the entity of the first."""
    if texts.tokenised:
        tokens = chunks(texts, whole=False)
        at = np.flatnonzero(tokens.free & ~tokens.numeral)
        eligible = np.bincount(tokens.text[at], minlength=len(texts))
        draws = noise.hash(texts, tokens.text[at], tokens.number[at])
        at = at[choose(draws, eligible, quota(eligible, noise.rate))]
        size = tokens.end[at] - tokens.start[at]
        source = ragged(tokens.start[at], size)
        return edits(
            texts,
            tokens.text[at],
            tokens.end[at],
            tokens.end[at],
            size,
            source,
            eligible=eligible,
            reached=texts.letter,
        )
    units = cores(texts)
    at, eligible = units.pick(noise, units.free & ~units.numeral)
    source = _with_blank(units.starts[at], units.ends[at], len(texts.points))
    return edits(
        texts,
        units.text[at],
        units.ends[at],
        units.ends[at],
        units.ends[at] - units.starts[at] + 1,
        source,
        np.array([ord(" ")], np.uint32),
        eligible=eligible,
        reached=texts.letter & ~texts.unspaced,
    )


def _with_blank(start: Ints, end: Ints, blank: int) -> Ints:
    """Indices of each word after a blank."""
    size = end - start + 1
    source = ragged(start - 1, size)
    source[offsets(size)] = blank
    return source


PERTURBATION = Perturbation(
    name="word_repeat",
    family="word drop",
    definition="Repeat a word without digits; a repeated token continues the entity of the first.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with blanks between words; any where the text has tokens",
    kinds=tuple(FIELDS),
    risk="low",
    citation="this project, after the repetitions of disfluent speech",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
