"""XQuAD: 1,190 questions of SQuAD's development set in 12 languages, zero-shot from SQuAD v1.1.

Parallel: a question has the same id in every language, which is SQuAD's own.
"""

import polars as pl

from ingest.dataset import Dataset, Hub, Mirror
from ingest.reading import spans
from ingest.task import Hyperparameters, Task

LANGUAGES = ("en", "es", "de", "el", "ru", "tr", "ar", "vi", "th", "zh", "hi", "ro")

XQUAD = Dataset(
    name="xquad",
    shape="span",
    hub=(
        Hub(
            repo="google/xquad",
            config="xquad.{code}",
            revision="51adfef1c1287aab1d2d91b5bead9bcfb9c68583",
            splits={"test": "validation"},
            columns={
                "id": "id",
                "context": "context",
                "question": "question",
                "answers_text": pl.col("answers").struct.field("text"),
                "answers_start": pl.col("answers").struct.field("answer_start"),
            },
            rows={("test", code): 1_190 for code in LANGUAGES},
        ),
    ),
    mirror=Mirror(
        folder="xquad",
        columns={name: name for name in ("id", "context", "question", "answers_text", "answers_start")},
    ),
)

TASK = Task(
    name="xquad",
    kind="span",
    title="XQuAD: extractive question answering",
    metrics=("f1", "exact_match"),
    splits={"test": LANGUAGES},
    trained_on=("squad_v1",),
    overlap=("squad_v1", "squad_v2"),
    data={"test": (XQUAD,)},
    defaults=Hyperparameters(
        learning_rate=3e-5,
        epochs=3,
        batch_size=32,
        max_length=384,
        stride=128,
        warmup=500 / 8_214,  # 500 steps of three epochs in batches of 32
        weight_decay=1e-4,
        source="google-research/xtreme@838c13b scripts/train_qa.sh",
    ),
    licence="CC BY-SA 4.0",
    citation="Artetxe et al. 2020, On the Cross-lingual Transferability of Monolingual Representations, ACL",
    parallel=True,
    read=spans(XQUAD),
)
