"""Letters are replaced by letters that look the same."""

from functools import cache

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.resources import rows
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import substitute


@cache
def _twins() -> dict[str, list[tuple[str, float]]]:
    return {row["letter"]: [(twin, 1.0) for twin in row["twins"]] for row in rows("confusables.csv")}


def twins(letter: str) -> list[tuple[str, float]]:
    """Letters with the same skeleton (UTS #39), of another script where there are any."""
    return _twins().get(letter, [])


def edit(texts: Texts, noise: Noise) -> Edits:
    """Replace letters by their twins."""
    return substitute(texts, noise, twins)


PERTURBATION = Perturbation(
    name="homoglyph",
    family="homoglyph",
    definition="Replace a code point by one with the same skeleton (UTS #39), of another script first.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="all with twins for a fifth of their letters",
    kinds=tuple(FIELDS),
    risk="none",
    citation="Unicode Technical Standard #39; Eger et al. 2019 (VIPER); Boucher et al. 2022 (2106.09898)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
