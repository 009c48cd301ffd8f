"""Templates of ``template_paraphrase``, against hand-written expectations."""

import pytest

from ingest.example import Pair, Retrieval
from ingest.one_text import perturb_text
from ingest.paraphrases import rules, sites
from ingest.perturbation import perturb
from ingest.resources import rows
from tests.ingest.any_text import load

PARAPHRASE = load("template_paraphrase")


def rewritten(text: str, language: str) -> str:
    return perturb_text(text, PARAPHRASE, severity=5, language=language, seed=0).text


@pytest.mark.parametrize(
    ("language", "text", "new"),
    [
        ("en", "I do not know.", "I don't know."),
        ("en", "They didn’t go.", "They did not go."),
        ("en", "It is late, and it's cold.", "It's late, and it is cold."),
        ("en", "We saw four men and 3 dogs.", "We saw 4 men and three dogs."),
        ("en", "He came on March 12, 2020.", "He came on 12 March 2020."),
        ("en", "born 5 May 1821 in France", "born May 5, 1821 in France"),
        ("de", 'Er sagte "nein" zu zwei Hunden.', "Er sagte „nein“ zu 2 Hunden."),
        ("fr", 'Il a dit "non".', "Il a dit «\u00a0non\u00a0».".replace("\u00a0", " ")),
        ("ja", "「はい」と言った", '"はい"と言った'),
        ("es", "Tengo cuatro libros.", "Tengo 4 libros."),
    ],
)
def test_what_is_said_in_another_way(language: str, text: str, new: str) -> None:
    assert rewritten(text, language) == new


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "World War 2 ended in chapter 3."),
        ("en", "a twenty-two year old, thirty two dogs, two-thirds of it, cannoteer"),
        ("en", "Type 12 or 1.2 or 3:2 into https://example.org/do not/2 men"),
        ("ru", "двадцать два дома"),
        ("es", "treinta y cuatro libros"),
        ("wo", "Ana moom dem na?"),
    ],
)
def test_what_stays(language: str, text: str) -> None:
    assert rewritten(text, language) == text


def test_a_question_gets_a_frame_of_its_language() -> None:
    for row in rows("paraphrases.csv"):
        if row["kind"] == "frame":
            asked = rewritten("12345 abcde 12345?", row["language"])
            assert asked.endswith("12345 abcde 12345?")
            assert asked.removesuffix("12345 abcde 12345?") in rules(row["language"]).frames
    assert rewritten("Is it? It is late.", "de") == "Is it? It is late."


def test_both_marks_of_a_quotation_change_together() -> None:
    assert [[new for _, _, new in site] for site in sites('\0"a" and "b\0', "en")] == [["“", "”"]]


def test_texts_do_not_reach_into_each_other() -> None:
    pair = Pair(id="1", first='he said "do', second='not go" then', label=0)
    done = perturb([pair], PARAPHRASE, severity=5, language="en", seed=0)
    assert done.examples == [pair]


def test_the_rate_is_the_share_of_places() -> None:
    text = " ".join(["do not"] * 20)
    query = [Retrieval(id="1", query=text, positives=())]
    for severity, wanted in zip(range(1, 6), (4, 8, 12, 16, 20), strict=True):
        done = perturb(query, PARAPHRASE, severity=severity, language="en", seed=0)
        assert (done.edits, done.eligible) == ([wanted], [20])
        assert done.examples[0].query.count("don't") == wanted
