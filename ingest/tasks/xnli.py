"""XNLI: natural language inference in 15 languages, zero-shot from English MultiNLI."""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import pairs
from ingest.task import Hyperparameters, Task

LABELS = ("entailment", "neutral", "contradiction")
LANGUAGES = ("ar", "bg", "de", "el", "en", "es", "fr", "hi", "ru", "sw", "th", "tr", "ur", "vi", "zh")

XNLI = Dataset(
    name="xnli",
    shape="pair",
    hub=(
        Hub(
            repo="facebook/xnli",
            config="{code}",
            revision="b8dd5d7af51114dbda02c0e3f6133f332186418e",
            columns={
                "id": pl.col("row").cast(pl.String),
                "first": "premise",
                "second": "hypothesis",
                "label": "label",
            },
            names={"label": LABELS},
            rows={
                **{("validation", code): 2490 for code in LANGUAGES},
                **{("test", code): 5010 for code in LANGUAGES},
            },
        ),
    ),
    mirror=Mirror(
        folder="xnli",
        columns={
            "id": pl.col("index").cast(pl.String),
            "first": "premise",
            "second": "hypothesis",
            "label": "label",
        },
    ),
)

TASK = Task(
    name="xnli",
    kind="pair",
    title="XNLI: natural language inference",
    metrics=("accuracy",),
    labels=LABELS,
    chance=1 / 3,
    splits={"validation": LANGUAGES, "test": LANGUAGES},
    trained_on=("mnli",),
    overlap=("mnli", "anli_plus"),
    data={"validation": (XNLI,), "test": (XNLI,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=3e-5,
        epochs=5,
        batch_size=32,
        max_length=128,
        source="google-research/xtreme@838c13b scripts/train_xnli.sh",
    ),
    licence="CC BY-NC 4.0",
    citation="Conneau et al. 2018, XNLI: Evaluating Cross-lingual Sentence Representations, EMNLP",
    parallel=True,
    read=pairs(XNLI, LABELS),
)
