"""A fixed masked language model that proposes words; never the victim."""

from collections.abc import Sequence
from itertools import product

import torch

from xtb.adversarial.pieces import Pieces
from xtb.candidates import load_masked
from xtb.inputs import Inputs

ROWS = 32
"""Masked texts that go through the model together."""


class MaskedModel:
    """A masked language model.

    Args:
        name: folder or hub id; its weights are read from safetensors only.
        device: where it computes.

    Raises:
        BadEncoder: it cannot be loaded.
        UsageError: it is no masked language model.
    """

    def __init__(self, name: str, device: str) -> None:
        loaded = load_masked(name, device)
        self._model, self.fingerprint = loaded.model, loaded.fingerprint
        self._inputs, self._mask = Inputs(loaded.tokenizer), int(loaded.tokenizer.mask_token_id)
        self._pad = int(loaded.tokenizer.pad_token_id or 0)
        self.pieces = Pieces(self._inputs)
        self._longest = min(int(loaded.tokenizer.model_max_length), 512)

    def words(
        self, text: str, places: Sequence[tuple[int, int]], most: int, *, unspaced: Sequence[bool]
    ) -> list[list[str]]:
        """Words that fit into a text at some places, likeliest first.

        A word is a run of one piece, or of as many as the old word has (up to three): the first begins a
        word, the others do not. Runs are ranked by the sum of the log-probabilities of their pieces.

        Args:
            text: the text.
            places: start and end of each word in it.
            most: candidates of each.
            unspaced: whether each stands in a script without blanks, where pieces begin no word.
        """
        queries: list[tuple[int, int, list[int], int]] = []
        for number, (start, end) in enumerate(places):
            before, after = (self._inputs.ids([part])[0].tolist() for part in (text[:start], text[end:]))
            old = len(self._inputs.ids([text[start:end]])[0])
            for length in dict.fromkeys((1, min(max(old, 1), 3))):
                room = self._longest - self._inputs.single.size - length
                left = before[-(room // 2) :] if len(before) + len(after) > room else before
                right = after[: max(room - len(left), 0)]
                row = [*self._inputs.single.before, *left, *[self._mask] * length, *right]
                first = len(self._inputs.single.before) + len(left)
                queries.append((number, length, [*row, *self._inputs.single.after], first))
        scored: list[dict[str, float]] = [{} for _ in places]
        for at in range(0, len(queries), ROWS):
            self._score(queries[at : at + ROWS], scored, most, unspaced)
        return [
            [word for word, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))][:most]
            for found in scored
        ]

    @torch.inference_mode()
    def _score(
        self,
        queries: Sequence[tuple[int, int, list[int], int]],
        scored: list[dict[str, float]],
        most: int,
        unspaced: Sequence[bool],
    ) -> None:
        width = max(len(row) for _, _, row, _ in queries)
        ids = torch.full((len(queries), width), self._pad)
        for line, (_, _, row, _) in enumerate(queries):
            ids[line, : len(row)] = torch.tensor(row)
        lengths = torch.tensor([len(row) for _, _, row, _ in queries])
        mask = (torch.arange(width) < lengths[:, None]).long()
        device = self._model.device
        logits = self._model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
        for line, (number, length, _, first) in enumerate(queries):
            chances = logits[line, first : first + length].float().log_softmax(-1).cpu()
            each = max(2, round((2 * most) ** (1 / length)))
            runs = [
                self._fitting(chances[place], each if length > 1 else 4 * most, place == 0, unspaced[number])
                for place in range(length)
            ]
            for run in product(*runs):
                word = "".join(self.pieces.text(piece) for piece, _ in run)
                chance = sum(value for _, value in run)
                scored[number][word] = max(chance, scored[number].get(word, -float("inf")))

    def _fitting(
        self, chances: torch.Tensor, most: int, start: bool, unspaced: bool
    ) -> list[tuple[int, float]]:
        """The likeliest pieces of letters that may stand at the start of a word, or inside one."""
        values, pieces = chances[: len(self.pieces.group)].topk(min(8 * most, len(self.pieces.group)))
        found = [
            (piece, value)
            for piece, value in zip(pieces.tolist(), values.tolist(), strict=True)
            if self.pieces.group[piece] >= 0 and (unspaced or self.pieces.starts(piece) == start)
        ]
        return found[:most]
