"""Social IQa: three-way commonsense questions about people, the first stage of XTREME-R's XCOPA recipe."""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.english_choice import SETTINGS, english_choice

SIQA = Dataset(
    name="siqa",
    shape="choice",
    hub=(
        Hub(
            repo="allenai/social_i_qa",
            revision="537a2ec8ec565adc0b70b70752893e59e024df26",  # of the branch refs/convert/parquet
            converted=True,
            columns={
                "id": pl.col("row").cast(pl.String),
                "context": "context",
                "question": "question",
                "options": pl.concat_list("answerA", "answerB", "answerC"),
                "label": pl.col("label").cast(pl.String).str.strip_chars().cast(pl.Int64) - 1,  # '1' to '3'
            },
            rows={("train", "en"): 33_410, ("validation", "en"): 1_954},
        ),
    ),
    mirror=Mirror(
        folder="siqa",
        columns={
            "id": pl.col("index").cast(pl.String),
            "context": "context",
            "question": "question",
            "options": "answers",
            "label": "label",
        },
        rows={("train", "en"): 20_000, ("validation", "en"): 1_954},
    ),
)

TASK = english_choice(
    SIQA,
    title="Social IQa: commonsense about people",
    options=3,
    defaults=SETTINGS,
    licence="CC BY 4.0",
    citation="Sap et al. 2019, Social IQa: Commonsense Reasoning about Social Interactions, EMNLP",
)
