"""Everyday carelessness: several kinds of small errors at once."""

from ingest.perturbation import Perturbation
from ingest.perturbations.lowercase import PERTURBATION as LOWERCASE
from ingest.perturbations.punct_strip import PERTURBATION as PUNCT_STRIP
from ingest.perturbations.space_delete import PERTURBATION as SPACE_DELETE
from ingest.perturbations.space_insert import PERTURBATION as SPACE_INSERT
from ingest.perturbations.typo_mix import PERTURBATION as TYPO_MIX
from ingest.text.draw import Noise
from ingest.text.edits import Edits, nothing
from ingest.text.texts import Texts


def edit(texts: Texts, noise: Noise) -> Edits:
    """No edit of its own: its parts are applied."""
    return nothing(len(texts))


PERTURBATION = Perturbation(
    name="mixed",
    family="composite",
    definition=(
        "lowercase, typo_mix, punct_strip, space_delete and space_insert one after the other at the same "
        "level; those that do not apply are skipped."
    ),
    levels=TYPO_MIX.levels,
    scripts="any",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    citation="Liang et al. 2022 (HELM, mild mix)",
    sample=("en", "The old man, aged 72, walked slowly home."),
    edit=edit,
    parts=(LOWERCASE, TYPO_MIX, PUNCT_STRIP, SPACE_DELETE, SPACE_INSERT),
)
