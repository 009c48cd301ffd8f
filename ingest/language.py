"""Languages: one row a code of the benchmarks, from ``languages.csv``.

Sources and licence of the table (CC BY-SA 4.0, facts of URIEL, Glottolog, WALS and Conneau et al. 2020)
are stated where it is made, in ``ingest.resources.make_languages``.
"""

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language under the code the benchmarks use; None is unknown, not zero.

    Attributes:
        iso639_3: the individual language; for a macrolanguage (``ar``, ``zh``) its main one.
        script: ISO 15924 code of the script the benchmarks write it in.
        word_order: dominant order of subject, object and verb; "SVO/SOV" where two share the place.
        syntax_distance_en, phonology_distance_en, inventory_distance_en: distance to English by URIEL
            (Littell et al., 2017), 1 - cosine of feature vectors: 0 is equal, 1 shares nothing.
        geo_distance_en_km: great-circle distance between the points Glottolog gives.
        cc100_gib: size in the training data of XLM-R (Conneau et al., 2020); None where it has none.
        synthetic: invented for the built-in benchmark.
    """

    code: str
    iso639_3: str
    name: str
    script: str
    family: str | None = None
    genus: str | None = None
    word_order: str | None = None
    syntax_distance_en: float | None = None
    phonology_distance_en: float | None = None
    inventory_distance_en: float | None = None
    geo_distance_en_km: float | None = None
    cc100_gib: float | None = None
    synthetic: bool = False

    def row(self) -> dict[str, Any]:
        """The row of the warehouse's ``language`` table."""
        return asdict(self)


@cache
def languages() -> Mapping[str, Language]:
    """Code -> language: the benchmarks' in the order of the file, then the built-in benchmark's own."""
    from ingest.mini.languages import LANGUAGES as INVENTED

    with Path(__file__).with_name("languages.csv").open(encoding="utf-8", newline="") as file:
        known = {row["code"]: _language(row) for row in csv.DictReader(file)}
    for code, invented in INVENTED.items():
        known.setdefault(
            code,
            Language(
                code=code,
                iso639_3=code,  # qaa to qtz are the standard's own private codes
                name=invented.name,
                script=invented.script,
                family=invented.family,
                word_order=invented.order,
                synthetic=True,
            ),
        )
    return known


def _language(row: Mapping[str, str]) -> Language:
    def number(column: str) -> float | None:
        return float(row[column]) if row[column] else None

    return Language(
        code=row["code"],
        iso639_3=row["iso639_3"],
        name=row["name"],
        script=row["script"],
        family=row["family"] or None,
        genus=row["genus"] or None,
        word_order=row["word_order"] or None,
        syntax_distance_en=number("syntax_distance_en"),
        phonology_distance_en=number("phonology_distance_en"),
        inventory_distance_en=number("inventory_distance_en"),
        geo_distance_en_km=number("geo_distance_en_km"),
        cc100_gib=number("cc100_gib"),
    )
