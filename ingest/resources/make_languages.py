"""Makes ``ingest/languages.csv``: what is known of each language of the benchmarks.

    python -m ingest.resources.make_languages URIEL GLOTTOLOG WALS CC100

* URIEL is the ``data`` folder of the package lang2vec 1.1.2 (URIEL, Littell et al. 2017, CC BY-SA 4.0):
  distances to English are 1 - cosine of the completed (k-nearest-neighbour) feature vectors; word order
  is its coding of WALS 81A, of Ethnologue where WALS is silent, with "/" between orders of equal rank;
* GLOTTOLOG is ``cldf/languages.csv`` of glottolog/glottolog-cldf 5.1 (Hammarström et al. 2024, CC BY 4.0):
  the family (an isolate's own name), and the point whose great-circle distance to English is taken;
* WALS is ``cldf/languages.csv`` of cldf-datasets/wals at 3a9efd69 (Dryer & Haspelmath 2013, CC BY 4.0): the
  genus;
* CC100 is ``cc-100/cc-100.csv`` of mayhewsw/multilingual-data-stats at f91a379d: sizes of Conneau et al.
  2020, table 6, Ukrainian and Swedish as corrected by the authors; Chinese and Burmese are sums of the two
  ways in which they are written.

The table as a whole is CC BY-SA 4.0. What is not known stays empty.
"""

import csv
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# code: ISO 639-3, name, script (ISO 15924). Macrolanguages carry their main individual language.
LANGUAGES = {
    "af": ("afr", "Afrikaans", "Latn"), "ar": ("arb", "Arabic", "Arab"), "az": ("azj", "Azerbaijani", "Latn"),
    "bg": ("bul", "Bulgarian", "Cyrl"), "bn": ("ben", "Bengali", "Beng"), "de": ("deu", "German", "Latn"),
    "el": ("ell", "Greek", "Grek"), "en": ("eng", "English", "Latn"), "es": ("spa", "Spanish", "Latn"),
    "et": ("ekk", "Estonian", "Latn"), "eu": ("eus", "Basque", "Latn"), "fa": ("pes", "Persian", "Arab"),
    "fi": ("fin", "Finnish", "Latn"), "fr": ("fra", "French", "Latn"), "gu": ("guj", "Gujarati", "Gujr"),
    "he": ("heb", "Hebrew", "Hebr"), "hi": ("hin", "Hindi", "Deva"), "ht": ("hat", "Haitian Creole", "Latn"),
    "hu": ("hun", "Hungarian", "Latn"), "id": ("ind", "Indonesian", "Latn"), "it": ("ita", "Italian", "Latn"),
    "ja": ("jpn", "Japanese", "Jpan"), "jv": ("jav", "Javanese", "Latn"), "ka": ("kat", "Georgian", "Geor"),
    "kk": ("kaz", "Kazakh", "Cyrl"), "ko": ("kor", "Korean", "Kore"), "lt": ("lit", "Lithuanian", "Latn"),
    "ml": ("mal", "Malayalam", "Mlym"), "mr": ("mar", "Marathi", "Deva"), "ms": ("zsm", "Malay", "Latn"),
    "my": ("mya", "Burmese", "Mymr"), "nl": ("nld", "Dutch", "Latn"), "pa": ("pan", "Punjabi", "Guru"),
    "pl": ("pol", "Polish", "Latn"), "pt": ("por", "Portuguese", "Latn"), "qu": ("quz", "Quechua", "Latn"),
    "ro": ("ron", "Romanian", "Latn"), "ru": ("rus", "Russian", "Cyrl"), "sv": ("swe", "Swedish", "Latn"),
    "sw": ("swh", "Swahili", "Latn"), "ta": ("tam", "Tamil", "Taml"), "te": ("tel", "Telugu", "Telu"),
    "th": ("tha", "Thai", "Thai"), "tl": ("tgl", "Tagalog", "Latn"), "tr": ("tur", "Turkish", "Latn"),
    "uk": ("ukr", "Ukrainian", "Cyrl"), "ur": ("urd", "Urdu", "Arab"), "vi": ("vie", "Vietnamese", "Latn"),
    "wo": ("wol", "Wolof", "Latn"), "yo": ("yor", "Yoruba", "Latn"), "zh": ("cmn", "Chinese", "Hans"),
}  # fmt: skip
URIEL = {
    "arb": "ara", "azj": "aze", "ekk": "est", "pes": "fas", "zsm": "msa", "quz": "que",
    "swh": "swa", "cmn": "zho",
}  # fmt: skip
WALS = {"ekk": "est", "zsm": "ind", "azj": "aze"}  # WALS codes of what it files under no or another ISO code
ORDERS = ("SVO", "SOV", "VSO", "VOS", "OVS", "OSV")
COLUMNS = (
    "code", "iso639_3", "name", "script", "family", "genus", "word_order", "syntax_distance_en",
    "phonology_distance_en", "inventory_distance_en", "geo_distance_en_km", "cc100_gib",
)  # fmt: skip


