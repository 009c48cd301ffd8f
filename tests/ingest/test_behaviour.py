"""Behavioural tests: items are right, unambiguous, and the same in every language."""

from collections import Counter

import pytest

from ingest import catalog
from ingest.behaviour.items import ITEMS, Item, capabilities, items, languages, spans, template
from ingest.source import open_source

each_language = pytest.mark.parametrize("language", languages())


def shape(part: object) -> object:
    """Keys and lengths: what all template files share."""
    if isinstance(part, dict):
        return {key: shape(value) for key, value in part.items()}
    return [shape(value) for value in part] if isinstance(part, list) else str


def test_what_each_capability_looks_like_in_english() -> None:
    found = {span.id: (span.context, span.question, span.answers[0].text) for span in spans("en")}
    assert len(found) == ITEMS * len(capabilities()) == 240
    assert found["comparison-00"] == ("Anna is faster than Mary.", "Who is slower?", "Mary")
    assert found["person-01"] == ("Julia is a Russian nurse.", "What is Julia's nationality?", "Russian")


@each_language
def test_templates_have_the_same_shape(language: str) -> None:
    assert shape(template(language)) == shape(template("en"))


@each_language
def test_an_answer_stands_where_it_is_said_to_and_no_slot_is_left(language: str) -> None:
    for span in spans(language):
        [answer] = span.answers
        assert span.context[answer.start :].startswith(answer.text)
        assert not set("{}|") & set(span.context + span.question)


@each_language
def test_no_context_and_question_comes_twice(language: str) -> None:
    assert len({(span.context, span.question) for span in spans(language)}) == len(spans(language))


@each_language
def test_the_two_people_and_the_two_words_differ(language: str) -> None:
    whole = template(language)
    for names in whole["names"]:
        assert len(set(names)) == len(names)
    for more, less in whole["comparison"]["more/less"]:
        assert not set(more.split("|")) & set(less.split("|"))


@each_language
def test_in_a_comparison_it_is_the_second_one_who_is_asked_for(language: str) -> None:
    part = template(language)["comparison"]
    [sentence], (asked,) = part["sentences"], part["ask"]
    assert asked == "b"
    assert "{more}" in sentence
    assert sentence.index("{a}") < sentence.index("{b}")
    assert "{less}" in part["ask"]["b"]


def test_every_place_of_answer_and_question_is_tried() -> None:
    for name in capabilities():
        chosen = items(name)
        assert all(isinstance(item, Item) for item in chosen)
        for values in zip(*((item.gender, item.swapped, item.asked) for item in chosen), strict=True):
            counts = Counter(values)
            assert len(counts) == 1 or min(counts.values()) >= ITEMS // 4
    assert {item.asked for item in items("person")} == {0, 1}
    assert {item.swapped for item in items("buyer")} == {True, False}
    assert {item.swapped for item in items("person")} == {False}


def test_the_task_reads_them_from_any_source() -> None:
    task = catalog.task("behaviour")
    assert task.read(open_source("mini"), "test", "de") == spans("de")
    assert task.available(open_source(None), "test") == languages()
