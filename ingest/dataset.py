"""Where a benchmark lies, on the hub and in a mirror, and how its columns become those of its shape.

A task file states one ``Dataset`` (or a few) and leaves the reading to ``ingest.source``: both places
are mapped to the same columns, so everything above never knows where rows came from.

Shapes and their columns (``COLUMNS``):

    pair       id, first, second, label            label: an index into the labels, or a label's name
    choice     id, context, question, options, label
    tags       id, tokens, tags                     tags by name
    span       id, context, question, answers_text, answers_start
    retrieval  id, query, positives
    pool       id, text

Expressions may also use two columns that the source adds: ``row`` (position in the table) and
``file`` (name of the file without its ending).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

Shape = Literal["pair", "choice", "tags", "span", "retrieval", "pool"]
Columns = Mapping[str, str | pl.Expr]
"""Canonical column -> the column it comes from, or an expression."""

COLUMNS: Mapping[Shape, tuple[str, ...]] = {
    "pair": ("id", "first", "second", "label"),
    "choice": ("id", "context", "question", "options", "label"),
    "tags": ("id", "tokens", "tags"),
    "span": ("id", "context", "question", "answers_text", "answers_start"),
    "retrieval": ("id", "query", "positives"),
    "pool": ("id", "text"),
}

CONVERTED = "refs/convert/parquet"
"""The branch where the hub keeps its own Parquet conversion: ``<config>/<split>/*.parquet``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Where the rows lie on the Hugging Face hub.

    Attributes:
        repo: ``owner/name`` of the dataset repository.
        config: configuration, with ``{code}`` for the language.
        revision: a commit, or a branch that ``ingest.lock`` resolves to a commit once. With
            ``CONVERTED`` files are found by that branch's own layout, without a dataset card.
        splits: our split name -> theirs, where they differ.
        codes: our language code -> theirs, where they differ.
        columns: how their columns become those of the shape.
        keep: rows of one language, where a configuration mixes several or holds rows to leave out.
        rows: (split, language) -> rows after ``keep``; a table of another size is refused.
    """

    repo: str
    config: str = "default"
    revision: str = "main"
    splits: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    columns: Columns
    keep: Callable[[str], pl.Expr] | None = None
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def code(self, language: str) -> str:
        """Their name of a language."""
        return self.codes.get(language, language)

    def config_of(self, language: str) -> str:
        """The configuration that holds a language."""
        return self.config.format(code=self.code(language))

    @property
    def pinned(self) -> bool:
        """Does the revision name a commit?"""
        return re.fullmatch(r"[0-9a-f]{40}", self.revision) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """Where the rows lie below a mirror folder.

    Attributes:
        folder: folder of the data set.
        files: pattern below it, with ``{split}`` and ``{code}``; ``*`` joins several files by name.
        codes: our language code -> theirs, where they differ.
        columns: how their columns become those of the shape.
        keep: rows to keep.
    """

    folder: str
    files: str = "{split}/{code}.parquet"
    codes: Mapping[str, str] = field(default_factory=dict)
    columns: Columns
    keep: pl.Expr | None = None

    def pattern(self, split: str, language: str) -> str:
        """Path pattern of one split and language, relative to the mirror."""
        return f"{self.folder}/" + self.files.format(split=split, code=self.codes.get(language, language))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A table of a benchmark: its name, its shape, and the places that hold it.

    ``hub`` or ``mirror`` is None where that place does not have it; the built-in benchmark has neither.
    """

    name: str
    shape: Shape
    hub: Hub | None = None
    mirror: Mirror | None = None
