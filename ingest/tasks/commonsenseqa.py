"""CommonsenseQA: questions made from ConceptNet, five answers; an English intermediate task.

The mirror has the development set only.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import choices
from ingest.task import Hyperparameters, Task

LETTERS = {letter: number for number, letter in enumerate("ABCDE")}

COMMONSENSEQA = Dataset(
    name="commonsenseqa",
    shape="choice",
    hub=(
        Hub(
            repo="tau/commonsense_qa",
            revision="94630fe30dad47192a8546eb75f094926d47e155",
            columns={
                "id": "id",
                "context": pl.lit(""),
                "question": "question",
                "options": pl.col("choices").struct.field("text"),
                "label": pl.col("answerKey").replace_strict(LETTERS, default=None, return_dtype=pl.Int64),
            },
            rows={("train", "en"): 9_741, ("validation", "en"): 1_221},
        ),
    ),
    mirror=Mirror(
        folder="commonsenseqa",
        columns={
            "id": "id",
            "context": pl.lit(""),
            "question": "question",
            "options": "answers",
            "label": "label",
        },
    ),
)

TASK = Task(
    name="commonsenseqa",
    kind="choice",
    title="CommonsenseQA: commonsense questions",
    metrics=("accuracy",),
    chance=1 / 5,
    splits={"train": ("en",), "validation": ("en",)},
    trained_on=("commonsenseqa",),
    data={"train": (COMMONSENSEQA,), "validation": (COMMONSENSEQA,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=3e-5,
        epochs=5,
        batch_size=32,
        max_length=256,
        source="max_length: arXiv:2005.13013; others: google-research/xtreme@838c13b train_xcopa.sh",
    ),
    licence="MIT",
    citation="Talmor et al. 2019, CommonsenseQA: A Question Answering Challenge, NAACL",
    read=choices(COMMONSENSEQA, options=5),
)
