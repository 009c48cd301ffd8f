"""A key beside the right one is hit."""

from ingest.fields import FIELDS
from ingest.keyboard import keyboard, no_layout
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import substitute


def edit(texts: Texts, noise: Noise) -> Edits:
    """Replace one key press of a letter by a neighbour on the language's keyboard."""
    return substitute(texts, noise, keyboard(noise.language).slips)


PERTURBATION = Perturbation(
    name="keyboard_substitute",
    family="keyboard",
    definition=(
        "Replace one key press of a cluster by a neighbour on the language's standard layout: at most 1.2 "
        "key widths away, same shift level and class, same row to next row 9 to 1; accents, tones and jamo "
        "are keys."
    ),
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="all with a keyboard layout",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Liu et al. 2025 (MulTypo, 2510.09536); layouts: xkeyboard-config",
    sample=("hi", "बूढ़ा आदमी धीरे धीरे घर गया।"),
    edit=edit,
    lacks=no_layout,
)
