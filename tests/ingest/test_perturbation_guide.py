"""The page of perturbations is that of the catalogue."""

from pathlib import Path

import pytest

from ingest import catalog
from ingest.perturbation_guide import SENTENCES, escaped, example, page
from ingest.resources import rows
from tests.ingest.any_text import load

PAGE = Path(__file__).parents[2] / "docs" / "perturbations.md"


def test_the_page_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XTB_DATA", "/a/folder/that/is/not/there")  # a machine's data do not show
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run: python -m ingest.perturbation_guide > docs/perturbations.md"
    for name in catalog.perturbation_names():
        assert name == "clean" or f"| `{name}` |" in written
    assert "/tmp" not in written


def test_ten_scripts_are_shown() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("### char_delete\n")[1].split("###")[0]
    assert all(f"({code}): " in section for code in SENTENCES)


def test_what_nobody_sees_is_shown_by_number_and_markup_is_escaped() -> None:
    # The bare sign would open a tag.
    assert escaped("a\u2060b *c* [d]|<b>") == r"a\<U+2060\>b \*c\* \[d\]\|\<b\>"


def test_measured_reach_is_of_perturbations_and_languages_there_are() -> None:
    table = rows("reach.csv")
    assert {row["perturbation"] for row in table} <= set(catalog.perturbation_names())
    assert len({row["language"] for row in table}) >= 45
    rates = {
        row["language"]: float(row["edits_per_100_clusters"])
        for row in table
        if row["perturbation"] == "char_delete"
    }
    # A tenth of the clusters: somewhat less where many words are one cluster, which is never deleted (hi),
    # somewhat more where texts are so short that the one edit that each gets is more (zh).
    assert all(8.5 <= rate <= 12 for rate in rates.values())


def test_an_example_marks_the_edits_or_says_why_there_is_none() -> None:
    assert example(load("char_delete")).count("[-") > 0
    assert example(load("cross_language_pair")).startswith(
        "(cross_language_pair is not defined for retrieval"
    )
