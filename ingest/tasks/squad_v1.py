"""SQuAD v1.1: English extractive question answering; what XQuAD, MLQA and LAReQA are trained on.

XQuAD and LAReQA translate 240 paragraphs of the development set. So ``test`` is the development set
whole, as everybody scores it, and ``validation``, on which checkpoints are chosen, leaves those out.
"""

from collections.abc import Sequence

import polars as pl

from ingest.dataset import Columns, Dataset, Hub, Mirror
from ingest.errors import MissingData
from ingest.example import Span
from ingest.reading import spans
from ingest.source import Source
from ingest.task import Hyperparameters, Task
from ingest.tasks.xquad import XQUAD

NESTED: Columns = {
    "id": "id",
    "context": "context",
    "question": "question",
    "answers_text": pl.col("answers").struct.field("text"),
    "answers_start": pl.col("answers").struct.field("answer_start"),
}
FLAT: Columns = {name: name for name in NESTED}

SQUAD = Dataset(
    name="squad_v1",
    shape="span",
    hub=(
        Hub(
            repo="rajpurkar/squad",
            config="plain_text",
            revision="7b6d24c440a36b6815f21b70d25016731768db1f",
            splits={"test": "validation"},
            columns=NESTED,
            rows={("train", "en"): 87_599, ("validation", "en"): 10_570, ("test", "en"): 10_570},
        ),
    ),
    mirror=Mirror(
        folder="squad_v1", splits={"test": "validation"}, columns=FLAT, rows={("train", "en"): 20_000}
    ),
)


DEFAULTS = Hyperparameters(
    learning_rate=3e-5,
    epochs=3,
    batch_size=32,
    max_length=384,
    stride=128,
    warmup=500 / 8_214,  # 500 steps of three epochs in batches of 32
    weight_decay=1e-4,
    source="google-research/xtreme@838c13b scripts/train_qa.sh",
)


def without_xquad(source: Source, examples: Sequence[Span]) -> list[Span]:
    """The examples of paragraphs that XQuAD does not translate.

    By paragraph and not by id, since SQuAD v2.0 asks more of the same paragraphs. Needs XQuAD's English
    file from the same source.
    """
    try:
        translated = set(source.table(XQUAD, "test", "en")["context"])
    except MissingData as error:
        raise MissingData(f"SQuAD validation leaves out what XQuAD translates, and {error}") from error
    return [example for example in examples if example.context not in translated]


def read(source: Source, split: str, language: str) -> list[Span]:
    """Examples of a split; ``validation`` without the paragraphs that XQuAD translates."""
    examples = spans(SQUAD)(source, split, language)
    return without_xquad(source, examples) if split == "validation" else examples


TASK = Task(
    name="squad_v1",
    kind="span",
    title="SQuAD v1.1: extractive question answering",
    metrics=("f1", "exact_match"),
    splits={"train": ("en",), "validation": ("en",), "test": ("en",)},
    trained_on=("squad_v1",),
    overlap=("squad_v2",),
    data=dict.fromkeys(("train", "validation", "test"), (SQUAD,)),
    defaults=DEFAULTS,
    licence="CC BY-SA 4.0",
    citation="Rajpurkar et al. 2016, SQuAD: 100,000+ Questions for Machine Comprehension of Text, EMNLP",
    read=read,
)
