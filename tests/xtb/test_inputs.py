from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from tests.xtb.toys import TEXTS
from xtb.inputs import Inputs, Memory, shortened

WORDS = ["Hello", "你好", "世界 x", "नमस्ते", "a", "wor ld", "สวัสดี", "süß", "مرحبا", "don't"]
text = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


@pytest.fixture(scope="module", params=["tiny_encoder", "tiny_bert"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_pairs_get_the_ids_and_types_of_transformers(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    inputs = Inputs(tokenizer)

    @settings(max_examples=200, deadline=None)
    @given(text, text, st.integers(6, 40))
    def holds(first: str, second: str, length: int) -> None:
        wanted = tokenizer(first, second, truncation="longest_first", max_length=length)
        row = inputs.fit(*inputs.ids([first, second]), length)
        assert row.ids.tolist() == wanted["input_ids"]
        if "token_type_ids" in wanted:
            assert [int(i >= row.second) for i in range(len(row.ids))] == wanted["token_type_ids"]

    holds()


def test_words_get_the_ids_of_transformers(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    inputs = Inputs(tokenizer)
    for words in map(str.split, TEXTS[:8]):
        wanted = tokenizer(words, is_split_into_words=True)
        pieces = inputs.words([words])[0]
        assert inputs.row(sum(pieces[1:], pieces[0])).ids.tolist() == wanted["input_ids"]


def test_a_word_without_tokens_becomes_unknown(tiny_bert: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_bert)
    assert [piece.tolist() for piece in Inputs(tokenizer).words([["\u200b", ""]])[0]] == [[1], [1]]


def test_a_tokenizer_that_pads_and_cuts_does_neither_here(tiny_bert: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_bert)
    inputs = Inputs(tokenizer)
    tokenizer("a", padding="max_length", max_length=20, truncation=True)  # sets the backend again
    assert len(inputs.ids(["river"])[0]) < 20
    assert len(inputs.ids(["river " * 300])[0]) >= 300


def test_tokens_stand_for_code_points_without_white_space(folder: Path) -> None:
    inputs = Inputs(AutoTokenizer.from_pretrained(folder))

    @settings(max_examples=200, deadline=None)
    @given(st.text(max_size=30))
    def holds(text: str) -> None:
        located = inputs.located([text])[0]
        assert len(located.ids) == len(located.firsts)
        for first, past in zip(located.firsts, located.pasts, strict=True):
            assert 0 <= first <= past <= len(text)
            assert text[first:past] == text[first:past].strip()

    holds()


def test_offsets_count_code_points_beyond_the_first_plane(tiny_encoder: Path) -> None:
    inputs = Inputs(AutoTokenizer.from_pretrained(tiny_encoder))
    text = "𝟙 😀 river"
    located = inputs.located([text])[0]
    last = text[located.firsts[-1] : located.pasts[-1]]
    assert last
    assert "river".endswith(last)
    assert located.pasts[-1] == len(text)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 60))
def test_cutting_the_longer_first(first: int, second: int, room: int) -> None:
    one, two = shortened(first, second, room)
    assert one + two == min(first + second, room)
    assert one <= first
    assert two <= second
    if min(first, second) <= room // 2:
        assert min(one, two) >= min(first, second, room - max(one, two))


def test_memory_makes_each_text_once_and_forgets_when_full() -> None:
    asked: list[str] = []

    def make(texts: list[str]) -> list[int]:
        asked.extend(texts)
        return [len(text) for text in texts]

    memory = Memory(make, room=6)
    assert memory.of(["ab", "abc", "ab"]) == [2, 3, 2]
    assert memory.of(["ab"]) == [2]
    assert asked == ["ab", "abc"]
    assert memory.of(["abcd"]) == [4]  # now it is over its room
    assert memory.of(["ab", "abcd"]) == [2, 4]
    assert asked == ["ab", "abc", "abcd", "ab", "abcd"]
