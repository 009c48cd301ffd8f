"""Examples in another language keep labels and answers."""

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from ingest.example import Answer, Choice, Pair, Span
from xtb.translate.examples import translate_examples


class Says:
    """Translates by a function; None where it gives none."""

    def __init__(self, say: Callable[[str], str | None]) -> None:
        self.say = say

    def translate(self, texts: Sequence[str], language: str, on_batch: object) -> list[str | None]:
        assert all(text.strip() for text in texts)
        assert len(set(texts)) == len(texts)
        return [self.say(text) for text in texts]


def hear(done: int, total: int) -> None:
    raise AssertionError("nobody reports here")


def span(context: str, answer: str) -> Span:
    return Span(
        id="q", context=context, question="Who?", answers=(Answer(text=answer, start=context.index(answer)),)
    )


def test_every_text_is_translated_and_the_label_stays() -> None:
    pairs = [Pair(id="1", first="a", second="b", label=2), Pair(id="2", first="a", second="lost", label=0)]
    found = translate_examples(pairs, Says(lambda t: None if t == "lost" else t.upper()), "de", hear)
    assert found.examples == [Pair(id="1", first="A", second="B", label=2)]
    assert found.dropped == 1
    choices = [Choice(id="c", context="x", question="", options=("y", "z"), label=1)]
    (made,) = translate_examples(choices, Says(str.upper), "de", hear).examples
    assert made == Choice(id="c", context="X", question="", options=("Y", "Z"), label=1)


def test_an_answer_is_found_between_its_brackets() -> None:
    one = span("Then Ann came, said Ann.", "Ann")
    says = Says(lambda text: text.replace("Then", "Da").replace("Ann", "Anna"))
    found = translate_examples([one], says, "de", hear)
    (made,) = found.examples
    assert (found.marked, found.matched, found.dropped) == (1, 0, 0)
    assert made == Span(
        id="q", context="Da Anna came, said Anna.", question="Who?", answers=(Answer(text="Anna", start=3),)
    )


def test_without_brackets_an_answer_must_occur_exactly_once() -> None:
    def loses_brackets(text: str) -> str | None:
        return None if "[" in text else text.upper()

    once, twice = span("Bob came.", "Bob"), span("Bob met Bob.", "Bob")
    found = translate_examples([once, twice], Says(loses_brackets), "de", hear)
    assert [made.context for made in found.examples] == ["BOB CAME."]  # type: ignore[union-attr]
    assert (found.matched, found.dropped) == (1, 1)


def test_other_brackets_are_taken_where_the_text_has_some() -> None:
    seen: list[str] = []

    def note(text: str) -> str:
        seen.append(text)
        return text

    (made,) = translate_examples([span("It [sic] was Bob.", "Bob")], Says(note), "de", hear).examples
    assert "It [sic] was {Bob}." in seen
    assert made.context == "It [sic] was Bob."  # type: ignore[union-attr]


def test_a_question_without_an_answer_stays_one() -> None:
    empty = Span(id="q", context="c", question="Who?", answers=())
    assert translate_examples([empty], Says(str.upper), "de", hear).examples == [
        Span(id="q", context="C", question="WHO?", answers=())
    ]


@given(st.text(alphabet="ab [].{", max_size=12), st.text("ab c", min_size=1, max_size=6), st.text(max_size=8))
def test_a_translator_that_changes_nothing_gives_answers_back(before: str, answer: str, after: str) -> None:
    context = before + answer + after
    one = Span(id="q", context=context, question="Who?", answers=(Answer(text=answer, start=len(before)),))
    for made in translate_examples([one], Says(lambda text: text), "de", hear).examples:
        assert isinstance(made, Span)
        (found,) = made.answers
        assert made.context[found.start :].startswith(found.text)
        assert found.text.strip() == answer.strip()
