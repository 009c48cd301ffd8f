"""Where a benchmark lies, on the hub and in a mirror, and how its columns become those of its shape.

A task file states one ``Dataset`` (or a few) and leaves the reading to ``ingest.source``: all places
are mapped to the same columns, so everything above never knows where rows came from.

Shapes and their columns (``COLUMNS``):

    pair       id, first, second, label            label: an index into the labels, or a label's name
    choice     id, context, question, options, label
    tags       id, tokens, tags                     tags by name
    span       id, context, question, answers_text, answers_start
    retrieval  id, query, positives
    pool       id, text

Expressions may also use two columns that every source adds: ``row`` (position in the table) and
``file`` (name of the file without its ending).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from ingest.errors import BadData

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
        revision: a commit, or a branch that ``ingest.pins`` resolves to a commit once.
        converted: files lie as in the branch ``CONVERTED``; else the dataset card says where.
        splits: our split name -> theirs, where they differ.
        codes: our language code -> theirs, where they differ.
        columns: how their columns become those of the shape.
        names: class names of integer columns, in order; read as names, and checked against the card.
        keep: rows of one split and language, where a configuration mixes several.
        rows: (split, language) -> rows after ``keep``; a table of another size is refused.
        languages: languages it holds, where ``rows`` does not say.
        drop: rows to leave out after the count.
    """

    repo: str
    config: str = "default"
    revision: str = "main"
    converted: bool = False
    splits: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    columns: Columns
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep: Callable[[str], pl.Expr] | None = None
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    drop: pl.Expr | None = None

    def holds(self, split: str, language: str) -> bool:
        """Is this table declared to be there?"""
        if self.rows:
            return (split, language) in self.rows
        return not self.languages or language in self.languages

    def config_of(self, language: str) -> str:
        """The configuration that holds a language."""
        return self.config.format(code=self.codes.get(language, language))

    def split_of(self, split: str) -> str:
        """Their name of a split."""
        return self.splits.get(split, split)

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
        splits: our split name -> theirs, where they differ.
        codes: our language code -> theirs, where they differ.
        columns: how their columns become those of the shape.
        rows: (split, language) -> rows; without it the sizes on the hub hold.
        drop: rows to leave out after the count.
    """

    folder: str
    files: str = "{split}/{code}.parquet"
    splits: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    columns: Columns
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    drop: pl.Expr | None = None

    def pattern(self, split: str, language: str) -> str:
        """Path pattern of one split and language, relative to the mirror."""
        names = {"split": self.splits.get(split, split), "code": self.codes.get(language, language)}
        return f"{self.folder}/{self.files.format(**names)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A table of a benchmark: its name, its shape, and the places that hold it.

    ``hub`` lists several repositories where no single one has all languages; the first that holds
    a table is read. Empty, or ``mirror`` None: that place does not have it. The built-in benchmark
    has neither. ``obtain`` says where people get what is on no hub.
    """

    name: str
    shape: Shape
    hub: tuple[Hub, ...] = ()
    mirror: Mirror | None = None
    obtain: str = ""

    def hub_for(self, split: str, language: str) -> Hub | None:
        """The repository that holds a table, if one is declared to."""
        return next((hub for hub in self.hub if hub.holds(split, language)), None)

    def size(self, split: str, language: str) -> int | None:
        """Rows of the benchmark's own release, None where that is not stated."""
        key = (split, language)
        if not self.hub:
            return self.mirror.rows.get(key) if self.mirror else None
        return next((hub.rows[key] for hub in self.hub if key in hub.rows), None)


def shaped(
    frame: pl.DataFrame,
    dataset: Dataset,
    columns: Columns,
    where: str,
    *,
    rows: int | None = None,
    drop: pl.Expr | None = None,
    hint: str = "",
) -> pl.DataFrame:
    """The columns of the data set's shape, after the size was checked.

    Args:
        frame: rows as the place stores them, with ``row`` and ``file``.
        columns: how they become the shape's.
        where: the table's name in messages.
        rows: declared size, None where it is not known.
        drop: rows to leave out, after the count.
        hint: what to do about another size.

    Raises:
        BadData: another size, or columns that are not there.
    """
    if rows is not None and frame.height != rows:
        raise BadData(f"{where} has {frame.height:,} rows, the benchmark has {rows:,}. {hint}")
    chosen = {name: columns[name] for name in COLUMNS[dataset.shape]}
    wanted = {name: pl.col(column) if isinstance(column, str) else column for name, column in chosen.items()}
    try:
        if drop is not None:
            frame = frame.filter(drop.not_())
        return frame.select(**wanted)
    except (pl.exceptions.PolarsError, TypeError) as error:
        line = str(error).splitlines()[0]
        raise BadData(
            f"{where} has the columns {', '.join(frame.columns)}, which are not those expected: {line}"
        ) from error
