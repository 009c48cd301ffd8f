"""Releases turned into mirror files, and read back as tasks."""

import json
from pathlib import Path

import pytest

from ingest import catalog
from ingest.convert import bucc2018, ccgbank, mewslix
from ingest.dataset import Dataset
from ingest.errors import BadData, MissingData
from ingest.source import open_source


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def bucc(folder: Path, gold: str = "de-2\ten-1\n") -> None:
    for part in ("training", "sample"):
        put(folder / "de-en" / f"de-en.{part}.de", "de-1\tHallo.\nde-2\tIch gehe.\n")
        put(folder / "de-en" / f"de-en.{part}.en", "en-1\tI go.\nen-2\tRain.\n")
        put(folder / "de-en" / f"de-en.{part}.gold", gold)


def test_bucc_reads_back_with_most_queries_unanswered(tmp_path: Path) -> None:
    bucc(tmp_path / "raw")
    assert len(bucc2018.convert(tmp_path / "raw", tmp_path / "mirror")) == 4
    task, source = catalog.task("bucc2018"), open_source(tmp_path / "mirror")
    assert task.available(source, "test") == ("de",)
    assert [item.positives for item in task.read(source, "test", "de")] == [(), ("en-1",)]  # type: ignore[union-attr]
    assert task.pool is not None
    assert [item.text for item in task.pool(source, "validation", "de")] == ["I go.", "Rain."]


def test_bucc_gold_without_its_sentence_is_refused(tmp_path: Path) -> None:
    bucc(tmp_path, gold="de-9\ten-1\n")
    with pytest.raises(BadData, match=r"\.gold names sentences"):
        bucc2018.convert(tmp_path, tmp_path / "mirror")


def test_no_bucc_files_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="no files like de-en"):
        bucc2018.convert(tmp_path, tmp_path / "mirror")


TEXT = "Rain fell. The {old} verdict came for\nSmith, who left. Later."
SENTENCES = [{"start": 0, "end": 10}, {"start": 11, "end": 54}, {"start": 55, "end": 61}]
ENTITY = {
    "entity_id": "Q1",
    "description": "A town.  It is old. More.",
    "sentence_spans": [{"start": 0, "end": 7}, {"start": 9, "end": 19}],
}


def release(folder: Path, start: int = 38) -> None:
    context = {"language": "de", "text": TEXT, "sentence_spans": SENTENCES}
    span = {"start": start, "end": start + 5, "text": "Smith"}
    mention = {"example_id": "m1", "mention_span": span, "entity_id": "Q1"}
    pair = {"contextual_mention": {"context": context, "mention": mention}, "entity": ENTITY}
    put(folder / "candidate_set_entities.jsonl", json.dumps(ENTITY) + "\n")
    for part in ("train", "dev"):
        put(folder / f"wikipedia_pairs-{part}.jsonl", json.dumps(pair) + "\n")
    for part in ("dev", "test"):
        put(
            folder / f"wikinews_mentions-{part}.jsonl",
            json.dumps({"context": context, "mentions": [mention]}) + "\n",
        )


def test_mewslix_texts_are_those_of_the_baseline(tmp_path: Path) -> None:
    release(tmp_path / "raw")
    mewslix.convert(tmp_path / "raw", tmp_path / "mirror")
    source = open_source(tmp_path / "mirror")
    tables: dict[str, tuple[Dataset, ...]] = dict(catalog.task("mewslix").data)
    mentions, entities = tables["test"]
    with pytest.raises(BadData, match="has 1 rows, the benchmark has 1,551"):
        source.table(mentions, "test", "de")
    with pytest.raises(BadData, match="has 1 rows, the benchmark has 1,003,893"):
        source.table(entities, "test", "de")
    import polars as pl

    home = tmp_path / "mirror" / "mewslix"
    row = pl.read_parquet(home / "test" / "de.parquet").row(0)
    assert row == ("m1", "Smith: The (old) verdict came for { Smith } , who left.", ["Q1"])
    assert pl.read_parquet(home / "candidates.parquet").rows() == [("Q1", "A town. It is old.")]
    assert pl.read_parquet(home / "train" / "en_entities.parquet").rows() == [("Q1", "A town. It is old.")]


def test_a_mention_outside_its_sentences_is_refused(tmp_path: Path) -> None:
    release(tmp_path, start=39)
    with pytest.raises(BadData, match="mention m1"):
        mewslix.convert(tmp_path, tmp_path / "mirror")


def test_a_missing_file_of_the_release_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"candidate_set_entities\.jsonl"):
        mewslix.convert(tmp_path, tmp_path / "mirror")


AUTO = (
    "ID=wsj_0001.1 PARSER=GOLD NUMPARSE=1\n"
    "(<T S[dcl] 0 2> (<L NP NNP NNP Vinken NP>) (<L S[dcl]\\NP VBZ VBZ left S[dcl]\\NP_1>) )\n"
)


def test_ccgbank_gives_words_and_categories_and_labels_from_its_training_part(tmp_path: Path) -> None:
    for section in ("00", "02", "21", "23", "24"):
        put(tmp_path / "raw" / "AUTO" / section / "wsj_0001.auto", AUTO)
    other = AUTO.replace("<L NP", "<L N/N").replace("0001.1", "0002.1")
    put(tmp_path / "raw" / "AUTO" / "23" / "wsj_0002.auto", other)
    assert len(ccgbank.convert(tmp_path / "raw", tmp_path / "mirror")) == 3
    source = open_source(tmp_path / "mirror")
    task = catalog.task("ccg").on(source)
    assert task.labels == ("NP", "S[dcl]\\NP")
    assert [len(task.read(source, split, "en")) for split in ("validation", "test")] == [1, 2]
    first, second = task.read(source, "test", "en")
    assert (first.tokens, first.tags) == (("Vinken", "left"), ("NP", "S[dcl]\\NP"))  # type: ignore[union-attr]
    assert second.tags[0] == "N/N"  # type: ignore[union-attr]  # not among the labels: it can only be missed


def test_ccgbank_without_its_files_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"LDC2005T13.*ud_supertag"):
        ccgbank.convert(tmp_path, tmp_path / "mirror")
    with pytest.raises(MissingData, match=r"LDC2005T13.*ingest\.convert\.ccgbank"):
        catalog.task("ccg").on(open_source(tmp_path))


def test_a_line_that_is_no_derivation_is_named(tmp_path: Path) -> None:
    put(tmp_path / "AUTO" / "00" / "wsj_0001.auto", "Pierre Vinken\n")
    with pytest.raises(BadData, match=r"wsj_0001\.auto line 1"):
        ccgbank.convert(tmp_path, tmp_path / "mirror")
