"""From tables to examples: what is read, what is refused."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dataset import COLUMNS, Dataset, Shape
from ingest.errors import BadData
from ingest.example import Answer, Candidate, Choice, Pair, Retrieval, Span, Tags
from ingest.reading import candidates, choices, pairs, queries, spans, tagged

LABELS = ("no", "yes")
TAGS = ("A", "B")


class Fixed:
    """A source of one table."""

    name = "fixed"

    def __init__(self, **columns: Any) -> None:
        self.frame = pl.DataFrame(columns)

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        return True

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        assert tuple(self.frame.columns) == COLUMNS[dataset.shape]
        return self.frame


def toy(shape: Shape) -> Dataset:
    return Dataset(name="toy", shape=shape)


def pair_table(label: Any) -> Fixed:
    return Fixed(id=[7], first=["a"], second=["b"], label=[label])


@pytest.mark.parametrize("label", ["yes", 1])
def test_labels_are_names_or_indices(label: Any) -> None:
    assert pairs(toy("pair"), LABELS)(pair_table(label), "test", "en") == [
        Pair(id="7", first="a", second="b", label=1)
    ]


@pytest.mark.parametrize("label", ["maybe", 2, -1])
def test_another_label_is_refused(label: Any) -> None:
    with pytest.raises(
        BadData, match=r"toy test 'en': 1 of 1 rows have a label other than no, yes, the first is 7"
    ):
        pairs(toy("pair"), LABELS)(pair_table(label), "test", "en")


def test_a_missing_text_is_refused() -> None:
    source = Fixed(id=["1", "2"], first=["a", None], second=["b", "c"], label=[0, 1])
    with pytest.raises(BadData, match="1 of 2 rows lack a value, the first is 2"):
        pairs(toy("pair"), LABELS)(source, "test", "en")


def test_an_id_that_occurs_twice_is_refused() -> None:
    source = Fixed(id=["1", "1"], first=["a", "d"], second=["b", "c"], label=[0, 1])
    with pytest.raises(BadData, match="2 of 2 rows share their id, the first is 1"):
        pairs(toy("pair"), LABELS)(source, "test", "en")


def test_choices() -> None:
    source = Fixed(id=["1"], context=["c"], question=[""], options=[["x", "y"]], label=[1])
    expected = Choice(id="1", context="c", question="", options=("x", "y"), label=1)
    assert choices(toy("choice"), 2)(source, "test", "en") == [expected]
    with pytest.raises(BadData, match="have other than 3 options"):
        choices(toy("choice"), 3)(source, "test", "en")


def test_tags() -> None:
    source = Fixed(id=["1"], tokens=[["x", "y"]], tags=[["A", "B"]])
    assert tagged(toy("tags"), TAGS)(source, "test", "en") == [
        Tags(id="1", tokens=("x", "y"), tags=("A", "B"))
    ]


@pytest.mark.parametrize(
    ("tokens", "tags", "message"),
    [
        (["x", "y"], ["A"], "have not one tag for each word"),
        ([], [], "have not one tag for each word"),
        (["x"], ["C"], "have tags other than A, B"),
    ],
)
def test_tags_that_do_not_fit_are_refused(tokens: list[str], tags: list[str], message: str) -> None:
    kind = pl.List(pl.String)
    source = Fixed(id=["1"], tokens=pl.Series([tokens], dtype=kind), tags=pl.Series([tags], dtype=kind))
    with pytest.raises(BadData, match=message):
        tagged(toy("tags"), TAGS)(source, "test", "en")


def test_a_tag_that_is_missing_is_refused() -> None:
    source = Fixed(id=["1"], tokens=[["x", "y"]], tags=[["A", None]])
    with pytest.raises(BadData, match="have tags other than"):
        tagged(toy("tags"), TAGS)(source, "test", "en")


def span_table(context: str, text: str, start: int) -> Fixed:
    return Fixed(id=["q"], context=[context], question=["?"], answers_text=[[text]], answers_start=[[start]])


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(before=words, answer=words, after=words)
def test_an_answer_stands_at_its_code_point_in_any_script(before: str, answer: str, after: str) -> None:
    source = span_table(before + answer + after, answer, len(before))
    [example] = spans(toy("span"))(source, "test", "th")
    assert example.answers == (Answer(text=answer, start=len(before)),)
    assert example.context[len(before) : len(before) + len(answer)] == answer


@pytest.mark.parametrize(("text", "start"), [("ab", 2), ("b", 3), ("", 0), ("b", -2), ("c", 9)])
def test_an_answer_elsewhere_is_refused(text: str, start: int) -> None:
    with pytest.raises(BadData, match=f"the answer '{text}' of q is not at code point {start}"):
        spans(toy("span"))(span_table("𐍈abc", text, start), "test", "en")


def test_a_question_may_have_no_answer() -> None:
    texts, starts = pl.Series([[]], dtype=pl.List(pl.String)), pl.Series([[]], dtype=pl.List(pl.Int32))
    source = Fixed(id=["q"], context=["c"], question=["?"], answers_text=texts, answers_start=starts)
    assert spans(toy("span"))(source, "test", "en") == [Span(id="q", context="c", question="?", answers=())]


def test_an_answer_without_a_start_is_refused() -> None:
    source = Fixed(id=["q"], context=["c"], question=["?"], answers_text=[["c", "c"]], answers_start=[[0]])
    with pytest.raises(BadData, match="have not one start for each answer"):
        spans(toy("span"))(source, "test", "en")


def test_queries_and_candidates() -> None:
    source = Fixed(id=["1"], query=["x"], positives=[["a", "b"]])
    assert queries(toy("retrieval"))(source, "test", "de") == [
        Retrieval(id="1", query="x", positives=("a", "b"))
    ]
    pool = Fixed(id=["a"], text=["t"])
    assert candidates(toy("pool"))(pool, "test", "de") == [Candidate(id="a", text="t")]
