"""The typing errors of abugidas: a sign lost, doubled or taken for another."""

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.signs import slips
from ingest.text.texts import Texts
from ingest.text.units import substitute


def edit(texts: Texts, noise: Noise) -> Edits:
    """Lose, double or exchange one dependent sign of a cluster."""
    return substitute(texts, noise, slips)


PERTURBATION = Perturbation(
    name="mark_edit",
    family="diacritics",
    definition=(
        "Delete, double or exchange within its class one dependent sign of a cluster (vowel signs, nasals, "
        "tones), a third each; short and long twins are exchanged four times as often."
    ),
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="Devanagari, Bengali, Gujarati, Gurmukhi, Odia, Tamil, Telugu, Kannada, Malayalam, Burmese, Thai",
    kinds=tuple(FIELDS),
    risk="low",
    citation="this project: the abugida's case of typo_mix",
    sample=("hi", "बूढ़ा आदमी धीरे धीरे घर गया।"),
    edit=edit,
    minimum=0.1,
)
