"""Lists of misspellings, read from a mirror."""

from pathlib import Path

import polars as pl
import pytest

from ingest.misspellings import misspellings
from ingest.one_text import perturb_text
from tests.ingest.any_text import load


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "noise" / "word_pairs"
    folder.mkdir(parents=True)
    pairs = [
        ("nach", "Nach", 32),
        ("Nach", "nahc", 2),
        ("weil", "wiel", 1),
        ("im", "i m", 9),
        ("und", "und", 5),
    ]
    pl.DataFrame(pairs, schema=["correct", "noisy", "count"], orient="row").write_parquet(
        folder / "de.parquet"
    )
    monkeypatch.setenv("XTB_DATA", str(tmp_path))


@pytest.mark.usefixtures("listed")
def test_pairs_of_single_words_that_differ_in_more_than_case_are_read() -> None:
    assert misspellings("de") == {"nach": [("nahc", 2.0)], "weil": [("wiel", 1.0)]}
    assert misspellings("yo") == {}


@pytest.mark.usefixtures("listed")
def test_every_edit_changes_its_word_and_keeps_its_case() -> None:
    for seed in range(20):
        done = perturb_text("Nach und nach", load("misspelling"), severity=5, language="de", seed=seed)
        assert done.text in ("Nahc und nach", "Nach und nahc")
        assert (done.edits, done.eligible) == (1, 2)
