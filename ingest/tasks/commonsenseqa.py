"""CommonsenseQA: questions made from ConceptNet, five answers; an English intermediate task.

The mirror has the development set only.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.english_choice import english_choice

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

TASK = english_choice(
    COMMONSENSEQA,
    title="CommonsenseQA: commonsense questions",
    options=5,
    licence="MIT",
    citation="Talmor et al. 2019, CommonsenseQA: A Question Answering Challenge, NAACL",
)
