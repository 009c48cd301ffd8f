"""Every perturbation on real examples of the mirror, at the lowest and the highest severity."""

from pathlib import Path

import polars as pl
import pytest

from ingest.example import Answer, Example, Pair, Span, Tags
from ingest.perturbation import perturb
from tests.ingest.any_text import NAMES, is_bio, load

pytestmark = pytest.mark.real_data
ROWS = 40


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
            for old, new in zip(cell, done.examples, strict=True):
                assert new.id == old.id
                if isinstance(new, Span):
                    for answer in new.answers:
                        assert new.context[answer.start : answer.start + len(answer.text)] == answer.text
                if isinstance(new, Tags) and isinstance(old, Tags):
                    assert len(new.tokens) == len(new.tags)
                    assert is_bio(new.tags) or not is_bio(old.tags)
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
