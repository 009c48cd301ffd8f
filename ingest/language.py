"""Languages: one row a code of the benchmarks, from ``languages.csv``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language under the code the benchmarks use; None is unknown, not zero.

    Distances are to English, by URIEL (Littell et al., 2017): 0 is equal, 1 shares nothing.
    """

    code: str
    iso639_3: str
    name: str
    script: str  # ISO 15924
    family: str | None = None
    genus: str | None = None
    word_order: str | None = None
    syntax_distance_en: float | None = None
    phonology_distance_en: float | None = None
    inventory_distance_en: float | None = None
    geo_distance_en_km: float | None = None
    cc100_gib: float | None = None
    synthetic: bool = False
