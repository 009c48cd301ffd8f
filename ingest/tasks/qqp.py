"""QQP: are two questions of Quora the same? An English intermediate task; on the hub only."""

import polars as pl

from ingest.dataset import Dataset, Hub
from ingest.reading import pairs
from ingest.task import Hyperparameters, Task

LABELS = ("not_duplicate", "duplicate")

QQP = Dataset(
    name="qqp",
    shape="pair",
    hub=(
        Hub(
            repo="nyu-mll/glue",
            config="qqp",
            revision="bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c",
            columns={
                "id": pl.col("idx").cast(pl.String),
                "first": "question1",
                "second": "question2",
                "label": "label",
            },
            names={"label": LABELS},
            rows={("train", "en"): 363_846, ("validation", "en"): 40_430},
        ),
    ),
    obtain="leave --data out to read nyu-mll/glue from the hub, or clone it into the mirror",
)

TASK = Task(
    name="qqp",
    kind="pair",
    title="QQP: duplicate questions",
    metrics=("accuracy", "binary_f1"),
    labels=LABELS,
    chance=1 / 2,
    splits={"train": ("en",), "validation": ("en",)},
    trained_on=("qqp",),
    data={"train": (QQP,), "validation": (QQP,)},
    defaults=Hyperparameters(
        learning_rate=2e-5,
        epochs=5,
        batch_size=32,
        max_length=256,
        source="max_length: arXiv:2005.13013; others: google-research/xtreme@838c13b train_pawsx.sh",
    ),
    licence="Quora terms of use",
    citation="Iyer et al. 2017, First Quora Dataset Release: Question Pairs; GLUE: Wang et al. 2019, ICLR",
    read=pairs(QQP, LABELS),
)
