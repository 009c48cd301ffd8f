"""The text as it is: severity 0 of everything."""

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, nothing
from ingest.text.texts import Texts


def edit(texts: Texts, noise: Noise) -> Edits:
    """No edit."""
    return nothing(len(texts))


PERTURBATION = Perturbation(
    name="clean",
    family="none",
    definition="Nothing is changed; stands for severity 0 of every perturbation.",
    levels=(0.0, 0.0, 0.0, 0.0, 0.0),
    scripts="any",
    kinds=tuple(FIELDS),
    risk="none",
    citation="",
    sample=("en", "The old man walked home."),
    edit=edit,
)
