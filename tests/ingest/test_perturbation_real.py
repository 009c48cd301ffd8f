"""Every perturbation on real examples of the mirror: quickly on a few, slowly on every task and language."""

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from ingest import catalog
from ingest.example import Answer, Choice, Example, Pair, Span, Tags
from ingest.perturbation import perturb
from ingest.source import open_source
from ingest.task import parallel_of, take
from tests.ingest.any_text import NAMES, UNNESTED, is_bio, load

pytestmark = pytest.mark.real_data
ROWS = 40
EACH = int(os.environ.get("XTB_TEST_ROWS", "200"))
"""Examples of each task, split and language in the slow test; 0 for all there are."""


def pairs(file: Path) -> list[Example]:
    rows = pl.read_parquet(file).head(ROWS).iter_rows(named=True)
    return [
        Pair(id=str(row["index"]), first=row["premise"], second=row["hypothesis"], label=row["label_id"])
        for row in rows
    ]


def tags(file: Path) -> list[Example]:
    rows = pl.read_parquet(file).head(ROWS).iter_rows(named=True)
    return [Tags(id=row["id"], tokens=tuple(row["tokens"]), tags=tuple(row["ner_tags"])) for row in rows]


def spans(file: Path) -> list[Example]:
    rows = pl.read_parquet(file).head(ROWS).iter_rows(named=True)
    return [
        Span(
            id=row["id"],
            context=row["context"],
            question=row["question"],
            answers=tuple(
                Answer(text=text, start=start)
                for text, start in zip(row["answers_text"], row["answers_start"], strict=True)
            ),
        )
        for row in rows
    ]


@pytest.mark.parametrize("language", ["de", "hi", "th", "zh"])
@pytest.mark.parametrize(
    ("folder", "read"), [("xnli/test", pairs), ("panx/test", tags), ("xquad/test", spans)]
)
def test_labels_stay_right_on_real_examples(mirror: Path, folder: str, read: object, language: str) -> None:
    file = mirror / folder / f"{language}.parquet"
    if not file.is_file():
        pytest.skip("not in this mirror")
    cell: list[Example] = read(file)  # type: ignore[operator]
    fields = ("question", "context") if folder.startswith("xquad") else None
    applied = 0
    for name in NAMES:
        for severity in (1, 5):
            done = perturb(cell, load(name), severity=severity, language=language, seed=1, fields=fields)
            applied += done.not_applicable is None and any(done.changed)
            assert_labels_stay(cell, done.examples)
    assert applied >= 2 * 6


def test_reach_is_as_measured_on_real_text(mirror: Path) -> None:
    # Languages in which a family of noise reaches nothing it could call its own.
    def applies(name: str, language: str) -> bool:
        done = perturb(
            pairs(mirror / "xnli/test" / f"{language}.parquet"),
            load(name),
            severity=3,
            language=language,
            seed=1,
        )
        return done.not_applicable is None

    assert [
        code for code in ("de", "el", "hi", "th", "zh", "ar") if applies("keyboard_substitute", code)
    ] == [
        "de",
        "el",
        "hi",
        "th",
        "ar",
    ]
    assert [code for code in ("de", "ru", "hi", "th", "zh", "ar") if applies("uppercase", code)] == [
        "de",
        "ru",
    ]
    assert [code for code in ("en", "de", "sw", "vi", "ar", "zh") if applies("diacritic_strip", code)] == [
        "de",
        "vi",
        "ar",
    ]
    assert [code for code in ("de", "ru", "hi", "th", "zh") if applies("word_swap", code)] == [
        "de",
        "ru",
        "hi",
    ]


TASKS = [name for name in catalog.task_names() if not catalog.task(name).synthetic]


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_every_perturbation_at_every_severity_on_every_task(
    mirror: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both texts of span examples are perturbed, so that answers move.

    200 examples of each task, split and language (drawn by their ids) take about half an hour in all;
    ``XTB_TEST_ROWS`` sets another number, 0 takes every example.
    """
    monkeypatch.setenv("XTB_DATA", str(mirror))
    task, source = catalog.task(name), open_source(mirror)
    places = [(split, code) for split in task.splits for code in task.available(source, split)]
    if not places:
        pytest.skip("not in this mirror")
    fields = ("question", "context") if task.kind == "span" else None
    applied = set()
    for split, code in places:
        whole = task.read(source, split, code)
        cell = take(whole, EACH) if EACH else whole
        others = parallel_of(task, source, split)
        for each in NAMES:
            before: list[int] = [0] * len(cell)
            for severity in range(1, 6):
                done = perturb(
                    cell,
                    load(each),
                    severity=severity,
                    language=code,
                    seed=1,
                    fields=fields,
                    task=name,
                    parallel=others,
                )
                assert_labels_stay(cell, done.examples)
                if done.not_applicable is None:
                    applied.add(each)
                    assert each in UNNESTED or all(a <= b for a, b in zip(before, done.edits, strict=True))
                    before = done.edits
    assert len(applied) >= 15
    if task.parallel:
        assert "cross_language_pair" in applied


def assert_labels_stay(cell: Sequence[Example], noisy: Sequence[Example]) -> None:
    """Ids, labels, answers with their offsets, and tags are as they were."""
    for old, new in zip(cell, noisy, strict=True):
        assert (type(new), new.id) == (type(old), old.id)
        for label in ("label", "positives"):
            assert getattr(new, label, None) == getattr(old, label, None)
        if isinstance(new, Choice) and isinstance(old, Choice):
            assert len(new.options) == len(old.options)
        if isinstance(new, Span) and isinstance(old, Span):
            assert [answer.text for answer in new.answers] == [answer.text for answer in old.answers]
            for answer in new.answers:
                assert new.context[answer.start : answer.start + len(answer.text)] == answer.text
        if isinstance(new, Tags) and isinstance(old, Tags):
            assert len(new.tokens) == len(new.tags)
            assert is_bio(new.tags) or not is_bio(old.tags)
