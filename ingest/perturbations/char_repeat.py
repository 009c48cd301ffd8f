"""Letters are held down too long."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, ragged
from ingest.text.texts import Texts
from ingest.text.units import edits, pick


def edit(texts: Texts, noise: Noise) -> Edits:
    """Type a letter two to four times."""
    at, eligible = pick(texts, noise, texts.letter)
    times = 1 + (noise.clusters(texts, at, "times") % np.uint32(3)).astype(np.int64)
    start, end = texts.starts_of(at), texts.ends_of(at)
    copies = ragged(np.repeat(start, times), np.repeat(end - start, times))
    return edits(
        texts,
        texts.text_of_cluster[at],
        end,
        end,
        (end - start) * times,
        copies,
        eligible=eligible,
        reached=texts.letter,
    )


PERTURBATION = Perturbation(
    name="char_repeat",
    family="character",
    definition="Repeat a cluster one to three times.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="any",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Xue et al. 2022 (ByT5, repetitions); TokSuite 2025",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
