"""Parallel files: whole texts first, then sentence by sentence; the cache keeps what was made."""

from pathlib import Path

import polars as pl
import pytest

from ingest.errors import BadData, MissingData
from xtb.translate.choose import identity, open_translator
from xtb.translate.parallel import Cache, Parallel, joined


def silent(done: int, total: int) -> None:
    """Hears nothing."""


def write(folder: Path, language: str, pairs: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    frame = pl.DataFrame({"source": list(pairs), "translation": list(pairs.values())})
    frame.write_parquet(folder / f"{language}.parquet")
    return folder


def test_a_text_is_looked_up_whole_and_else_by_its_sentences(tmp_path: Path) -> None:
    known = {"He came. She left.": "ganz", "He came.": "Er kam.", "Why?": "Warum?", "empty": " "}
    says = Parallel(write(tmp_path / "files", "de", known))
    texts = ["He came. She left.", "He came. Why?", "He came. Nobody knew.", "empty"]
    assert says.translate(texts, "de", silent) == ["ganz", "Er kam. Warum?", None, None]


def test_chinese_sentences_are_joined_without_a_space() -> None:
    assert (joined(["一。", "二。"], "zh"), joined(["a.", "b."], "de")) == ("一。二。", "a. b.")
    assert joined(["a.", None], "de") is None


def test_a_language_without_a_file_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    says = Parallel(write(tmp_path / "files", "de", {"a": "b"}))
    with pytest.raises(MissingData, match=r"no translations into 'sw'.*there are: de"):
        says.translate(["a"], "sw", silent)


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"english": ["a"]}).write_parquet(tmp_path / "de.parquet")
    with pytest.raises(BadData, match="cannot be read as translations"):
        Parallel(tmp_path).translate(["a"], "de", silent)


def test_the_identity_follows_the_content_and_a_change_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "files", "de", {"a": "b"})
    before = identity(str(folder))
    assert before == identity(str(write(tmp_path / "copy", "de", {"a": "b"})))
    write(folder, "de", {"a": "c"})
    assert identity(str(folder)) != before
    with pytest.raises(Exception, match="changed"):
        open_translator(str(folder), before, "cpu")


def test_the_cache_keeps_pairs_by_language_and_drops_damaged_files(tmp_path: Path) -> None:
    Cache(tmp_path).add("de", {"a": "b"})
    Cache(tmp_path).add("de", {"c": "d", "e": ""})
    assert Cache(tmp_path).known("de") == {"a": "b", "c": "d", "e": ""}  # what gave nothing is known too
    assert Cache(tmp_path).known("sw") == {}
    for path in (tmp_path / "de").iterdir():
        path.write_bytes(b"no parquet")
    assert Cache(tmp_path).known("de") == {}
