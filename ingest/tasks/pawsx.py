"""PAWS-X: paraphrases among sentences with the same words, in 7 languages, zero-shot from English PAWS.

Parallel: a pair has the same id in every language. Pairs of which a sentence could not be translated
stand in the files as "NS" with label 0; they are left out everywhere, since there is no text to read.
"""

import polars as pl

from ingest.dataset import Columns, Dataset, Hub, Mirror
from ingest.reading import pairs
from ingest.task import Hyperparameters, Task

LABELS = ("different", "paraphrase")
LANGUAGES = ("de", "en", "es", "fr", "ja", "ko", "zh")
COLUMNS: Columns = {
    "id": pl.col("id").cast(pl.String),
    "first": "sentence1",
    "second": "sentence2",
    "label": pl.col("label").cast(pl.Int64),
}
UNTRANSLATED = (pl.col("sentence1") == "NS") | (pl.col("sentence2") == "NS")

PAWSX = Dataset(
    name="pawsx",
    shape="pair",
    hub=(
        Hub(
            repo="google-research-datasets/paws-x",
            config="{code}",
            revision="4cd8187c404bda33cb1f62b49b001115862acf37",
            columns=COLUMNS,
            rows={
                **{("train", code): 49_401 for code in LANGUAGES},
                **{(split, code): 2_000 for split in ("validation", "test") for code in LANGUAGES},
            },
            drop=UNTRANSLATED,
        ),
    ),
    mirror=Mirror(
        folder="pawsx",
        columns=COLUMNS,
        rows={("test", code): 1_994 for code in LANGUAGES},
        drop=UNTRANSLATED,
    ),
)

TASK = Task(
    name="pawsx",
    kind="pair",
    title="PAWS-X: paraphrase identification",
    metrics=("accuracy",),
    labels=LABELS,
    chance=1 / 2,
    splits=dict.fromkeys(("train", "validation", "test"), LANGUAGES),
    trained_on=("pawsx",),
    data=dict.fromkeys(("train", "validation", "test"), (PAWSX,)),
    defaults=Hyperparameters(
        learning_rate=2e-5,
        epochs=5,
        batch_size=32,
        max_length=128,
        source="google-research/xtreme@838c13b scripts/train_pawsx.sh",
    ),
    licence="free for any purpose, acknowledgement of Google LLC asked",
    citation="Yang et al. 2019, PAWS-X: A Cross-lingual Adversarial Dataset for Paraphrase, EMNLP",
    parallel=True,
    read=pairs(PAWSX, LABELS),
)
