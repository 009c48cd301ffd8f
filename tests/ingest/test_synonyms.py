"""Synonyms by pivoting, on a lexicon small enough to count by hand."""

from pathlib import Path

import polars as pl
import pytest

from ingest import lexicon
from ingest.example import Retrieval
from ingest.perturbation import perturb
from ingest.synonyms import synonyms
from tests.ingest.any_text import load

# "car" and "auto" share a translation in six of eight languages, "car" and "boat" in four of eight;
# in "l7" the three words are different.
WORDS = {f"l{at}": {"car": "kara", "auto": "kara"} for at in range(6)}
WORDS |= {"l6": {"car": "xx", "auto": "yy"}, "l7": {"car": "bilen", "auto": "vagn", "boat": "farkost"}}
for at in range(2, 6):
    WORDS[f"l{at}"]["boat"] = "kara"


@pytest.fixture
def pivots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = [(code, english, word) for code, words in WORDS.items() for english, word in words.items()]
    file = tmp_path / lexicon.FILE
    file.parent.mkdir(parents=True)
    pl.DataFrame(rows, schema=["lang", "english", "translation"], orient="row").write_parquet(file)
    monkeypatch.setenv("XTB_DATA", str(tmp_path))
    return tmp_path


def test_the_probability_is_bannards_and_callison_burchs(pivots: Path) -> None:
    # p(auto | car) = (2 languages x 1/2 + 4 x 1/3) / 8; boat is shared by four languages, too few.
    assert synonyms("en")["car"] == (("auto", pytest.approx((2 / 2 + 4 / 3) / 8)),)
    assert "boat" not in synonyms("en")


def test_other_languages_get_theirs_through_their_own_translations(pivots: Path) -> None:
    assert [word for word, _ in synonyms("l7")["bilen"]] == ["vagn"]
    assert synonyms("l0") == {}  # there, the two are one word
    assert synonyms("qq") == {}


def test_words_are_replaced_and_case_is_kept(pivots: Path) -> None:
    query = [Retrieval(id="1", query="Car by car, 4 CAR now.", positives=())]
    done = perturb(query, load("synonym_pivot"), severity=5, language="en", seed=0)
    assert done.eligible == [3]
    changed = done.examples[0]
    assert isinstance(changed, Retrieval)
    assert sum(word in changed.query for word in ("Auto", "auto", "AUTO")) == done.edits[0] == 2


def test_without_a_lexicon_it_does_not_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XTB_DATA", raising=False)
    query = [Retrieval(id="1", query="car", positives=())]
    done = perturb(query, load("synonym_pivot"), severity=5, language="en", seed=0)
    assert done.not_applicable == "synonym_pivot has no lexicon for en under $XTB_DATA/noise/lexicon"
