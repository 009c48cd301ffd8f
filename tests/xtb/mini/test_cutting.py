"""Cutting words with merges left out."""

from itertools import pairwise

import pytest
from tokenizers import Tokenizer

from ingest.mini.draws import Draws
from xtb.mini.cutting import Cutter
from xtb.mini.parallel import documents, lines
from xtb.mini.recipe import Recipe
from xtb.mini.tokenizer import UNKNOWN, train_tokenizer

TEXTS = lines(documents(Recipe(documents=60)))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(TEXTS, 600)


def test_without_dropout_the_pieces_are_the_tokenizers_own(tokenizer: Tokenizer) -> None:
    cutter = Cutter(tokenizer)
    words = {word for line in TEXTS for word in line.split()}
    for text in {*TEXTS, *words, "Ünseen, wörds!"}:
        assert cutter.cut(text, 0.0, Draws()) == tokenizer.encode(text, add_special_tokens=False).ids


def test_with_dropout_the_pieces_still_spell_the_word(tokenizer: Tokenizer) -> None:
    cutter, draws = Cutter(tokenizer), Draws("test")
    for word in {word for text in TEXTS[:40] for word in text.split()}:
        ids = cutter.cut(word, 0.3, draws)
        assert UNKNOWN not in ids
        assert "".join(tokenizer.id_to_token(piece) for piece in ids) == f"▁{word}"


def test_all_merges_left_out_gives_letters(tokenizer: Tokenizer) -> None:
    assert len(Cutter(tokenizer).cut("the", 1.0, Draws())) == len("▁the")


def test_pieces_depend_on_the_draws_only(tokenizer: Tokenizer) -> None:
    def cuts(seed: int) -> list[list[int]]:
        return [Cutter(tokenizer).cut(text, 0.3, Draws(seed)) for text in TEXTS]

    assert cuts(1) == cuts(1) != cuts(2)


def test_more_dropout_gives_more_pieces(tokenizer: Tokenizer) -> None:
    cutter = Cutter(tokenizer)
    sizes = [
        sum(len(cutter.cut(text, share, Draws(text))) for text in TEXTS) for share in (0.0, 0.1, 0.5, 1.0)
    ]
    assert all(less < more for less, more in pairwise(sizes))