def main(uriel: Path, glottolog: Path, wals: Path, cc100: Path) -> None:
    """Write ``ingest/languages.csv`` from the four sources."""
    vectors = np.load(uriel / "feature_predictions.npz")
    orders = np.load(uriel / "features.npz")
    places = {row["ISO639P3code"]: row for row in _rows(glottolog) if row["Level"] == "language"}
    names = {row["ID"]: row["Name"] for row in _rows(glottolog) if row["Level"] == "family"}
    genera = _genera(wals)
    sizes = _sizes(cc100)
    target = Path(__file__).resolve().parents[1] / "languages.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for code, (iso, name, script) in LANGUAGES.items():
            place = places[iso]
            distances = [_cosine(vectors, URIEL.get(iso, iso), prefix) for prefix in ("S_", "P_", "INV_")]
            writer.writerow(
                [
                    code,
                    iso,
                    name,
                    script,
                    names.get(place["Family_ID"], place["Name"]),
                    genera.get(iso, ""),
                    _order(orders, URIEL.get(iso, iso)),
                    *(f"{distance:.4f}" for distance in distances),
                    f"{_kilometres(place, places['eng']):.0f}",
                    sizes.get(code, ""),
                ]
            )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _genera(file: Path) -> dict[str, str]:
    """Genus by our ISO 639-3 code; varieties of one language share it."""
    rows = _rows(file)
    own = {row["ID"]: row["Genus"] for row in rows}
    named = {iso: own[code] for iso, code in WALS.items()}
    return {**{row["ISO639P3code"]: row["Genus"] for row in rows if row["ISO639P3code"]}, **named}


def _sizes(file: Path) -> dict[str, float]:
    sizes: dict[str, float] = {}
    for row in _rows(file):  # one code twice: two scripts or encodings
        sizes[row["ISO code"]] = round(sizes.get(row["ISO code"], 0.0) + float(row["Size (GiB)"]), 1)
    return sizes


def _vector(database: Any, iso: str, names: list[str], source: int) -> NDArray[np.float64]:
    row = list(database["langs"]).index(iso)
    columns = [list(database["feats"]).index(name) for name in names]
    return np.asarray(database["data"][row, columns, source], dtype=np.float64)


def _cosine(database: Any, iso: str, prefix: str) -> float:
    names = [name for name in database["feats"] if name.startswith(prefix)]
    ours, english = (_vector(database, code, names, 0) for code in (iso, "eng"))
    return max(0.0, 1.0 - float(ours @ english) / float(np.linalg.norm(ours) * np.linalg.norm(english)))


def _order(database: Any, iso: str) -> str:
    sources = list(database["sources"])
    for source in ("WALS", "ETHNO"):
        flags = _vector(database, iso, [f"S_{order}" for order in ORDERS], sources.index(source))
        found = [order for order, flag in zip(ORDERS, flags, strict=True) if flag == 1.0]
        if found:
            return "/".join(found)
    return ""


def _kilometres(one: dict[str, str], other: dict[str, str]) -> float:
    """Great-circle distance on a sphere of 6,371 km."""
    (a, b), (c, d) = (
        (math.radians(float(place["Latitude"])), math.radians(float(place["Longitude"])))
        for place in (one, other)
    )
    haversine = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(haversine))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:5]))
