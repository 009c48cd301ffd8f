"""Exact texts before and after, where the definition leaves one outcome or a few."""

from unicodedata import bidirectional

import pytest

from ingest.one_text import perturb_text
from ingest.perturbations.homoglyph import twins
from ingest.resources import rows
from tests.ingest.any_text import load

ONE = [  # perturbation, language, severity, before, the only outcome
    ("char_swap", "en", 1, "ab", "ba"),
    ("char_swap", "hi", 1, "कि हाँ", "कि हाँ"),  # two words of one cluster: no pair
    ("char_shuffle_inner", "en", 1, "abcd", "acbd"),
    ("char_truncate", "en", 1, "home", "hom"),
    ("char_repeat", "en", 1, "3 % 4 %", "3 % 4 %"),
    ("diacritic_strip", "fr", 1, "été", "ete"),
    ("diacritic_strip", "vi", 1, "Tiếng", "Tieng"),
    ("diacritic_strip", "el", 1, "θάλασσα", "θαλασσα"),
    ("diacritic_strip", "ar", 1, "كِتَاب", "كتاب"),
    ("diacritic_strip", "he", 1, "שָׁלוֹם", "שלום"),
    ("diacritic_strip", "th", 1, "น้ำ", "นำ"),
    ("diacritic_strip", "hi", 1, "ज़रूर", "जरूर"),
    ("diacritic_strip", "ru", 1, "йогурт", "йогурт"),
    ("diacritic_strip", "ja", 1, "ガラス", "ガラス"),
    ("diacritic_strip", "bn", 1, "ড়ু", "ড়ু"),
    ("uppercase", "tr", 5, "ılık iyi straße", "ILIK İYİ STRASSE"),
    ("uppercase", "en", 5, "it is", "IT IS"),
    ("uppercase", "ka", 5, "ქართული", "ქართული"),
    ("lowercase", "tr", 5, "ISI İYİ", "ısı iyi"),
    ("lowercase", "el", 5, "Ο ΟΔΥΣΣΕΥΣ", "ο οδυσσευς"),
    ("title_case", "en", 5, "the OLD man's x", "The Old Man's X"),
    ("random_case", "de", 5, "ß", "ß"),
    ("random_case", "en", 1, "a", "A"),
    ("fullwidth", "en", 5, "No 7é!", "Ｎｏ 7é!"),
    ("orthographic_variant", "zh", 5, "马车开门", "馬車開門"),
    ("orthographic_variant", "zh", 5, "馬車", "马车"),
    ("unicode_nfd", "vi", 3, "é", "e\u0301"),
    ("unicode_nfd", "ko", 3, "각", "\u1100\u1161\u11a8"),
    ("space_double", "en", 5, " a b\tc ", " a  b\tc "),
    ("space_delete", "en", 1, "so it", "soit"),
    ("space_delete", "en", 5, "7 8 9", "7 8 9"),
    ("space_insert", "en", 1, "ab", "a b"),
    ("space_insert", "th", 1, "กข", "ก ข"),
    ("punct_strip", "hi", 1, "हाँ।", "हाँ"),
    ("punct_strip", "fr", 1, "Quoi ?", "Quoi"),
    ("punct_strip", "en", 5, "3.14 don't e-mail", "3.14 don't e-mail"),
    ("word_swap", "en", 1, "(old man).", "(man old)."),
    ("word_swap", "en", 5, "old, man", "old, man"),
    ("word_swap", "en", 5, "4 men", "4 men"),
    ("word_delete", "en", 1, "not so", "not so"),
    ("word_delete", "en", 1, "old man", "man"),
    ("zero_width", "en", 1, "ab", "a\u2060b"),
    ("zero_width_space", "en", 1, "ab", "a\u200bb"),
    ("romanize", "ru", 5, "Привет, мир!", "Privet, mir!"),
    ("romanize", "hi", 5, "नमस्ते", "namaste"),
    ("romanize", "zh", 5, "北京。", "bei jing。"),
    ("romanize", "ja", 5, "東京", "東京"),
    ("clean", "en", 3, "as is", "as is"),
]
SOME = [  # perturbation, language, before, every outcome
    ("char_delete", "en", "ab", {"a", "b"}),
    ("char_repeat", "en", "a", {"aa", "aaa", "aaaa"}),
    ("char_insert", "en", "ab", {"aab", "bab", "abb"}),
    ("char_substitute", "en", "ab", {"bb", "aa"}),
    ("keyboard_substitute", "en", "q", {"w", "a"}),
    ("keyboard_substitute", "de", "z", {"t", "u", "h"}),
    ("keyboard_substitute", "ru", "й", {"ц", "ф"}),
    ("keyboard_substitute", "hi", "क", {"र", "त", "ग", "स"}),
    ("keyboard_substitute", "el", "ά", {"σ", "ζ"}),
    ("keyboard_substitute", "fr", "é", {"z", "è", "a"}),
    ("keyboard_insert", "en", "q", {"qw", "wq", "qa", "aq"}),
    ("typo_mix", "en", "qa", {"qs", "qq", "qz", "qsa", "qas", "qqa", "qaq", "qza", "qaz", "q"}),
    ("word_delete", "de", "kein Mann ging heim", {"kein Mann heim", "kein ging heim"}),
    ("mark_edit", "hi", "कि", {"क", "किि", "का", "की", "कु", "कू", "कृ", "कॄ", "कॆ", "के", "कै", "कॊ", "को", "कौ"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "language", "severity", "before", "after"), ONE)
def test_one_outcome(name: str, language: str, severity: int, before: str, after: str) -> None:
    assert perturb_text(before, load(name), severity=severity, language=language, seed=0).text == after


@pytest.mark.parametrize(("name", "language", "before", "outcomes"), SOME)
def test_all_outcomes(name: str, language: str, before: str, outcomes: set[str]) -> None:
    found = load(name)
    seen = {perturb_text(before, found, severity=1, language=language, seed=seed).text for seed in range(20)}
    assert seen <= outcomes
    assert len(seen) > 1


def test_text_around_an_edit_stays_as_it_was() -> None:
    # Other tools split and join: combining marks, double blanks and Chinese full stops get lost.
    text = "नमस्ते  दुनिया ।\tगर्म—चाय, 漢字。 e\u0301!"
    for seed in range(20):
        done = perturb_text(text, load("char_repeat"), severity=1, language="hi", seed=seed)
        (edit,) = done.map.edits
        assert done.text[: edit.new_start] + done.text[edit.new_end :] == text


def test_two_texts_are_not_hit_in_the_same_places() -> None:
    # NL-Augmenter's shared seed hits positions 3 and 27 in three quarters of all sentences.
    text = "abcdefghijklmnopqrstuvwxyz" * 4
    places = [
        edit.old_start
        for name in range(60)
        for edit in perturb_text(
            text, load("char_repeat"), severity=3, language="en", seed=0, name=str(name)
        ).map.edits
    ]
    assert max(places.count(at) for at in set(places)) < 20


def test_a_seed_is_a_different_noise() -> None:
    text = "The old man walked slowly home."
    seen = {perturb_text(text, load("typo_mix"), severity=3, language="en", seed=at).text for at in range(9)}
    assert len(seen) > 7


def test_look_alikes_are_written_in_the_same_direction_and_join_as_they_did() -> None:
    # From confusables.txt: KEHEH and SWASH KAF -> KAF, ALEF -> l, VAV and FINAL NUN -> l, Cyrillic A -> A.
    assert set(twins("ك")) == {("ک", 1.0), ("ڪ", 1.0)}
    assert twins("ا") == []  # a Latin l would read the other way and leave its neighbours unjoined
    assert twins("ו") == [("ן", 1.0)]
    assert ("А", 1.0) in twins("A")
    for row in rows("confusables.csv"):
        directions = {bidirectional(char) in ("R", "AL") for char in row["letter"] + row["twins"]}
        assert len(directions) == 1, row


def test_parts_that_do_not_apply_are_named() -> None:
    done = perturb_text("漢字かな、カナ。", load("mixed"), severity=3, language="zh", seed=0)
    assert done.not_applicable is None
    assert done.skipped == (
        "mixed/lowercase finds nothing to edit in these texts (zh)",
        "mixed/typo_mix has no keyboard layout for zh, only input methods",
        "mixed/space_delete finds nothing to edit in these texts (zh)",
    )
    whole = perturb_text("The old man, aged 72.", load("mixed"), severity=3, language="en", seed=0)
    assert whole.skipped == ()
    nothing = perturb_text("42", load("mixed"), severity=3, language="zh", seed=0)
    assert nothing.not_applicable is not None
    assert all(f"mixed/{part.name} " in nothing.not_applicable for part in load("mixed").parts)
