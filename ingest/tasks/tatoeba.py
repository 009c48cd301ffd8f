"""Tatoeba: find the English translation of a sentence among up to 1,000, by nearest neighbour.

As in XTREME the pool of a language is the English side of its own pairs and a query has one right
answer, the sentence of the same row: an equal sentence elsewhere in the pool counts as wrong.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import candidates, queries
from ingest.task import Hyperparameters, Task

CODES = {
    "ar": "ara", "he": "heb", "vi": "vie", "id": "ind", "jv": "jav", "tl": "tgl", "eu": "eus", "ml": "mal",
    "ta": "tam", "te": "tel", "af": "afr", "nl": "nld", "de": "deu", "el": "ell", "bn": "ben", "hi": "hin",
    "mr": "mar", "ur": "urd", "fa": "pes", "fr": "fra", "it": "ita", "pt": "por", "es": "spa", "bg": "bul",
    "ru": "rus", "ja": "jpn", "ka": "kat", "ko": "kor", "th": "tha", "sw": "swh", "zh": "cmn", "kk": "kaz",
    "tr": "tur", "et": "est", "fi": "fin", "hu": "hun", "az": "aze", "lt": "lit", "pl": "pol", "uk": "ukr",
    "ro": "ron",
}  # fmt: skip
ADDED = ("az", "lt", "pl", "uk", "ro")  # by XTREME-R, from another repository
SMALL = {"jv": 205, "te": 234, "ta": 307, "sw": 390, "th": 548, "kk": 575, "ml": 687, "ka": 746}
SIZES = {code: SMALL.get(code, 1_000) for code in CODES}


def _tables() -> tuple[Dataset, Dataset]:
    """Queries and pool: the same rows, each with one of the two sentences."""
    row = pl.col("row").cast(pl.String)
    english_last = pl.col("target_lang").str.contains("eng")
    foreign = pl.when(english_last).then("source_sentence").otherwise("target_sentence")
    english = pl.when(english_last).then("target_sentence").otherwise("source_sentence")

    def table(name: str, pool: bool) -> Dataset:
        def columns(foreign: str | pl.Expr, english: str | pl.Expr) -> dict[str, str | pl.Expr]:
            if pool:
                return {"id": row, "text": english}
            return {"id": row, "query": foreign, "positives": pl.concat_list(row)}

        xtreme = Hub(
            repo="google/xtreme",
            config="tatoeba.{code}",
            splits={"test": "validation"},
            codes=CODES,
            columns=columns(foreign, english),
            rows={("test", code): size for code, size in SIZES.items() if code not in ADDED},
        )
        added = Hub(
            repo="mteb/tatoeba-bitext-mining",
            config="{code}-eng",
            revision="refs/convert/parquet",
            converted=True,
            codes=CODES,
            columns=columns("sentence1", "sentence2"),
            rows={("test", code): SIZES[code] for code in ADDED},
        )
        mirror = Mirror(folder="tatoeba", codes=CODES, columns=columns("sentence", "english"))
        return Dataset(name=name, shape="pool" if pool else "retrieval", hub=(xtreme, added), mirror=mirror)

    return table("tatoeba", pool=False), table("tatoeba_pool", pool=True)


QUERIES, POOL = _tables()

TASK = Task(
    name="tatoeba",
    kind="retrieval",
    title="Tatoeba: retrieval of translations",
    metrics=("accuracy",),
    splits={"test": tuple(CODES)},
    trained_on=(),
    data={"test": (QUERIES, POOL)},
    defaults=Hyperparameters(max_length=512, source="google-research/xtreme@838c13b scripts/run_tatoeba.sh"),
    licence="CC BY 2.0 FR",
    citation="Artetxe & Schwenk 2019, Massively Multilingual Sentence Embeddings, TACL; Tatoeba contributors",
    read=queries(QUERIES),
    pool=candidates(POOL),
)
