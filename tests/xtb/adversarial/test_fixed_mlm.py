"""The fixed masked language model: what it proposes, in which batches, and how likely it finds a text."""

from collections import Counter
from math import exp, log
from pathlib import Path
from typing import Any

import pytest

from ingest.example import Pair
from tests.xtb.adversarial.battle import masked_model
from tests.xtb.toys import TEXTS
from xtb.adversarial.attack import Blank
from xtb.adversarial.fixed_mlm import ROWS, FixedMLM
from xtb.adversarial.fluency import fluent

LIKELY = {"▁in": 3.0, "▁the": 5.0, "s": 4.0, "河": 2.0, "在港": 1.0, ".": 9.0}


@pytest.fixture(scope="module")
def knowing(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> FixedMLM:
    return FixedMLM(masked_model(tmp_path_factory.mktemp("knowing"), tiny_encoder, LIKELY), "cpu")


@pytest.fixture(scope="module")
def random(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> FixedMLM:
    return FixedMLM(masked_model(tmp_path_factory.mktemp("random"), tiny_encoder), "cpu")


def blank(text: str, word: str, most: int = 12, unspaced: bool = False) -> Blank:
    start = text.index(word)
    return Blank(text, start, start + len(word), unspaced, most)


def test_words_come_likeliest_first_and_begin_as_words_do(knowing: FixedMLM) -> None:
    (spaced,) = knowing.words([blank("in the harbour.", "the", 2)])
    assert spaced == ["the", "in"]
    (unspaced,) = knowing.words([blank("河在一月結冰", "在", 4, unspaced=True)])
    assert unspaced[:4] == ["the", "s", "in", "河"]


def test_the_tokens_around_a_word_are_those_of_the_whole_text(random: FixedMLM, knowing: FixedMLM) -> None:
    text = TEXTS[0]
    (whole,) = random._inputs.ids([text])
    for word in ("river", "harbour", "The"):
        before, old, after = random._around(blank(text, word))
        ids = whole.tolist()
        assert (before, after) == (ids[: len(before)], ids[len(before) + old :])
        assert old >= 1
    # A piece of two letters is split when one of them is taken out.
    before, _, after = knowing._around(blank("船留在港口", "在"))
    assert (before, after) == tuple(ids.tolist() for ids in knowing._inputs.ids(["船留", "港口"]))


def test_blanks_of_many_texts_go_through_the_model_together(random: FixedMLM) -> None:
    blanks = [blank(text, word) for text in TEXTS[:2] + TEXTS[6:8] for word in text.split() if word.isalpha()]
    apart = [random.words([one])[0] for one in blanks]
    calls: Counter[str] = Counter()
    handle = random._model.register_forward_pre_hook(lambda *given: calls.update(["call"]))
    together = random.words(blanks)
    handle.remove()
    assert together == apart
    assert all(word.isalpha() for words in together for word in words)
    assert calls["call"] <= -(-2 * len(blanks) // ROWS)


def test_pseudo_perplexity_of_a_model_whose_chances_are_known(knowing: FixedMLM) -> None:
    pieces = ["▁in", "▁the", "河"]
    text = "in the 河"
    found = [knowing.pieces.tokens[piece] for piece in knowing._inputs.ids([text])[0]]
    vocabulary = len(knowing.pieces.tokens)
    total = vocabulary - len(LIKELY) + sum(exp(score) for score in LIKELY.values())
    mean = sum(LIKELY.get(piece, 0.0) - log(total) for piece in found) / len(found)
    assert set(pieces) - {"河"} <= set(found)
    assert knowing.perplexities([[text], ["in", "the 河"], [""]]) == pytest.approx(
        [exp(-mean), exp(-mean), 1.0]
    )


def test_a_text_is_fluent_up_to_a_multiple_of_the_perplexity_of_its_original(knowing: FixedMLM) -> None:
    def pair(text: str) -> Pair:
        return Pair(id="p", first=text, second="in", label=0)

    pairs: Any = [(pair("the"), pair("in")), (pair("the"), pair("the"))]
    # One piece each: the ratio of their perplexities is exp(5 - 3).
    for most, kept in ((exp(2) * 1.001, [True, True]), (exp(2) * 0.999, [False, True])):
        assert fluent(knowing, ("first",), most)(pairs) == kept
