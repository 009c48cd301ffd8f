"""Letters are added."""

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.neighbours import Alike
from ingest.text.texts import Texts
from ingest.text.units import insert, pick


def edit(texts: Texts, noise: Noise) -> Edits:
    """Insert letters of the text itself before its letters."""
    at, eligible = pick(texts, noise, texts.letter)
    copies = Alike(texts, case=False).any_of(at, noise.clusters(texts, at, "letter"))
    return insert(texts, at, texts.starts_of(at), copies, eligible=eligible, reached=texts.letter)


PERTURBATION = Perturbation(
    name="char_insert",
    family="character",
    definition="Insert before a cluster a cluster drawn from the same text and script.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="any",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Xue et al. 2022 (ByT5, add)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
