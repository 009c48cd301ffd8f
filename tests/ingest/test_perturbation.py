"""What ``perturb`` promises beyond the noise itself: counts, fields, reasons, determinism."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from ingest.example import Answer, Choice, Example, Pair, Retrieval, Span, Tags
from ingest.perturbation import perturb
from ingest.text.draw import quota
from tests.ingest.any_text import NAMES, load
from warehouse.errors import UsageError


def queries(*texts: str) -> list[Example]:
    return [Retrieval(id=str(at), query=text, positives=()) for at, text in enumerate(texts)]


@pytest.mark.parametrize("name", ["char_repeat", "char_insert", "keyboard_substitute", "random_case"])
@pytest.mark.parametrize("severity", range(1, 6))
def test_the_rate_is_exact_for_every_example(name: str, severity: int) -> None:
    found = load(name)
    cell = queries("walk", "the old man", "the old man walked slowly home and sat down " * 3)
    done = perturb(cell, found, severity=severity, language="en", seed=5)
    rate = found.levels[severity - 1]
    assert done.eligible == [4, 9, 105]
    assert done.edits == [max(1, round(rate * eligible)) for eligible in done.eligible]


def test_no_text_longer_than_a_unit_is_left_as_it_was() -> None:
    assert quota(np.array([0, 1, 100]), 0.02).tolist() == [0, 1, 2]


def test_only_the_question_of_a_span_is_noisy_unless_asked() -> None:
    span = Span(id="1", context="The old man sat.", question="Who sat there?", answers=())
    (new,) = perturb([span], load("char_swap"), severity=5, language="en", seed=1).examples
    assert isinstance(new, Span)
    assert new.context == span.context
    assert new.question != span.question


def test_answers_keep_their_text_and_move() -> None:
    text = "Yesterday the old man walked home, because the old dog was tired."
    answers = tuple(Answer(text=word, start=text.index(word)) for word in ("old man", "old dog", "tired"))
    span = Span(id="1", context=text, question="", answers=answers)
    for name in ("char_repeat", "char_delete", "space_delete", "word_delete", "typo_mix"):
        done = perturb([span], load(name), severity=5, language="en", seed=2, fields=["context"])
        (new,) = done.examples
        assert isinstance(new, Span)
        assert new.context != text
        assert [new.context[a.start : a.start + len(a.text)] for a in new.answers] == [
            "old man",
            "old dog",
            "tired",
        ]


def test_an_empty_answer_is_in_the_way_of_nothing() -> None:
    span = Span(id="1", context="ab", question="", answers=(Answer(text="", start=1),))
    done = perturb([span], load("char_swap"), severity=1, language="en", seed=2, fields=["context"])
    assert done.examples == [replace(span, context="ba")]


def test_the_options_of_a_choice_are_noisy_and_its_question_is_not() -> None:
    choice = Choice(
        id="1", context="It rained.", question="What was the cause?", options=("cloud", "sun"), label=0
    )
    (new,) = perturb([choice], load("char_repeat"), severity=5, language="en", seed=1).examples
    assert isinstance(new, Choice)
    assert new.question == choice.question
    assert new.context != choice.context
    assert all(a != b for a, b in zip(new.options, choice.options, strict=True))


def test_one_text_of_a_pair_can_be_chosen() -> None:
    pair = Pair(id="1", first="The old man", second="An old woman", label=0)
    (new,) = perturb([pair], load("char_swap"), severity=5, language="en", seed=1, fields=["second"]).examples
    assert isinstance(new, Pair)
    assert new.first == pair.first
    assert new.second != pair.second


def test_swapped_entities_move_whole_with_their_tags() -> None:
    tags = Tags(id="1", tokens=("New", "York", "greets", "Paris"), tags=("B-LOC", "I-LOC", "O", "B-LOC"))
    seen = set()
    for seed in range(20):
        (new,) = perturb([tags], load("word_swap"), severity=1, language="en", seed=seed).examples
        assert isinstance(new, Tags)
        seen.add((new.tokens, new.tags))
    assert seen == {
        (("greets", "New", "York", "Paris"), ("O", "B-LOC", "I-LOC", "B-LOC")),
        (("New", "York", "Paris", "greets"), ("B-LOC", "I-LOC", "B-LOC", "O")),
    }


def test_dropped_words_take_their_tags_along() -> None:
    tags = Tags(id="1", tokens=("New", "York", "greets", "no", "man"), tags=("B-LOC", "I-LOC", "O", "O", "O"))
    (new,) = perturb([tags], load("word_delete"), severity=5, language="en", seed=1).examples
    assert isinstance(new, Tags)
    assert new.tokens == ("New", "York", "no", "man")
    assert new.tags == ("B-LOC", "I-LOC", "O", "O")


@pytest.mark.parametrize(
    ("name", "language", "text", "reason"),
    [
        ("uppercase", "ka", "ქართული ენა", "finds nothing to edit in these texts (ka)"),
        ("keyboard_substitute", "zh", "漢字 abc", "has no keyboard layout for zh, only input methods"),
        ("keyboard_substitute", "ru", "мир abcdefghijklmnopqr", "reaches 14.3% of the letters"),
        ("word_swap", "th", "ภาษาไทยและ ab cd", "reaches 30.8%"),
        ("homoglyph", "ka", "ქართული ენა", "finds nothing"),
    ],
)
def test_what_cannot_be_reached_is_left_and_said(name: str, language: str, text: str, reason: str) -> None:
    cell = queries(text)
    done = perturb(cell, load(name), severity=5, language=language, seed=1)
    if name == "word_swap":  # a third can be reached, so it applies
        assert done.not_applicable is None
    else:
        assert done.not_applicable is not None
        assert reason in done.not_applicable
        assert done.examples == cell
        assert done.edits == [0]


def test_kinds_and_tasks_that_it_is_not_for_are_said() -> None:
    tags: list[Example] = [Tags(id="1", tokens=("so", "it"), tags=("O", "O"))]
    done = perturb(tags, load("space_delete"), severity=1, language="en", seed=1)
    assert done.not_applicable == "space_delete is not defined for tags examples"
    pair: list[Example] = [Pair(id="1", first="so it is", second="it is so", label=1)]
    done = perturb(pair, load("word_swap"), severity=1, language="en", seed=1, task="pawsx")
    assert done.not_applicable == "word_swap does not preserve the labels of pawsx"


def test_severity_0_and_no_examples_are_the_identity() -> None:
    cell = queries("so it is")
    for name in NAMES:
        assert perturb(cell, load(name), severity=0, language="en", seed=1).examples == cell
        assert perturb([], load(name), severity=3, language="en", seed=1).examples == []


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(UsageError, match="severity 6 does not exist"):
        perturb(queries("so"), load("clean"), severity=6, language="en", seed=1)
    pair = Pair(id="1", first="", second="", label=0)
    with pytest.raises(UsageError, match="has no field 'premise': choose from first, second"):
        perturb([pair], load("char_swap"), severity=1, language="en", seed=1, fields=["premise"])


def test_the_catalogue_is_complete_in_itself() -> None:
    for name in NAMES:
        found = load(name)
        assert list(found.levels) == sorted(found.levels)
        assert found.definition.endswith(".")
        assert found.citation or name == "clean"
        language, text = found.sample
        done = perturb(queries(text), found, severity=5, language=language, seed=1)
        without_data = found.from_data or found.parallel or "$XTB_" in (found.lacks(language) or "")
        assert done.changed == [name not in ("clean", "distract_sentence")] or without_data, name


@pytest.mark.parametrize(
    "chosen",
    [
        "['typo_mix', 'char_swap', 'word_delete', 'code_mix', 'homoglyph']",
        pytest.param("[n for n in NAMES if n not in COMPANY and not load(n).parts]", marks=pytest.mark.slow),
    ],
)
def test_neither_hash_seed_nor_batch_size_changes_the_noise(chosen: str) -> None:
    code = (
        "from tests.ingest.any_text import load\n"
        "from ingest.example import Retrieval\n"
        "from ingest.perturbation import perturb\n"
        "text = 'The old man walked home ' * 9\n"
        'text += "A \\"naïve\\" girl, 3 dogs: 你好 नमस्ते 한국 привет? "\n'
        "cell = [Retrieval(id=str(i), query=text, positives=()) for i in range(600)]\n"
        "from tests.ingest.any_text import COMPANY, NAMES\n"
        f"names = {chosen}\n"
        "done = [perturb(cell, load(n), severity=3, language='en', seed=7) for n in names]\n"
        "import hashlib; print(hashlib.sha256(repr(done).encode()).hexdigest())\n"
        "for name, all in zip(names, done):\n"
        "    for i in (0, 599) if not all.not_applicable else ():\n"
        "        alone = perturb(cell[i : i + 1], load(name), severity=3, language='en', seed=7)\n"
        "        assert alone.examples[0] == all.examples[i]\n"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outs) == 1
