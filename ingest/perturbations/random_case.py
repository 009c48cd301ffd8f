"""Capitals and small letters are mixed up."""

from functools import partial

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.case import bicameral, flip
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import substitute


def edit(texts: Texts, noise: Noise) -> Edits:
    """Flip the case of letters that have one."""
    return substitute(texts, noise, partial(flip, language=noise.language), bicameral(texts))


PERTURBATION = Perturbation(
    name="random_case",
    family="case",
    definition="Flip the case of a cluster, by the rules of the language; ß and the like stay.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="Latin, Cyrillic, Greek, Armenian",
    kinds=tuple(FIELDS),
    risk="none",
    citation="Xue et al. 2022 (ByT5, random case)",
    sample=("tr", "Işıl İzmir'e gitti."),
    edit=edit,
)
