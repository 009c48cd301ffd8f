"""TyDiQA-GoldP: extractive question answering in 9 languages, zero-shot from its own English part.

On the hub one configuration mixes all nine languages; rows are kept by the language their id begins
with, and English train must have its 3,696. XTREME scores the development set, so ``test`` is that, and
English ``validation`` on the hub is the same 440 questions: choosing a checkpoint there flatters
English a little. The mirror divides the official training set instead, so its scores are not comparable.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import spans
from ingest.task import Task
from ingest.tasks.squad_v1 import DEFAULTS, FLAT, NESTED

NAMES = {
    "en": "english", "ar": "arabic", "bn": "bengali", "fi": "finnish", "id": "indonesian", "ko": "korean",
    "ru": "russian", "sw": "swahili", "te": "telugu",
}  # fmt: skip
TEST = {
    "en": 440, "ar": 921, "bn": 113, "fi": 782, "id": 565, "ko": 276, "ru": 812, "sw": 499, "te": 669,
}  # fmt: skip


def _is(language: str) -> pl.Expr:
    return pl.col("id").str.starts_with(f"{NAMES[language]}-")


TYDIQA = Dataset(
    name="tydiqa",
    shape="span",
    hub=(
        Hub(
            repo="google/xtreme",
            config="tydiqa",
            splits={"test": "validation"},
            columns=NESTED,
            keep=_is,
            rows={
                ("train", "en"): 3_696,
                ("validation", "en"): 440,
                **{("test", code): size for code, size in TEST.items()},
            },
        ),
    ),
    mirror=Mirror(folder="tydiqa_goldp", columns=FLAT),
)

TASK = Task(
    name="tydiqa",
    kind="span",
    title="TyDiQA-GoldP: extractive question answering",
    metrics=("f1", "exact_match"),
    splits={"train": ("en",), "validation": ("en",), "test": tuple(NAMES)},
    trained_on=("tydiqa",),
    data=dict.fromkeys(("train", "validation", "test"), (TYDIQA,)),
    defaults=DEFAULTS,
    licence="Apache-2.0; Wikipedia text CC BY-SA 3.0",
    citation="Clark et al. 2020, TyDi QA: A Benchmark for Information-Seeking Question Answering, TACL",
    read=spans(TYDIQA),
)
