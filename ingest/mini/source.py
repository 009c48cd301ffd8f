"""The built-in benchmark as a data source, and the shape that its task files share."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Any, cast

import polars as pl

from ingest.dataset import Dataset, Shape
from ingest.errors import MissingData
from ingest.mini import choice, nli, paraphrase, reading, retrieval, tagging
from ingest.mini.concepts import SPLITS, Split
from ingest.mini.languages import LANGUAGES

_Rows = Callable[[Split, str], list[dict[str, object]]]
_ROWS: Mapping[str, _Rows] = {
    "mini_nli": nli.rows,
    "mini_para": paraphrase.rows,
    "mini_copa": choice.rows,
    "mini_pos": partial(tagging.rows, named=False),
    "mini_ner": partial(tagging.rows, named=True),
    "mini_qa": reading.rows,
    "mini_retrieval": retrieval.rows,
    "mini_retrieval_pool": lambda split, _: retrieval.pool(split),
}
_TEXT: pl.DataType = pl.String()
_LIST: pl.DataType = pl.List(pl.String)
_INDEX: pl.DataType = pl.Int64()
_SCHEMAS: Mapping[Shape, pl.Schema] = {
    "pair": pl.Schema({"id": _TEXT, "first": _TEXT, "second": _TEXT, "label": _INDEX}),
    "choice": pl.Schema(
        {"id": _TEXT, "context": _TEXT, "question": _TEXT, "options": _LIST, "label": _INDEX}
    ),
    "tags": pl.Schema({"id": _TEXT, "tokens": _LIST, "tags": _LIST}),
    "span": pl.Schema(
        {
            "id": _TEXT,
            "context": _TEXT,
            "question": _TEXT,
            "answers_text": _LIST,
            "answers_start": pl.List(_INDEX),
        }
    ),
    "retrieval": pl.Schema({"id": _TEXT, "query": _TEXT, "positives": _LIST}),
    "pool": pl.Schema({"id": _TEXT, "text": _TEXT}),
}


class MiniSource:
    """Serves the tables of the ``mini_*`` tasks; makes them on demand and keeps them in memory."""

    @property
    def name(self) -> str:
        """``mini:`` and a fingerprint of the generator, so that another generator is another source."""
        return f"mini:{fingerprint()}"

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        """Is this one of the built-in tables?"""
        return dataset.name in _ROWS and split in SPLITS and language in LANGUAGES

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        """One split and language with the columns of the data set's shape.

        Raises:
            MissingData: not one of the built-in tables.
        """
        if not self.has(dataset, split, language):
            raise MissingData(
                f"the built-in benchmark has no {dataset.name}/{split}/{language}. "
                f"It has {', '.join(_ROWS)} in {', '.join(LANGUAGES)}; for others give --data DIR"
            )
        return _table(dataset.name, dataset.shape, cast(Split, split), language)


@lru_cache(maxsize=256)
def _table(name: str, shape: Shape, split: Split, language: str) -> pl.DataFrame:
    return pl.DataFrame(_ROWS[name](split, language), schema=_SCHEMAS[shape])


@cache
def fingerprint() -> str:
    """Twelve hexadecimal digits of a hash over the generator's own source files."""
    digest = hashlib.sha256()
    for file in sorted(files("ingest.mini").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".py"):
            content: Any = file.read_bytes().replace(b"\r\n", b"\n")
            digest.update(file.name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:12]
