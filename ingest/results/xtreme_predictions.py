"""Predictions in the layout that XTREME's evaluate.py reads: ``<task>/<split>-<language>`` with an ending.

By kind (google-research/xtreme@838c13b evaluate.py):

    pair        .tsv: a label a line (PAWS-X: its index)
    choice      .jsonl: a JSON object a line, with ``label``
    tags        .tsv: a tag a line, an empty line after each sentence
    span        .json: one object, question id -> answer
    retrieval   .tsv: the nearest sentence's id a line (Tatoeba); ``query<tab>sentence`` a line (BUCC);
                .json: one object, query id -> ranked ids (Mewsli-X, and LAReQA in the same way)

In memory a prediction is text as the warehouse keeps it: a label's name, an option's index, tags or ids
parted by spaces, an answer. PAWS-X has 2,000 lines; those of sentences that were not translated, which
are not scored here, are written as 0, their label in the official files, and not read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import catalog
from ingest.errors import BadData, MissingData
from ingest.results import files
from ingest.results.values import text as sound
from ingest.task import Task
from warehouse.render import visible

NUMBERED = ("pawsx",)
"""Tasks whose labels are written as indices."""

LINES = {"pawsx": 2_000}
"""Lines of a file that has more than the examples scored; the id of an example is its line, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionFile:
    """One file of predictions."""

    path: Path
    task: str
    split: str
    language: str


def find(folder: Path) -> list[PredictionFile]:
    """The files of a folder of predictions, by task and name.

    Raises:
        MissingData: there are none.
        BadData: one is a link out of the folder.
        UnknownName: a folder is no task.
    """
    found = []
    for path in sorted(path for path in folder.glob("*/*-*") if path.suffix in (".tsv", ".json", ".jsonl")):
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BadData(f"{path} is a link out of {folder}, which is not followed")
        split, _, language = path.stem.partition("-")
        name = catalog.task(path.parent.name).name
        found.append(PredictionFile(path=path, task=name, split=split, language=language))
    if not found:
        raise MissingData(f"no predictions like xnli/test-de.tsv below {folder}")
    return found


def file_of(folder: Path, task: Task, split: str, language: str) -> Path:
    """Where the predictions of one cell lie."""
    ending = "json" if _named(task) else "jsonl" if task.kind == "choice" else "tsv"
    return folder / task.name / f"{split}-{language}.{ending}"


def write(path: Path, task: Task, predictions: Mapping[str, str]) -> None:
    """Write one file.

    Args:
        path: from ``file_of``; folders are made.
        task: says how.
        predictions: example id -> prediction, in the benchmark's order.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(task, predictions), encoding="utf-8")


def read(path: Path, task: Task, ids: Sequence[str]) -> list[str]:
    """The predictions of examples, in their order.

    Args:
        path: one file.
        task: says how.
        ids: of the examples that were to be predicted, in the benchmark's order.

    Raises:
        BadData: another number of predictions than examples, or a line that is none.
    """
    try:
        text = files.read_text(path)
        if _named(task):
            named = {key: _joined(value) for key, value in dict(json.loads(text)).items()}
        elif task.metric == "bucc_f1":
            lines = [line.split("\t", 1) for line in text.splitlines() if line]
            named = {line[0]: line[1] for line in lines}
        else:
            found = _in_order(path, task, _items(task, text), ids)
            return [sound(one, "a prediction") or "" for one in found]
        named = {key: sound(one, "a prediction") or "" for key, one in named.items()}
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        raise BadData(f"{path} holds no predictions of {task.name}: {error}") from error
    unknown = named.keys() - set(ids)
    if unknown:
        raise BadData(
            f"{path} predicts {len(unknown):,} examples that {task.name} has not, "
            f"such as {visible(min(unknown))[:60]}"
        )
    return [named.get(name, "") for name in ids]


def _named(task: Task) -> bool:
    """Does the file name each example?"""
    return task.kind == "span" or task.metric == "map_at_20"


def _joined(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _in_order(path: Path, task: Task, items: Sequence[str], ids: Sequence[str]) -> list[str]:
    if len(items) == LINES.get(task.name):
        items = [items[int(name) - 1] for name in ids]
    if len(items) != len(ids):
        raise BadData(f"{path} has {len(items):,} predictions, {task.name} has {len(ids):,} examples")
    if task.kind == "pair":
        names = {str(index): name for index, name in enumerate(task.labels)}
        return [names.get(item, item) for item in items]
    return list(items)


def _items(task: Task, text: str) -> list[str]:
    if task.kind == "choice":
        return [str(int(json.loads(line)["label"])) for line in text.splitlines() if line]
    if task.kind != "tags":
        return [line.split("\t")[0].strip() for line in text.splitlines()]
    sentences: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            sentences[-1].append(line.strip())
        else:
            sentences.append([])
    return [" ".join(tags) for tags in (sentences if sentences[-1] else sentences[:-1])]


def _text(task: Task, predictions: Mapping[str, str]) -> str:
    if task.kind == "span":
        return json.dumps(dict(predictions), ensure_ascii=False)
    if task.metric == "map_at_20":
        return json.dumps({name: ranked.split(" ") for name, ranked in predictions.items()})
    if task.metric == "bucc_f1":
        return "".join(f"{name}\t{found}\n" for name, found in predictions.items() if found)
    lines = list(predictions.values())
    if task.kind == "choice":
        lines = [json.dumps({"label": int(option)}) for option in lines]
    elif task.kind == "tags":
        lines = [tags.replace(" ", "\n") + "\n" for tags in lines]
    elif task.name in NUMBERED:
        lines = [str(task.labels.index(name)) for name in lines]
    if task.name in LINES:
        placed = dict(zip(map(int, predictions), lines, strict=True))
        lines = [placed.get(number, "0") for number in range(1, LINES[task.name] + 1)]
    return "".join(f"{line}\n" for line in lines)
