"""A letter carries the wrong accent."""

import unicodedata
from functools import cache

from ingest.fields import FIELDS
from ingest.lexicon import attested
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.properties import in_scripts
from ingest.text.texts import Texts
from ingest.text.units import substitute


@cache
def confusions(language: str) -> dict[str, list[tuple[str, float]]]:
    """For each accented letter of a language, the others on the same base, by how often they occur."""
    by_base: dict[str, dict[str, int]] = {}
    for char, count in attested(language).items():
        base = unicodedata.normalize("NFD", char)[0]
        if base != char and in_scripts("Latn", "Grek")[ord(base)]:
            for letter, form in ((base, char), (base.upper(), char.upper())):
                if len(form) == 1:
                    by_base.setdefault(letter, {})[form] = count
    return {
        char: [(other, float(count)) for other, count in forms.items() if other != char]
        for forms in by_base.values()
        for char in forms
    }


def edit(texts: Texts, noise: Noise) -> Edits:
    """Exchange the accent of letters for another that the language has on their base."""
    table = confusions(noise.language)
    return substitute(texts, noise, lambda char: table.get(char, ()))


PERTURBATION = Perturbation(
    name="diacritic_confuse",
    family="diacritics",
    definition="Replace an accented letter by another of the language with the same base, by frequency.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="Latin, Greek",
    kinds=tuple(FIELDS),
    risk="low",
    citation="TokSuite 2025 (plausible diacritics)",
    sample=("vi", "Ông già đi bộ về nhà."),
    edit=edit,
    minimum=0.01,
)
