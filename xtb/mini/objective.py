"""What pretraining descends: masked pieces, ranked translations, aligned words; the three are summed."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize, pad

from ingest.mini.draws import Draws
from xtb.masking import mask_tokens
from xtb.mini.parallel import CODES, Side
from xtb.mini.recipe import Recipe
from xtb.mini.tokenizer import MASK, PAD, SPECIAL

IGNORED = -1e4


class Pretraining(nn.Module):
    """An encoder with the heads that only pretraining needs.

    The masked-piece head is told the language of the piece, so that the encoder's own vectors
    need not say it: they are free to be the same across languages.
    """

    def __init__(self, encoder: Any, recipe: Recipe) -> None:
        super().__init__()
        self.encoder = encoder
        self.transform = nn.Sequential(
            nn.Linear(recipe.hidden, recipe.hidden), nn.GELU(), nn.LayerNorm(recipe.hidden)
        )
        self.language = nn.Parameter(torch.zeros(len(CODES), recipe.hidden))
        self.bias = nn.Parameter(torch.zeros(len(CODES), encoder.config.vocab_size))

    def forward(self, pairs: Sequence[tuple[Side, Side]], recipe: Recipe, step: int) -> Tensor:
        """The loss (scalar) of a batch of documents, a pair of rows each."""
        sides = [first for first, _ in pairs] + [second for _, second in pairs]
        ids = _padded([side.ids for side in sides], PAD)
        real = ids != PAD
        rng = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        masked, seen = mask_pieces(ids, recipe.mask, self.encoder.config.vocab_size, rng)
        hidden = self.encoder(seen, attention_mask=real.long()).last_hidden_state
        languages = _padded([side.languages for side in sides], 0)[masked]
        loss = self._masked(hidden[masked], ids[masked], languages)
        loss = loss + ranking(hidden, real, recipe.temperature)
        return loss + self._aligned(hidden, pairs, recipe, step)

    def _masked(self, hidden: Tensor, ids: Tensor, languages: Tensor) -> Tensor:
        table = self.encoder.get_input_embeddings().weight
        logits = self.transform(hidden + self.language[languages]) @ table.T + self.bias[languages]
        return cross_entropy(logits, ids)

    def _aligned(
        self, hidden: Tensor, pairs: Sequence[tuple[Side, Side]], recipe: Recipe, step: int
    ) -> Tensor:
        found = [
            (row, first.words[name], len(pairs) + row, second.words[name], name[1])
            for row, (first, second) in enumerate(pairs)
            for name in first.words
            if name in second.words
        ]
        chosen = Draws("pretrain", "words", recipe.seed, step).sample(found, min(len(found), recipe.words))
        starts = torch.tensor([(row, *place) for row, place, _, _, _ in chosen])
        others = torch.tensor([(row, *place) for _, _, row, place, _ in chosen])
        rows = [row for _, _, _, _, row in chosen]
        return alignment(_means(hidden, starts), _means(hidden, others), rows, recipe.word_temperature)


def mask_pieces(ids: Tensor, share: float, vocabulary: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """``xtb.masking.mask_tokens`` with the special tokens of the built-in encoder."""
    return mask_tokens(ids, share, vocabulary, rng, mask=MASK, special=range(len(SPECIAL)))


def ranking(hidden: Tensor, real: Tensor, temperature: float) -> Tensor:
    """Translation ranking: each document's two rows must find each other in the batch.

    Cross-entropy over cosines in both directions (InfoNCE; Yang et al., 2019, without their margin): the
    mean of the loss for the mean of the pieces' vectors and for the first token's, since heads read either.

    Args:
        hidden: [2 n, pieces, hidden]; row ``n + i`` translates row ``i``.
        real: [2 n, pieces], False at padding.
    """
    weight = real.unsqueeze(-1).to(hidden.dtype)
    pooled = ((hidden * weight).sum(1) / weight.sum(1), hidden[:, 0])
    return sum((_contrast(vectors, temperature) for vectors in pooled), torch.zeros(())) / len(pooled)


def alignment(first: Tensor, second: Tensor, rows: Sequence[str], temperature: float) -> Tensor:
    """Word alignment: a word must find its translation among the words of the batch.

    Args:
        first, second: [words, hidden]; equal places translate each other.
        rows: the lexicon row of each word; other words of the same row are no wrong answers.
    """
    number = {row: index for index, row in enumerate(dict.fromkeys(rows))}
    index = torch.tensor([number[row] for row in rows])
    same = (index[:, None] == index[None]) & ~torch.eye(len(rows), dtype=torch.bool)
    cosines = normalize(first, dim=-1) @ normalize(second, dim=-1).T / temperature
    return _both_ways(cosines.masked_fill(same, IGNORED))


def _contrast(vectors: Tensor, temperature: float) -> Tensor:
    first, second = normalize(vectors, dim=-1).chunk(2)
    return _both_ways(first @ second.T / temperature)


def _both_ways(scores: Tensor) -> Tensor:
    right = torch.arange(scores.shape[0])
    return (cross_entropy(scores, right) + cross_entropy(scores.T, right)) / 2


def _means(hidden: Tensor, places: Tensor) -> Tensor:
    """Means of hidden states [places, hidden] between a first and a past-the-last piece of a row."""
    sums = pad(hidden.cumsum(1), (0, 0, 1, 0))
    row, start, end = places.unbind(1)
    return (sums[row, end] - sums[row, start]) / (end - start).unsqueeze(1)


def _padded(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    tensors = [torch.tensor(row) for row in rows]
    return nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)
