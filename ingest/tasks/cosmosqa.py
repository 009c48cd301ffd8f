"""Cosmos QA: questions about what a blog post leaves unsaid, four answers; an English intermediate task.

The mirror divides the official validation set into train and validation.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import choices
from ingest.task import Hyperparameters, Task

COSMOSQA = Dataset(
    name="cosmosqa",
    shape="choice",
    hub=(
        Hub(
            repo="allenai/cosmos_qa",
            revision="ed50fe83db62b355759053b1cd5eef344ee371e0",  # of the branch refs/convert/parquet
            converted=True,
            columns={
                "id": "id",
                "context": "context",
                "question": "question",
                "options": pl.concat_list("answer0", "answer1", "answer2", "answer3"),
                "label": "label",
            },
            rows={("train", "en"): 25_262, ("validation", "en"): 2_985},
        ),
    ),
    mirror=Mirror(
        folder="cosmosqa",
        columns={
            "id": "id",
            "context": "context",
            "question": "question",
            "options": "answers",
            "label": "label",
        },
    ),
)

TASK = Task(
    name="cosmosqa",
    kind="choice",
    title="Cosmos QA: commonsense reading",
    metrics=("accuracy",),
    chance=1 / 4,
    splits={"train": ("en",), "validation": ("en",)},
    trained_on=("cosmosqa",),
    data={"train": (COSMOSQA,), "validation": (COSMOSQA,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=3e-5,
        epochs=5,
        batch_size=32,
        max_length=256,
        source="max_length: arXiv:2005.13013; others: google-research/xtreme@838c13b train_xcopa.sh",
    ),
    licence="CC BY 4.0",
    citation="Huang et al. 2019, Cosmos QA: Machine Reading Comprehension with Commonsense, EMNLP",
    read=choices(COSMOSQA, options=4),
)
