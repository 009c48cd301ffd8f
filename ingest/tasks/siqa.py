"""Social IQa: three-way commonsense questions about people, the first stage of XTREME-R's XCOPA recipe."""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import choices
from ingest.task import Hyperparameters, Task

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

TASK = Task(
    name="siqa",
    kind="choice",
    title="Social IQa: commonsense about people",
    metrics=("accuracy",),
    chance=1 / 3,
    splits={"train": ("en",), "validation": ("en",)},
    trained_on=("siqa",),
    data={"train": (SIQA,), "validation": (SIQA,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=3e-5,
        epochs=5,
        batch_size=32,
        max_length=128,
        source="google-research/xtreme@838c13b scripts/train_xcopa.sh",
    ),
    licence="CC BY 4.0",
    citation="Sap et al. 2019, Social IQa: Commonsense Reasoning about Social Interactions, EMNLP",
    read=choices(SIQA, options=3),
)
