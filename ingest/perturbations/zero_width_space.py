"""A zero-width space stands unseen between letters."""

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.invisible import insert_between_letters
from ingest.text.texts import Texts


def edit(texts: Texts, noise: Noise) -> Edits:
    """Insert the character before letters inside words."""
    return insert_between_letters(texts, noise, "\u200b")


PERTURBATION = Perturbation(
    name="zero_width_space",
    family="homoglyph",
    definition="Insert before a cluster inside a word the zero-width space U+200B, for XLM-R a blank.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="any",
    kinds=tuple(FIELDS),
    risk="none",
    citation="Boucher et al. 2022 (2106.09898)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
