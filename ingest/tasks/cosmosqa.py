"""Cosmos QA: questions about what a blog post leaves unsaid, four answers; an English intermediate task.

The mirror divides the official validation set into train and validation.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.english_choice import english_choice

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

TASK = english_choice(
    COSMOSQA,
    title="Cosmos QA: commonsense reading",
    options=4,
    licence="CC BY 4.0",
    citation="Huang et al. 2019, Cosmos QA: Machine Reading Comprehension with Commonsense, EMNLP",
)
