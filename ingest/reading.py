"""From a table to examples, one function a shape: what every task's ``read`` is made of.

Each takes the data set and gives a function of source, split and language. What does not fit the
shape (a label that is none, an answer that is not in its context) is refused here, once, whatever the
source.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl

from ingest.dataset import Dataset
from ingest.errors import BadData
from ingest.example import Answer, Candidate, Choice, Pair, Retrieval, Span, Tags
from ingest.source import Source


def pairs(dataset: Dataset, labels: Sequence[str]) -> Callable[[Source, str, str], list[Pair]]:
    """Reads two texts and a label; labels may be stored as names or as indices."""

    def read(source: Source, split: str, language: str) -> list[Pair]:
        table = _table(source, dataset, split, language)
        numbers = _labels(table, labels, _where(dataset, split, language))
        return [
            Pair(id=identity, first=first, second=second, label=label)
            for (identity, first, second), label in zip(
                _rows(table, "id", "first", "second"), numbers, strict=True
            )
        ]

    return read


def choices(dataset: Dataset, options: int) -> Callable[[Source, str, str], list[Choice]]:
    """Reads a context, a question, ``options`` options and the index of the right one."""

    def read(source: Source, split: str, language: str) -> list[Choice]:
        table, where = _table(source, dataset, split, language), _where(dataset, split, language)
        _refuse(table, pl.col("options").list.len() != options, f"have other than {options} options", where)
        numbers = _labels(table, [str(number) for number in range(options)], where)
        rows = _rows(table, "id", "context", "question", "options")
        return [
            Choice(id=identity, context=context, question=question, options=tuple(texts), label=label)
            for (identity, context, question, texts), label in zip(rows, numbers, strict=True)
        ]

    return read


def tagged(dataset: Dataset, tags: Sequence[str] | None) -> Callable[[Source, str, str], list[Tags]]:
    """Reads words with one tag each, all of them among ``tags``; None lets any tag be."""

    def read(source: Source, split: str, language: str) -> list[Tags]:
        table, where = _table(source, dataset, split, language), _where(dataset, split, language)
        words, marks = pl.col("tokens").list, pl.col("tags").list
        _refuse(
            table, (words.len() == 0) | (words.len() != marks.len()), "have not one tag for each word", where
        )
        if tags is not None:
            known = marks.eval(pl.element().is_in(list(tags)).fill_null(False)).list.all()
            _refuse(table, ~known, f"have tags other than {', '.join(tags)}", where)
        return [
            Tags(id=identity, tokens=tuple(tokens), tags=tuple(found))
            for identity, tokens, found in _rows(table, "id", "tokens", "tags")
        ]

    return read


def spans(dataset: Dataset) -> Callable[[Source, str, str], list[Span]]:
    """Reads questions with answers, each of which must stand in the context at its code point."""

    def read(source: Source, split: str, language: str) -> list[Span]:
        table, where = _table(source, dataset, split, language), _where(dataset, split, language)
        texts, starts = pl.col("answers_text").list, pl.col("answers_start").list
        _refuse(table, texts.len() != starts.len(), "have not one start for each answer", where)
        rows = _rows(table, "id", "context", "question", "answers_text", "answers_start")
        return [_span(*values, where=where) for values in rows]

    return read


def queries(dataset: Dataset) -> Callable[[Source, str, str], list[Retrieval]]:
    """Reads queries with the ids of the candidates that answer them."""

    def read(source: Source, split: str, language: str) -> list[Retrieval]:
        table = _table(source, dataset, split, language)
        return [
            Retrieval(id=identity, query=query, positives=tuple(positives))
            for identity, query, positives in _rows(table, "id", "query", "positives")
        ]

    return read


def candidates(dataset: Dataset) -> Callable[[Source, str, str], list[Candidate]]:
    """Reads a retrieval pool."""

    def read(source: Source, split: str, language: str) -> list[Candidate]:
        table = _table(source, dataset, split, language)
        return [Candidate(id=identity, text=text) for identity, text in _rows(table, "id", "text")]

    return read


def _where(dataset: Dataset, split: str, language: str) -> str:
    return f"{dataset.name} {split} '{language}'"


def _table(source: Source, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
    """The table with string ids, all different, and no missing value."""
    table = source.table(dataset, split, language).with_columns(pl.col("id").cast(pl.String))
    where = _where(dataset, split, language)
    _refuse(table, pl.any_horizontal(pl.all().is_null()), "lack a value", where)
    _refuse(table, pl.col("id").is_duplicated(), "share their id", where)
    return table


def _labels(table: pl.DataFrame, names: Sequence[str], where: str) -> list[int]:
    """The labels as indices into ``names``, whether stored as such or as names."""
    label = pl.col("label")
    if table.schema["label"] == pl.String:
        indices = {name: index for index, name in enumerate(names)}
        label = label.replace_strict(indices, default=None, return_dtype=pl.Int64)
    else:
        label = label.cast(pl.Int64)
    wrong = label.is_null() | (label < 0) | (label >= len(names))
    _refuse(table, wrong, f"have a label other than {', '.join(names)}", where)
    numbers: list[int] = table.select(label).to_series().to_list()
    return numbers


def _rows(table: pl.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The values of some columns, row by row: three times faster than ``iter_rows`` where there are lists."""
    return zip(*(table[column].to_list() for column in columns), strict=True)


def _span(
    identity: str, context: str, question: str, texts: Sequence[str], starts: Sequence[int], *, where: str
) -> Span:
    answers = tuple(Answer(text=text, start=start) for text, start in zip(texts, starts, strict=True))
    for answer in answers:
        found = context[max(answer.start, 0) : answer.start + len(answer.text)]
        if not answer.text or answer.start < 0 or found != answer.text:
            raise BadData(
                f"{where}: the answer '{answer.text}' of {identity} is not at code point {answer.start} "
                f"of its context, where there is '{found}'"
            )
    return Span(id=identity, context=context, question=question, answers=answers)


def _refuse(table: pl.DataFrame, wrong: pl.Expr, what: str, where: str) -> None:
    """Raise BadData when a condition holds anywhere, with the number of rows and the first one's id."""
    rows = table.filter(wrong)
    if rows.height:
        raise BadData(
            f"{where}: {rows.height:,} of {table.height:,} rows {what}, the first is {rows['id'][0]}"
        )
