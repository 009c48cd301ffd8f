"""ANLI+: MultiNLI, SNLI's labelled pairs and ANLI's three rounds, as Phang et al. 2020 put them together.

1,104,934 pairs to train on (392,702 + 549,367 + 162,865), each part checked; validation is the
development sets of ANLI's rounds. The mirror has the latter only. Examples keep the name of their part.
"""

from dataclasses import replace

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.example import Pair
from ingest.reading import pairs
from ingest.source import Source
from ingest.task import Hyperparameters, Task
from ingest.tasks.mnli import MNLI

LABELS = ("entailment", "neutral", "contradiction")
TRAIN = 1_104_934

SNLI = Dataset(
    name="snli",
    shape="pair",
    hub=(
        Hub(
            repo="stanfordnlp/snli",
            config="plain_text",
            revision="cdb5c3d5eed6ead6e5a341c8e56e669bb666725b",
            columns={
                "id": pl.col("row").cast(pl.String),
                "first": "premise",
                "second": "hypothesis",
                "label": "label",
            },
            names={"label": LABELS},
            keep=lambda language: pl.col("label").is_not_null(),  # -1: the annotators did not agree
            rows={("train", "en"): 549_367},
        ),
    ),
    obtain="leave --data out to read stanfordnlp/snli from the hub, or clone it into the mirror",
)


def _round(number: int, train: int, validation: int) -> Dataset:
    columns = {"id": "uid", "first": "premise", "second": "hypothesis", "label": "label"}
    return Dataset(
        name=f"anli_r{number}",
        shape="pair",
        hub=(
            Hub(
                repo="facebook/anli",
                config="plain_text",
                revision="8e4813d81f46d313dac7892e1c28076917cfcdf9",
                splits={"train": f"train_r{number}", "validation": f"dev_r{number}"},
                columns=columns,
                names={"label": LABELS},
                rows={("train", "en"): train, ("validation", "en"): validation},
            ),
        ),
        mirror=Mirror(
            folder="anli",
            columns=columns,
            rows={("validation", "en"): 3_198},  # one file of three rounds, two pairs short
            drop=pl.col("round") != f"R{number}",
        ),
    )


ROUNDS = (_round(1, 16_946, 1_000), _round(2, 45_460, 1_000), _round(3, 100_459, 1_200))
PARTS = {"train": (MNLI, SNLI, *ROUNDS), "validation": ROUNDS}


def read(source: Source, split: str, language: str) -> list[Pair]:
    """The pairs of all parts of a split, one part after the other."""
    return [
        replace(example, id=f"{part.name}/{example.id}")
        for part in PARTS[split]
        for example in pairs(part, LABELS)(source, split, language)
    ]


TASK = Task(
    name="anli_plus",
    kind="pair",
    title="ANLI+: MultiNLI, SNLI and adversarial NLI",
    metrics=("accuracy",),
    labels=LABELS,
    chance=1 / 3,
    splits={"train": ("en",), "validation": ("en",)},
    trained_on=("anli_plus",),
    overlap=("mnli",),
    data=PARTS,
    defaults=Hyperparameters(
        learning_rate=2e-5,
        learning_rate_large=3e-5,
        epochs=5,
        batch_size=32,
        max_length=256,
        source="max_length: arXiv:2005.13013; others: google-research/xtreme@838c13b train_xnli.sh",
    ),
    licence="MultiNLI mixed; SNLI CC BY-SA 4.0; ANLI CC BY-NC 4.0",
    citation="Nie et al. 2020, Adversarial NLI, ACL; Bowman et al. 2015, EMNLP; Williams et al. 2018, NAACL",
    read=read,
)
