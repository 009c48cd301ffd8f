"""A key beside the right one is hit together with it."""

import numpy as np

from ingest.fields import FIELDS
from ingest.keyboard import keyboard, no_layout
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, ragged
from ingest.text.texts import Texts
from ingest.text.units import edits, pick, reach


def edit(texts: Texts, noise: Noise) -> Edits:
    """Also type a neighbour of a letter, before or after it."""
    found = reach(texts, noise, keyboard(noise.language).slips, texts.letter)
    at, eligible = pick(texts, noise, found.clusters)
    places = found.within(texts, at, noise.clusters(texts, at, "point"))
    drawn = found.options.draw(texts.points[places], noise.clusters(texts, at, "option"))
    first, size = found.options.first[drawn], found.options.size[drawn]
    after = (noise.clusters(texts, at, "side") >> np.uint32(31)).astype(np.int64)
    return edits(
        texts,
        texts.text_of_cluster[at],
        places + after,
        places + after,
        size,
        len(texts.points) + ragged(first, size),
        found.options.pool,
        eligible=eligible,
        reached=found.clusters,
    )


PERTURBATION = Perturbation(
    name="keyboard_insert",
    family="keyboard",
    definition="Also press a neighbour of a key, before or after it; keys as in keyboard_substitute.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="all with a keyboard layout",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Liu et al. 2025 (MulTypo, 2510.09536); layouts: xkeyboard-config",
    sample=("de", "Der alte Mann ging langsam heim."),
    edit=edit,
    lacks=no_layout,
)
