"""Retrieval of the English translation, after Tatoeba; built-in and synthetic.

The built-in encoder is pretrained to rank translations, so that this is no fair target for it.
"""

from ingest.mini.benchmark import benchmark
from ingest.mini.languages import LANGUAGES

TASK = benchmark(
    "mini_retrieval",
    "retrieval",
    "Retrieval of translations",
    metrics=("map_at_20", "accuracy"),
    chance=1 / 240,
    test_languages=[code for code in LANGUAGES if code != "en"],
    trained=False,
)
