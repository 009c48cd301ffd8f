"""What the task files of the built-in benchmark share: splits, licence, provenance, reading."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ingest.dataset import Dataset
from ingest.example import Answer, Candidate, Choice, Example, Kind, Pair, Retrieval, Span, Tags
from ingest.mini.concepts import SPLITS
from ingest.mini.languages import LANGUAGES
from ingest.mini.sizes import SIZES
from ingest.source import Source
from ingest.task import Hyperparameters, Task

LICENCE = "Apache-2.0; synthetic text made by this project"
CITATION = "xtb, built-in benchmark (synthetic): text from an invented lexicon and grammar"
DEFAULTS = Hyperparameters(
    learning_rate=1e-3,
    epochs=4.0,
    batch_size=32,
    max_length=128,
    stride=32,
    warmup=0.1,
    weight_decay=0.01,
    source="chosen for the built-in encoder; not tuned",
)


def benchmark(
    name: str,
    kind: Kind,
    title: str,
    *,
    metrics: tuple[str, ...],
    labels: tuple[str, ...] = (),
    chance: float | None = None,
    test_languages: Sequence[str] = tuple(LANGUAGES),
    trained: bool = True,
    defaults: Hyperparameters = DEFAULTS,
) -> Task:
    """A task over the tables ``name`` (and ``<name>_pool``) of the built-in source.

    Args:
        test_languages: languages of the test split.
        trained: whether it has train and dev splits, in all languages; else test only.
    """
    table = Dataset(name=name, shape=kind)
    pool_table = Dataset(name=f"{name}_pool", shape="pool")

    def read(source: Source, split: str, language: str) -> list[Example]:
        return [_EXAMPLES[kind](row) for row in source.table(table, split, language).iter_rows(named=True)]

    def pool(source: Source, split: str, language: str) -> list[Candidate]:
        return [Candidate(**row) for row in source.table(pool_table, split, language).iter_rows(named=True)]

    tables = (table, pool_table) if kind == "retrieval" else (table,)
    splits: dict[str, tuple[str, ...]] = dict.fromkeys(SPLITS[:2], tuple(LANGUAGES)) if trained else {}
    splits["test"] = tuple(test_languages)
    return Task(
        name=name,
        kind=kind,
        title=f"{title} (built-in, synthetic)",
        metrics=metrics,
        labels=labels,
        chance=chance,
        splits=splits,
        trained_on=(name,) if trained else (),
        data=dict.fromkeys(splits, tables),
        defaults=defaults,
        synthetic=True,
        generated={split: size for split, size in SIZES.items() if split in splits},
        licence=LICENCE,
        citation=CITATION,
        read=read,
        pool=pool if kind == "retrieval" else None,
    )


Row = dict[str, Any]


def _choice(row: Row) -> Choice:
    return Choice(**{**row, "options": tuple(row["options"])})


def _tags(row: Row) -> Tags:
    return Tags(id=row["id"], tokens=tuple(row["tokens"]), tags=tuple(row["tags"]))


def _span(row: Row) -> Span:
    answers = zip(row["answers_text"], row["answers_start"], strict=True)
    return Span(
        id=row["id"],
        context=row["context"],
        question=row["question"],
        answers=tuple(Answer(text=text, start=start) for text, start in answers),
    )


def _retrieval(row: Row) -> Retrieval:
    return Retrieval(id=row["id"], query=row["query"], positives=tuple(row["positives"]))


_EXAMPLES: Mapping[Kind, Callable[[Row], Example]] = {
    "pair": lambda row: Pair(**row),
    "choice": _choice,
    "tags": _tags,
    "span": _span,
    "retrieval": _retrieval,
}
