"""Unlabelled text in many languages, for continued pretraining.

Where it comes from, the first place that has the language:

1. the table ``text``: in a mirror ``text/train/<language>.parquet`` with a column ``text``;
2. the texts of the benchmarks that the source holds: their ``train`` splits, and their ``validation`` splits
   in other languages than English, without the labels. Never a ``test`` split, on which runs are measured,
   nor English ``validation``, on which checkpoints are chosen;
3. of the built-in benchmark, the documents its encoder was pretrained on.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import polars as pl

from ingest import catalog
from ingest.dataset import Dataset, Mirror
from ingest.errors import MissingData
from ingest.example import Candidate, Tags
from ingest.fields import FIELDS, lay
from ingest.mini.corpus import document, words
from ingest.mini.languages import LANGUAGES
from ingest.reading import candidates
from ingest.source import Source
from ingest.task import Task, take
from ingest.text.properties import UNSPACED, in_scripts

TEXT = Dataset(
    name="text",
    shape="pool",
    mirror=Mirror(folder="text", columns={"id": pl.col("row").cast(pl.String), "text": "text"}),
    obtain="put text/train/<language>.parquet with a column 'text' into a mirror folder",
)
_SPLITS = ("train", "validation")


def corpus(source: Source, language: str, limit: int) -> list[str]:
    """Texts of one language, each once, in a stable order; empty where the source has none.

    Args:
        source: a source of benchmark data.
        language: code.
        limit: most texts: a stable sample of a table, the first documents of the built-in benchmark. Of
            benchmarks, tables are read in the order of task names until there are enough.
    """
    if source.name.startswith("mini:"):
        return _documents(language, limit)
    if source.has(TEXT, "train", language):
        found = _distinct(item.text for item in candidates(TEXT)(source, "train", language))
    else:
        found = _of_tasks(source, language, limit)
    items = [Candidate(id=text, text=text) for text in found]
    return [item.text for item in take(items, limit)]


def _documents(language: str, limit: int) -> list[str]:
    if language not in LANGUAGES:
        return []
    return [
        " ".join(word.text for sentence in document(0, index) for word in words(sentence, language))
        for index in range(limit)
    ]


def _of_tasks(source: Source, language: str, limit: int) -> list[str]:
    found: dict[str, None] = {}
    for name in catalog.task_names():
        task = catalog.task(name)
        for split in _SPLITS if not task.synthetic else ():
            if len(found) >= limit:
                return list(found)
            if language not in task.splits.get(split, ()) or (language, split) == ("en", "validation"):
                continue
            found |= dict.fromkeys(_distinct(_texts(task, source, split, language)))
    return list(found)


def _texts(task: Task, source: Source, split: str, language: str) -> Iterator[str]:
    """The texts of a split; none where the source lacks the table."""
    if language not in task.available(source, split):
        return
    try:
        examples = task.read(source, split, language)
        pool = task.pool(source, split, language) if task.pool is not None else ()
    except MissingData:  # declared, but needs another table that is not here
        return
    if examples and isinstance(examples[0], Tags):
        yield from (sentence(example.tokens) for example in examples if isinstance(example, Tags))
    elif examples:
        yield from (str(text) for text in lay(examples, FIELDS[task.kind]).contents)
    yield from (item.text for item in pool)


def sentence(tokens: Iterable[str]) -> str:
    """Words as running text: a space between two, but for scripts that are written without.

    >>> sentence(["the", "boat"]), sentence(["河", "结冰"])
    ('the boat', '河结冰')
    """
    unspaced = in_scripts(*UNSPACED)
    parts = [token for token in tokens if token]
    later = [
        second if unspaced[ord(first[-1])] and unspaced[ord(second[0])] else f" {second}"
        for first, second in pairwise(parts)
    ]
    return "".join([*parts[:1], *later])


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text.strip()))
