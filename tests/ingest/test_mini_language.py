"""The invented languages: lexicon, words, scripts, grammar."""

import unicodedata
from itertools import islice

import pytest

from ingest.catalog import language
from ingest.mini import LANGUAGES as ROWS
from ingest.mini.concepts import FUNCTION, concepts, members, opposite
from ingest.mini.draws import Draws
from ingest.mini.facts import World, frames
from ingest.mini.grammar import Clause, Form, Phrase, say, text
from ingest.mini.languages import LANGUAGES
from ingest.mini.words import form

INVENTED = [code for code in LANGUAGES if code != "en"]


def clause(**others: object) -> Clause:
    rows = concepts()
    return Clause(Phrase(rows["nurse"]), rows["break"], Phrase(rows["knife"]), **others)  # type: ignore[arg-type]


def test_there_are_eight_languages_six_scripts_three_orders() -> None:
    assert len(LANGUAGES) == 8
    assert {one.script for one in LANGUAGES.values()} == {"Latn", "Cyrl", "Grek", "Deva", "Hang", "Arab"}
    assert {one.order for one in LANGUAGES.values()} == {"SVO", "SOV", "VSO"}


def test_a_lexicon_has_more_than_three_hundred_rows_of_content_words() -> None:
    assert len(concepts()) - len(FUNCTION) >= 300


def test_every_sort_has_rows_in_every_split() -> None:
    sorts = {row.sort for row in concepts().values()} - {"function"}
    assert all(members(sort, split) for sort in sorts for split in ("train", "dev", "test"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_rows_of_a_language_are_written_alike(code: str) -> None:
    words = [form(code, name) for name in concepts()]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("code", INVENTED)
def test_words_are_nfc_and_in_the_script_of_the_language(code: str) -> None:
    name = {"Latn": "LATIN", "Cyrl": "CYRILLIC", "Grek": "GREEK", "Deva": "DEVANAGARI"}
    name |= {"Hang": "HANGUL", "Arab": "ARABIC"}
    for row in concepts():
        word = form(code, row)
        assert word == unicodedata.normalize("NFC", word)
        assert all(unicodedata.name(letter).startswith(name[LANGUAGES[code].script]) for letter in word), word


def test_codes_are_reserved_for_local_use_and_marked_synthetic() -> None:
    assert [row.code for row in ROWS] == INVENTED
    for row in ROWS:
        assert "qaa" <= row.code <= "qtz"
        assert language(row.code).synthetic


def test_opposites_are_mutual() -> None:
    assert all(opposite(opposite(row)) == row != opposite(row) for row in members("quality"))


def test_english_has_its_forms() -> None:
    assert text(say(clause(), "en"), "en") == "The nurse broke the knife."
    assert text(say(clause(negated=True), "en"), "en") == "The nurse did not break the knife."
    passive = say(clause(), "en", Form(voice="passive"))
    assert text(passive, "en") == "The knife was broken by the nurse."
    asked = say(clause(place=Phrase(concepts()["cellar"])), "en", Form(asked="object"))
    assert text(asked, "en", "question") == "What did the nurse break in the cellar?"
    assert form("en", "knife", "plural") == "knives"


@pytest.mark.parametrize(
    ("code", "order"),
    [
        ("en", ["subject", "verb", "object"]),
        ("qro", ["subject", "verb", "object"]),
        ("qda", ["subject", "object", "verb"]),
        ("qto", ["subject", "object", "verb"]),
        ("qma", ["verb", "subject", "object"]),
        ("qki", ["verb", "subject", "object"]),
    ],
)
def test_words_stand_in_the_order_of_the_language(code: str, order: list[str]) -> None:
    assert list(dict.fromkeys(word.role for word in say(clause(), code))) == order


def test_the_accusative_is_marked_where_there_is_one() -> None:
    marked = {code for code in INVENTED if LANGUAGES[code].accusative}
    for code in INVENTED:
        noun = next(word for word in say(clause(), code) if word.concept == "knife")
        assert (noun.text != form(code, "knife")) == (code in marked)


def test_translations_speak_of_the_same_rows() -> None:
    for number, frame in enumerate(islice(frames(), 60)):
        drawn = World(None).clause(Draws("test", number), frame)
        spoken = [
            sorted(w.concept for w in say(drawn, code) if w.concept not in FUNCTION) for code in LANGUAGES
        ]
        assert all(rows == spoken[0] for rows in spoken)


def test_draws_depend_on_their_key_only() -> None:
    first = [Draws("a", 1).below(1000) for _ in range(2)]
    assert first[0] == first[1]
    assert Draws("a", 1).bits() != Draws("a", 2).bits()
    # SplitMix64 of state 0 begins with this number (Vigna's splitmix64.c, seed 0).
    draws = Draws()
    draws._state = 0
    assert draws.bits() == 0xE220A8397B1DCDAF


def test_draws_are_even() -> None:
    draws = Draws("even")
    counts = [0] * 10
    for _ in range(20_000):
        counts[draws.below(10)] += 1
    assert max(abs(count - 2000) for count in counts) < 200  # over four standard deviations of 42
    assert sorted(draws.sample(range(5), 5)) == list(range(5))
