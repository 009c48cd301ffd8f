"""Optional marks are left off."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, ragged
from ingest.text.marks import optional_marks
from ingest.text.texts import Texts
from ingest.text.units import edits
from ingest.text.words import words


def edit(texts: Texts, noise: Noise) -> Edits:
    """Strip words of their optional marks."""
    places, table = optional_marks(texts, noise)
    cluster = texts.cluster_at(places)
    marked = np.zeros(texts.count, bool)
    marked[cluster] = True
    units = words(texts)
    some = units.any(marked)
    chosen, eligible = units.pick(noise, some)
    keep = units.clusters(chosen)[cluster]
    places, cluster = places[keep], cluster[keep]
    option = table.only(texts.points[places])
    first, size = table.first[option], table.size[option]
    within = units.clusters(np.flatnonzero(some))
    return edits(
        texts,
        texts.text_of_cluster[cluster],
        places,
        places + 1,
        size,
        len(texts.points) + ragged(first, size),
        table.pool,
        eligible=eligible,
        units=units.counts(chosen),
        reached=within,
    )


PERTURBATION = Perturbation(
    name="diacritic_strip",
    family="diacritics",
    definition=(
        "Remove the optional marks of a word: accents and tones of Latin and Greek, Arabic and Hebrew vowel "
        "points, Thai tone marks, nukta; never vowel signs, virama, й or Japanese voicing."
    ),
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with optional marks",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Gorman & Pinter 2025 (2410.24140); TokSuite 2025 (optional_diacritics)",
    sample=("vi", "Ông già đi bộ về nhà."),
    edit=edit,
    minimum=0.01,
)
