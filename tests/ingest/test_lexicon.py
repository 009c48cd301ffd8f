"""The lexicon of a mirror, its absence, and the letters that are counted without it."""

from pathlib import Path

import polars as pl
import pytest

from ingest.catalog import perturbation
from ingest.lexicon import FILE, attested, translations
from ingest.one_text import perturb_text


@pytest.fixture
def lexicon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    rows = [
        ("de", "house", "Haus"),
        ("de", "the red", "rote"),
        ("de", "hand", "hand"),
        ("sw", "house", "nyumba"),
    ]
    pl.DataFrame(rows, schema=["lang", "english", "translation"], orient="row").write_parquet(tmp_path / FILE)
    monkeypatch.setenv("XTB_DATA", str(tmp_path))


@pytest.mark.usefixtures("lexicon")
def test_single_words_that_differ_are_translated_both_ways() -> None:
    assert translations("de") == {"haus": ("house",)}
    assert translations("en") == {"house": ("haus", "nyumba")}
    assert translations("fi") == {}


@pytest.mark.usefixtures("lexicon")
def test_code_mix_keeps_the_capital() -> None:
    assert perturb_text("Haus", perturbation("code_mix"), severity=5, language="de", seed=1).text == "House"


def test_without_a_mirror_code_mix_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XTB_DATA", raising=False)
    done = perturb_text("Haus", perturbation("code_mix"), severity=5, language="de", seed=1)
    assert done.text == "Haus"
    assert done.not_applicable is not None
    assert "XTB_DATA" in done.not_applicable


def test_accented_letters_are_those_of_the_language() -> None:
    assert {"é", "è", "ç"} <= set(attested("fr"))
    assert "ő" not in attested("fr")
    assert "ő" in attested("hu")
    assert set(attested("fr")) < set(attested("unknown"))
