"""Unlabelled text of a source."""

from pathlib import Path

import polars as pl
import pytest

from ingest import catalog
from ingest.corpus import corpus, sentence
from ingest.source import open_source


def test_a_table_of_text_comes_before_the_benchmarks(tmp_path: Path) -> None:
    folder = tmp_path / "text" / "train"
    folder.mkdir(parents=True)
    pl.DataFrame({"text": ["eins", "zwei", " ", "drei", "eins"]}).write_parquet(folder / "de.parquet")
    source = open_source(tmp_path)
    assert corpus(source, "de", 10) == ["eins", "zwei", "drei"]
    assert set(corpus(source, "de", 2)) < {"eins", "zwei", "drei"}
    assert corpus(source, "fr", 10) == []


def test_texts_of_benchmarks_are_never_those_that_are_measured(mirror: Path) -> None:
    source = open_source(mirror)
    found = set(corpus(source, "sw", 3000))
    assert len(found) > 1000
    xnli = catalog.task("xnli")
    measured = {text for pair in xnli.read(source, "test", "sw") for text in (pair.first, pair.second)}  # type: ignore[union-attr]
    dev = {text for pair in xnli.read(source, "validation", "sw") for text in (pair.first, pair.second)}  # type: ignore[union-attr]
    assert not found & (measured - dev)


@pytest.mark.parametrize(
    ("words", "text"),
    [(["a", "b"], "a b"), (["สวัสดี", "ครับ"], "สวัสดีครับ"), (["OK", "河"], "OK 河"), ([], "")],
)
def test_words_become_running_text(words: list[str], text: str) -> None:
    assert sentence(words) == text
