"""Mewsli-X as a mirror: ``python -m ingest.convert.mewslix FOLDER MIRROR``.

FOLDER holds the release's ``candidate_set_entities.jsonl``, ``wikipedia_pairs-{train,dev}.jsonl`` and
``wikinews_mentions-{dev,test}.jsonl``. Texts are written as XTREME-R's baseline gives them to the encoder
(google-research/xtreme@838c13b third_party/utils_mewslix.py): a mention is "Smith: ... for { Smith } ..."
with the one sentence it stands in; an entity is the sentences of its description.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ingest.errors import BadData, MissingData

Json = dict[str, Any]
QUERIES = {"id": pl.String, "query": pl.String, "positives": pl.List(pl.String)}
ENTITIES = {"id": pl.String, "text": pl.String}


def convert(folder: Path, mirror: Path) -> list[Path]:
    """Write all files of the mirror; gives their paths.

    Raises:
        MissingData: a file of the release is missing.
        BadData: a line is not what the release has.
    """
    home = mirror / "mewslix"
    entities = [_entity(line) for line in _lines(folder / "candidate_set_entities.jsonl")]
    written = [_write(home / "candidates.parquet", entities, ENTITIES)]
    for part, split in (("train", "train"), ("dev", "validation")):
        queries, paired = [], {}
        for line in _lines(folder / f"wikipedia_pairs-{part}.jsonl"):
            mention, entity = line["contextual_mention"], _entity(line["entity"])
            queries.append(_query(mention["context"], mention["mention"]))
            paired[entity["id"]] = entity
        written.append(_write(home / split / "en.parquet", queries, QUERIES))
        written.append(_write(home / split / "en_entities.parquet", list(paired.values()), ENTITIES))
    for split in ("dev", "test"):
        by_language: dict[str, list[Json]] = {}
        for line in _lines(folder / f"wikinews_mentions-{split}.jsonl"):
            rows = by_language.setdefault(line["context"]["language"], [])
            rows += [_query(line["context"], mention) for mention in line["mentions"]]
        for language, rows in by_language.items():
            written.append(_write(home / split / f"{language}.parquet", rows, QUERIES))
    return written


def _query(context: Json, mention: Json) -> Json:
    start, end = mention["mention_span"]["start"], mention["mention_span"]["end"]
    around = [s for s in context["sentence_spans"] if s["start"] <= start and end <= s["end"]]
    if not around or context["text"][start:end] != mention["mention_span"]["text"]:
        raise BadData(
            f"mention {mention['example_id']} of Mewsli-X does not stand in a sentence of its context"
        )
    name = context["text"][start:end]
    left = _without_braces(context["text"][around[0]["start"] : start])
    right = _without_braces(context["text"][end : around[0]["end"]])
    return {
        "id": mention["example_id"],
        "query": _one_line(f"{name}: {left} {{ {name} }} {right}"),
        "positives": [mention["entity_id"]],
    }


def _entity(entity: Json) -> Json:
    text = entity["description"]
    sentences = " ".join(text[span["start"] : span["end"]] for span in entity["sentence_spans"])
    return {"id": entity["entity_id"], "text": _one_line(sentences)}


def _without_braces(text: str) -> str:
    """Braces mark the mention, so those of the text become parentheses."""
    return re.sub(r"\{(.*?)\}", r"(\1)", text)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()).replace("  ", " ").strip()


def _lines(path: Path) -> Iterator[Json]:
    if not path.is_file():
        raise MissingData(f"{path} of the Mewsli-X release is missing")
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise BadData(f"{path} line {number} is no JSON object") from error


def _write(path: Path, rows: list[Json], schema: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=schema).write_parquet(path, compression="zstd")
    return path


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
