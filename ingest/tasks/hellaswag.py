"""HellaSwag: how does a situation go on? Four endings; an English intermediate task.

The mirror divides the official validation set into train and validation, so its scores are not
comparable with published ones.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.english_choice import english_choice

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

TASK = english_choice(
    HELLASWAG,
    title="HellaSwag: sentence completion",
    options=4,
    licence="MIT",
    citation="Zellers et al. 2019, HellaSwag: Can a Machine Really Finish Your Sentence?, ACL",
)
