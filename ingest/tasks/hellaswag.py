"""HellaSwag: how does a situation go on? Four endings; an English intermediate task.

The mirror divides the official validation set into train and validation, so its scores are not
comparable with published ones.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import choices
from ingest.task import Hyperparameters, Task

HELLASWAG = Dataset(
    name="hellaswag",
    shape="choice",
    hub=(
        Hub(
            repo="Rowan/hellaswag",
            revision="218ec52e09a7e7462a5400043bb9a69a41d06b76",
            columns={
                "id": pl.col("row").cast(pl.String),
                "context": "ctx",
                "question": pl.lit(""),
                "options": "endings",
                "label": pl.col("label").cast(pl.String),
            },
            rows={("train", "en"): 39_905, ("validation", "en"): 10_042},
        ),
    ),
    mirror=Mirror(
        folder="hellaswag",
        columns={
            "id": pl.col("index").cast(pl.String),
            "context": "context",
            "question": pl.lit(""),
            "options": "endings",
            "label": "label",
        },
    ),
)

TASK = Task(
    name="hellaswag",
    kind="choice",
    title="HellaSwag: sentence completion",
    metrics=("accuracy",),
    chance=1 / 4,
    splits={"train": ("en",), "validation": ("en",)},
    trained_on=("hellaswag",),
    data={"train": (HELLASWAG,), "validation": (HELLASWAG,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=3e-5,
        epochs=5,
        batch_size=32,
        max_length=256,
        source="max_length: arXiv:2005.13013; others: google-research/xtreme@838c13b train_xcopa.sh",
    ),
    licence="MIT",
    citation="Zellers et al. 2019, HellaSwag: Can a Machine Really Finish Your Sentence?, ACL",
    read=choices(HELLASWAG, options=4),
)
