import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score
from seqeval.metrics.sequence_labeling import get_entities

from xtb.metrics.seqeval_f1 import entities

BIO = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
BARE = ["NOUN", "VERB", "SCONJ", "CCONJ", "SYM", "X", "PUNCT", "_"]


def corpora(tags: list[str]) -> st.SearchStrategy[list[list[tuple[str, str]]]]:
    word = st.tuples(st.sampled_from(tags), st.sampled_from(tags))
    return st.lists(st.lists(word, min_size=1, max_size=8), min_size=1, max_size=6)


def counted_f1(gold: list[list[str]], predicted: list[list[str]]) -> float:
    there, found = entities(gold), entities(predicted)
    hits = sum(len(a & b) for a, b in zip(there, found, strict=True))
    total = sum(map(len, there)) + sum(map(len, found))
    return 2 * hits / total if total else 0.0


@pytest.mark.parametrize("tags", [BIO, BARE], ids=["bio", "bare"])
def test_counts_of_sentences_add_up_to_seqevals_f1_of_the_corpus(tags: list[str]) -> None:
    @settings(max_examples=150, deadline=None)
    @given(corpora(tags))
    def holds(corpus: list[list[tuple[str, str]]]) -> None:
        gold = [[a for a, _ in sentence] for sentence in corpus]
        predicted = [[b for _, b in sentence] for sentence in corpus]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            whole = f1_score(gold, predicted)
        assert counted_f1(gold, predicted) == pytest.approx(whole, abs=1e-12)

    holds()


def test_bare_tags_are_read_as_position_and_type() -> None:
    # "VERB", "VERB" is one entity of the type "ERB"; "CCONJ" and "SCONJ" are both of the type "CONJ", and the
    # S of the second begins an entity without ending the one before.
    assert entities([["VERB", "VERB", "NOUN"], ["CCONJ", "SCONJ"]]) == [
        {("ERB", 0, 1), ("OUN", 2, 2)},
        {("CONJ", 5, 5)},
    ]


def test_an_x_at_the_beginning_reaches_back_and_one_at_the_end_is_lost() -> None:
    assert entities([["NOUN", "X"], ["X", "NOUN"]]) == [{("OUN", 0, 0)}, {("_", 1, 3), ("OUN", 4, 4)}]


def test_a_word_without_a_tag_is_outside() -> None:
    assert entities([["B-PER", "", "I-PER"]]) == entities([["B-PER", "O", "I-PER"]])


@pytest.mark.parametrize("tags", [BIO, BARE, ["O", "B", "I", "E-PER", "S-PER", "I-PER", ".", "B-A-B"]])
def test_they_are_seqevals_entities(tags: list[str]) -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.lists(st.sampled_from(tags), max_size=8), min_size=1, max_size=6))
    def holds(corpus: list[list[str]]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = get_entities(corpus)
        assert sorted(entity for found in entities(corpus) for entity in found) == sorted(theirs)

    holds()


def test_no_warning_escapes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        entities([["NOUN"]])
