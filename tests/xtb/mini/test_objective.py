"""What pretraining descends, on numbers that can be worked out by hand."""

import math

import pytest
import torch

from xtb.mini.objective import alignment, mask_pieces, ranking
from xtb.mini.tokenizer import MASK, SPECIAL


def test_masking_leaves_special_pieces_alone_and_keeps_its_shares() -> None:
    ids = torch.arange(20_000).reshape(100, 200) % 50
    chosen, seen = mask_pieces(ids, 0.25, 50, torch.Generator().manual_seed(1))
    ordinary = ids >= len(SPECIAL)
    assert not chosen[~ordinary].any()
    assert chosen[ordinary].float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert (seen[chosen] == MASK).float().mean().item() == pytest.approx(0.8, abs=0.02)
    assert torch.equal(seen[~chosen], ids[~chosen])


def test_ranking_of_equal_vectors_is_the_log_of_the_batch() -> None:
    hidden, real = torch.ones(6, 4, 8), torch.ones(6, 4, dtype=torch.bool)
    assert ranking(hidden, real, 0.05).item() == pytest.approx(math.log(3))


def test_ranking_of_orthogonal_translations_follows_the_formula() -> None:
    vectors = torch.eye(3).repeat(2, 1)  # row n + i equals row i
    hidden = vectors.unsqueeze(1).expand(6, 4, 3)
    real = torch.ones(6, 4, dtype=torch.bool)
    assert ranking(hidden, real, 0.5).item() == pytest.approx(math.log(1 + 2 * math.exp(-2)))


def test_ranking_does_not_look_at_padding() -> None:
    hidden, real = torch.randn(4, 5, 8, generator=torch.Generator().manual_seed(1)), torch.ones(4, 5)
    real[:, 3:] = 0
    changed = hidden.clone()
    changed[:, 3:] = 100.0
    assert ranking(hidden, real > 0, 0.1).item() == pytest.approx(ranking(changed, real > 0, 0.1).item())


def test_words_of_the_same_row_are_no_wrong_answers() -> None:
    vectors = torch.eye(2).repeat(2, 1)
    assert alignment(vectors, vectors, ["a", "b", "a", "b"], 0.5).item() == pytest.approx(
        math.log(1 + 2 * math.exp(-2)), abs=1e-6
    )
