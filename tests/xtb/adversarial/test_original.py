"""Edits of an example: answers stay where they are said to be, words are found in every script."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.example import Answer, Choice, Pair, Span, Tags
from xtb.adversarial.original import Change, Original, Word

LETTERS = st.text(alphabet="abcé नमस्ते河在😀", max_size=6)


@given(st.data())
def test_answers_stay_right_or_the_edit_is_refused(data: st.DataObject) -> None:
    context = data.draw(st.text(alphabet="abcd नम", min_size=4, max_size=30))
    start = data.draw(st.integers(0, len(context) - 2))
    end = data.draw(st.integers(start + 1, len(context)))
    answer = Answer(text=context[start:end], start=start)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(context)), min_size=2, max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    changes = [Change(1, a, b, data.draw(LETTERS)) for a, b in pairs]
    span = Span(id="s", context=context, question="Who?", answers=(answer,))
    made = Original(span, ("question", "context")).propose(changes)
    touched = any(a < end and (a > start if a == b else b > start) for a, b in pairs)
    assert (made is None) == touched
    if made is not None:
        assert isinstance(made.example, Span)
        moved = made.example.answers[0]
        assert made.example.context[moved.start : moved.start + len(answer.text)] == answer.text


@given(st.lists(st.text(alphabet="ab1 .河नस्ते@x🇩🇪", min_size=1, max_size=10), min_size=1, max_size=4))
def test_words_cover_their_clusters_and_lie_in_their_parts(tokens: list[str]) -> None:
    for example, fields in (
        (Tags(id="t", tokens=tuple(tokens), tags=("O",) * len(tokens)), ("tokens",)),
        (
            Choice(id="c", context=tokens[0], question="", options=tuple(tokens), label=0),
            ("context", "options"),
        ),
    ):
        original = Original(example, fields)
        for word in original.words:
            text = original.parts[word.part].text
            assert 0 <= word.start < word.end <= len(text)
            assert all(a[1] == b[0] for a, b in zip(word.spans, word.spans[1:], strict=False))
            assert not text[word.start : word.end].isspace()


def texts_of(original: Original, words: tuple[Word, ...]) -> list[str]:
    return [original.parts[word.part].text[word.start : word.end] for word in words]


def test_words_of_spaced_and_unspaced_scripts() -> None:
    pair = Pair(id="p", first="The नमस्ते 河在", second="http://a.b c", label=0)
    original = Original(pair, ("first", "second"))
    assert texts_of(original, original.words) == ["The", "नमस्ते", "河", "在", "http://a.b", "c"]
    assert [word.whole for word in original.words] == [True, True, True, True, False, True]


def test_only_what_is_named_is_edited() -> None:
    choice = Choice(id="c", context="a b", question="why", options=("x", "y"), label=1)
    made = Original(choice, ("context", "options")).propose([Change(2, 0, 1, "zz"), Change(0, 2, 3, "")])
    assert made is not None
    assert made.example == Choice(id="c", context="a ", question="why", options=("x", "zz"), label=1)
    assert made.edits == 2
