"""Hiding tokens to be guessed, as BERT does."""

from collections.abc import Sequence

import torch
from torch import Tensor


def mask_tokens(
    ids: Tensor, share: float, vocabulary: int, rng: torch.Generator, *, mask: int, special: Sequence[int]
) -> tuple[Tensor, Tensor]:
    """Which tokens are to be guessed, and what the encoder sees.

    As BERT (Devlin et al., 2019): of the chosen tokens 80 % become the mask, 10 % a random token, 10 % stay.

    Args:
        ids: [rows, tokens].
        share: chance of a token to be chosen.
        vocabulary: number of tokens there are.
        rng: draws.
        mask: id of the mask.
        special: ids that are never chosen and never drawn, padding among them.

    Returns:
        A Boolean [rows, tokens], and ids of the same shape.
    """
    never = torch.tensor(sorted(set(special)))
    chosen = (torch.rand(ids.shape, generator=rng) < share) & ~torch.isin(ids, never)
    fate = torch.rand(ids.shape, generator=rng)
    drawn = torch.randint(len(never), vocabulary, ids.shape, generator=rng)
    ordinary = torch.ones(vocabulary, dtype=torch.bool)
    ordinary[never] = False
    random = ordinary.nonzero().squeeze(1)[drawn - len(never)]
    seen = torch.where(chosen & (fate < 0.8), mask, ids)
    return chosen, torch.where(chosen & (fate >= 0.9), random, seen)
