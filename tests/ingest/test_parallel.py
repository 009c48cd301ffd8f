"""The same example in two languages at once."""

from ingest.example import Answer, Pair, Span
from ingest.language import languages
from ingest.parallel import Parallel, distance
from ingest.perturbation import Perturbed, perturb
from ingest.resources import rows
from tests.ingest.any_text import load

CROSS = load("cross_language_pair")
CODES = ("en", "de", "nl", "es", "ru", "hi", "th", "zh", "tr")


def pair(code: str, number: int) -> Pair:
    return Pair(id=str(number), first=f"{code} premise {number}", second=f"{code} claim {number}", label=1)


def parallel(size: int = 3) -> Parallel:
    return Parallel({code: lambda code=code: [pair(code, at) for at in range(size)] for code in CODES})  # type: ignore[misc]


def test_distances_to_english_are_those_of_the_table_of_languages() -> None:
    table = {(row["one"], row["other"]): float(row["syntax"]) for row in rows("distances.csv")}
    codes = [code for code, found in languages().items() if not found.synthetic]
    assert len(table) == len(codes) * (len(codes) - 1) // 2
    for code in codes:
        if code != "en":
            syntax = languages()[code].syntax_distance_en
            assert syntax is not None
            assert abs(table.get((code, "en"), table.get(("en", code), 9.0)) - syntax) < 6e-4, code


def test_distance_is_symmetric_and_counts_scripts() -> None:
    assert distance("en", "en") == 0
    assert distance("de", "nl") == distance("nl", "de") < distance("de", "zh")
    assert distance("hi", "ur") > 0.1  # two scripts
    assert distance("en", "qqq") == 2.1 or distance("en", "qqq") == 2.0


def test_severity_goes_from_the_nearest_language_to_the_farthest() -> None:
    others = parallel().others("en")
    assert len(others) == len(CODES) - 1
    assert [parallel().partner("en", severity) for severity in range(1, 6)] == [
        others[0],
        others[2],
        others[4],
        others[5],
        others[7],
    ]


def test_only_the_second_text_changes_and_labels_stay() -> None:
    cell = [pair("en", at) for at in range(3)]
    partner = parallel().partner("en", 5)
    done = perturb(cell, CROSS, severity=5, language="en", seed=0, parallel=parallel())
    assert done.examples == [
        Pair(id=each.id, first=each.first, second=f"{partner} claim {each.id}", label=1) for each in cell
    ]
    assert (done.edits, done.eligible) == ([1, 1, 1], [1, 1, 1])


def test_an_example_without_a_twin_stays() -> None:
    cell = [pair("en", at) for at in range(3)]
    done = perturb(cell, CROSS, severity=1, language="en", seed=0, parallel=parallel(2))
    assert done.changed == [True, True, False]
    assert done.eligible == [1, 1, 0]


def test_the_question_changes_and_answers_stay() -> None:
    answers = (Answer(text="old", start=4),)
    mine = Span(id="1", context="The old man.", question="Which man?", answers=answers)
    theirs = Span(id="1", context="Der alte Mann.", question="Welcher Mann?", answers=())
    both = Parallel({"en": lambda: [mine], "de": lambda: [theirs]})
    done = perturb([mine], CROSS, severity=3, language="en", seed=0, parallel=both)
    assert done.examples == [Span(id="1", context="The old man.", question="Welcher Mann?", answers=answers)]


def test_texts_that_no_other_language_can_stand_for_are_left_alone() -> None:
    answers = (Answer(text="old", start=4),)
    mine = Span(id="1", context="The old man.", question="Which man?", answers=answers)
    theirs = Span(id="1", context="Der alte Mann.", question="Welcher Mann?", answers=())
    both = Parallel({"en": lambda: [mine], "de": lambda: [theirs]})

    def done(*fields: str) -> Perturbed:
        return perturb([mine], CROSS, severity=3, language="en", seed=0, parallel=both, fields=fields)

    assert done("question", "context").examples == done("question").examples != [mine]
    assert done("context").examples == [mine]
    assert done("context").not_applicable == "cross_language_pair edits the question of span examples only"


def test_it_does_not_apply_without_other_languages() -> None:
    done = perturb([pair("en", 1)], CROSS, severity=3, language="en", seed=0)
    assert done.not_applicable == "cross_language_pair needs the same examples in another language"


def test_distractors_in_english_share_words_with_the_english_question_and_hold_no_answer() -> None:
    def span(number: int, context: str, question: str, answer: str) -> Span:
        found = (Answer(text=answer, start=context.index(answer)),)
        return Span(id=str(number), context=context, question=question, answers=found)

    english = [
        span(0, "The harbour of Kiel opened in 1902. It is deep.", "When did the harbour open?", "1902"),
        span(1, "The harbour of Riga froze. Nobody sailed.", "Which harbour froze?", "Riga"),
        span(2, "Another harbour burned in 1902.", "What burned?", "Another harbour"),
    ]
    german = [
        span(0, "Der Hafen von Kiel wurde 1902 eröffnet.", "Wann wurde der Hafen eröffnet?", "1902"),
        span(1, "Der Hafen von Riga fror zu.", "Welcher Hafen fror zu?", "Riga"),
        span(2, "Ein anderer Hafen brannte 1902.", "Was brannte?", "Ein anderer Hafen"),
    ]
    both = Parallel({"en": lambda: english, "de": lambda: german})
    noise = load("distract_sentence_english")
    done = perturb(german, noise, severity=1, language="de", seed=0, parallel=both)
    first, second, _ = done.examples
    assert isinstance(first, Span)
    # The only other sentence on a harbour that does not hold 1902.
    assert first.context.replace("The harbour of Riga froze.", "").strip() == german[0].context
    assert first.context[first.answers[0].start :].startswith("1902")
    assert isinstance(second, Span)
    assert second.context != german[1].context
    assert second.question == german[1].question
    at_home = perturb(english, noise, severity=1, language="en", seed=0, parallel=both)
    assert at_home.not_applicable is not None
    assert "is distract_sentence where the texts are in English" in at_home.not_applicable
    abroad = Parallel({"tr": lambda: german, "de": lambda: german})
    assert perturb(german, noise, severity=1, language="de", seed=0, parallel=abroad).examples == german
