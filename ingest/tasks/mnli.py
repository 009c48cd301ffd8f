"""MultiNLI: English natural language inference, what XNLI is trained on.

The mirror holds the 10,071 pairs of TaxiNLI, divided by premise into train and validation; on the hub
validation is MultiNLI's matched development set. ``pair_id`` is not unique in TaxiNLI, so examples
are named by their position.
"""

import polars as pl

from ingest.dataset import Columns, Dataset, Hub, Mirror
from ingest.reading import pairs
from ingest.task import Hyperparameters, Task

LABELS = ("entailment", "neutral", "contradiction")
COLUMNS: Columns = {
    "id": pl.col("row").cast(pl.String),
    "first": "premise",
    "second": "hypothesis",
    "label": "label",
}

MNLI = Dataset(
    name="mnli",
    shape="pair",
    hub=(
        Hub(
            repo="nyu-mll/glue",
            config="mnli",
            revision="bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c",
            splits={"validation": "validation_matched"},
            columns=COLUMNS,
            names={"label": LABELS},
            rows={("train", "en"): 392_702, ("validation", "en"): 9_815},
        ),
    ),
    mirror=Mirror(
        folder="mnli_taxinli",
        columns=COLUMNS,
        rows={("train", "en"): 9_071, ("validation", "en"): 1_000},
    ),
)

TASK = Task(
    name="mnli",
    kind="pair",
    title="MultiNLI: natural language inference",
    metrics=("accuracy",),
    labels=LABELS,
    chance=1 / 3,
    splits={"train": ("en",), "validation": ("en",)},
    trained_on=("mnli",),
    overlap=("anli_plus",),
    data={"train": (MNLI,), "validation": (MNLI,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=3e-5,
        epochs=5,
        batch_size=32,
        max_length=128,
        source="google-research/xtreme@838c13b scripts/train_xnli.sh",
    ),
    licence="OANC and others (mixed); TaxiNLI: C-UDA 1.0",
    citation="Williams et al. 2018, A Broad-Coverage Challenge Corpus for Sentence Understanding, NAACL; "
    "TaxiNLI: Joshi et al. 2020, CoNLL",
    read=pairs(MNLI, LABELS),
)
