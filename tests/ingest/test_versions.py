"""Noise that comes as data."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from ingest import catalog
from ingest.errors import BadData
from ingest.example import Answer, Pair, Span, Tags
from ingest.perturbation import perturb
from ingest.source import open_source
from ingest.task import take
from ingest.versions import version

CLEAN = [
    Pair(id="1", first="the old man", second="he walked home", label=0),
    Pair(id="2", first="a", second="b", label=1),
]
NOISY = [
    Pair(id="2", first="a", second="b", label=1),
    Pair(id="1", first="teh old man", second="he walked hom", label=0),
]


def test_twins_are_found_by_id_and_words_counted() -> None:
    found = version(CLEAN, NOISY, "real_noise", 1)
    assert found.examples == NOISY[::-1]
    assert (found.changed, found.edits, found.eligible) == ([True, False], [2, 0], [6, 2])


def test_a_sample_of_the_clean_ones_is_enough() -> None:
    assert version(CLEAN[:1], NOISY, "real_noise", 1).examples == NOISY[1:]


def test_there_is_one_degree() -> None:
    found = version(CLEAN, NOISY, "real_noise", 3)
    assert found.examples == CLEAN
    assert "severity 1 alone" in (found.not_applicable or "")


def test_a_lost_twin_and_another_label_are_refused() -> None:
    with pytest.raises(BadData, match="1 of 2 examples have no version with real_noise, the first is 1"):
        version(CLEAN, NOISY[:1], "real_noise", 1)
    with pytest.raises(BadData, match="example 2 differ in their labels"):
        version(CLEAN[1:], [Pair(id="2", first="a", second="b", label=0)], "real_noise", 1)


def test_the_words_of_a_question_are_counted_and_its_answers_stay() -> None:
    clean = Span(
        id="1", context="It is here.", question="Where is it?", answers=(Answer(text="here", start=6),)
    )
    noisy = replace(clean, question="Who no where is it?")
    found = version([clean], [noisy], "real_noise", 1)
    assert (found.changed, found.edits, found.eligible) == ([True], [3], [3])
    with pytest.raises(BadData, match="differ in their labels"):
        version([clean], [replace(noisy, answers=())], "real_noise", 1)


def test_elsewhere_it_is_not_applicable() -> None:
    found = perturb(CLEAN, catalog.perturbation("real_noise"), severity=1, language="en", seed=0)
    assert "comes as data" in (found.not_applicable or "")


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "language", "size", "changed"),
    [("xnli_real_noise", "de", 658, 658), ("panx_real_noise", "es", 7_817, 7_813)],
)
def test_real_typos_are_paired_with_their_own_clean_rows(
    mirror: Path, name: str, language: str, size: int, changed: int
) -> None:
    task, source = catalog.task(name), open_source(mirror)
    clean = task.read(source, "test", language)
    found = version(clean, task.versions["real_noise"](source, "test", language), "real_noise", 1)
    assert len(clean) == size
    assert sum(found.changed) == changed
    assert 0.05 < sum(found.edits) / sum(found.eligible) < 0.2
    some = take(clean, 50)
    assert [twin.id for twin in version(some, found.examples, "real_noise", 1).examples] == [
        e.id for e in some
    ]


@pytest.mark.real_data
def test_clean_rows_are_those_of_the_benchmark(mirror: Path) -> None:
    source = open_source(mirror)
    whole = {e.id: e for e in catalog.task("xnli").read(source, "test", "tr")}
    assert all(whole[e.id] == e for e in catalog.task("xnli_real_noise").read(source, "test", "tr"))
    raw = pl.read_parquet(mirror / "noise" / "panx_typos" / "test" / "tr.parquet")
    read = [e for e in catalog.task("panx_real_noise").read(source, "test", "tr") if isinstance(e, Tags)]
    assert len(read) == raw["clean_tokens"].is_not_null().sum()
