"""A fixed masked language model, never the victim: proposes words, and says how likely a text is."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from xtb.adversarial.attack import Blank
from xtb.adversarial.pieces import Pieces
from xtb.candidates import load_masked
from xtb.inputs import KEPT, Inputs, Memory

ROWS = 32
"""Masked texts that go through the model together."""

LONGEST_WORD = 3
"""Pieces of the longest words that are proposed."""


class _Query(NamedTuple):
    """A masked text: its token ids, the first masked place, and how many follow each other."""

    ids: list[int]
    first: int
    length: int


class FixedMLM:
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
        self._likely = Memory(self._likelihoods, KEPT)

    def words(self, blanks: Sequence[Blank]) -> list[list[str]]:
        """Words that fit into texts, likeliest first: for each blank at most as many as it wants.

        A word is a run of one piece, or of as many as the old word has (up to three): the first begins a
        word, the others do not. Runs are ranked by the sum of the log-probabilities of their pieces.
        """
        owners, queries = [], []
        for number, blank in enumerate(blanks):
            for query in self._queries(blank):
                owners.append(number)
                queries.append(query)
        found: list[dict[str, float]] = [{} for _ in blanks]
        for at, chances in self._asked(queries):
            known, blank = found[owners[at]], blanks[owners[at]]
            for word, chance in self._runs(chances, blank):
                known[word] = max(chance, known.get(word, -float("inf")))
        return [
            [word for word, _ in sorted(known.items(), key=lambda pair: (-pair[1], pair[0]))][: blank.most]
            for known, blank in zip(found, blanks, strict=True)
        ]

    def perplexities(self, versions: Sequence[Sequence[str]]) -> list[float]:
        """The pseudo-perplexity of some texts together, for each of several such lists.

        ``exp(-mean log p(piece | all other pieces of its text))``, each piece masked in turn (Salazar et al.,
        2020, section 2.3). Of a text that is too long the first tokens count; 1 where there are none.
        """
        likely = iter(self._likely.of([text for texts in versions for text in texts]))
        made = []
        for texts in versions:
            pieces = np.concatenate([np.zeros(0), *(next(likely) for _ in texts)])
            made.append(float(np.exp(-pieces.mean())) if len(pieces) else 1.0)
        return made

    def _likelihoods(self, texts: list[str]) -> list[NDArray[np.float64]]:
        """The log-probability of each piece of texts, given the others."""
        special = self._inputs.single
        rows = [self._inputs.row(ids[: self._longest - special.size]) for ids in self._inputs.ids(texts)]
        found = [np.zeros(len(row.ids) - special.size) for row in rows]
        places = [(number, piece) for number, pieces in enumerate(found) for piece in range(len(pieces))]
        queries, meant = [], []
        for number, piece in places:
            ids, place = rows[number].ids.tolist(), len(special.before) + piece
            meant.append(ids[place])
            queries.append(_Query([*ids[:place], self._mask, *ids[place + 1 :]], place, 1))
        for at, chances in self._asked(queries):
            number, piece = places[at]
            found[number][piece] = float(chances[0, meant[at]])
        return found

    def _queries(self, blank: Blank) -> Iterator[_Query]:
        """The text with one mask in the blank, and with as many as the old word has pieces."""
        before, old, after = self._around(blank)
        special = self._inputs.single
        for length in dict.fromkeys((1, min(max(old, 1), LONGEST_WORD))):
            room = self._longest - special.size - length
            left = before[-(room // 2) :] if len(before) + len(after) > room else before
            right = after[: max(room - len(left), 0)]
            ids = [*special.before, *left, *[self._mask] * length, *right, *special.after]
            yield _Query(ids, len(special.before) + len(left), length)

    def _around(self, blank: Blank) -> tuple[list[int], int, list[int]]:
        """The tokens before a blank, how many the old word has, and those after it.

        Where tokens reach over its ends, as in scripts without blanks, both sides are tokenised apart.
        """
        (whole,) = self._inputs.located([blank.text])
        first, past = bisect_right(whole.pasts, blank.start), bisect_left(whole.firsts, blank.end)
        while first and whole.firsts[first - 1] == blank.start:  # a lone mark of a word's start
            first -= 1
        if first < past and (whole.firsts[first], whole.pasts[past - 1]) == (blank.start, blank.end):
            return whole.ids[:first].tolist(), past - first, whole.ids[past:].tolist()
        texts = [blank.text[: blank.start], blank.text[blank.start : blank.end], blank.text[blank.end :]]
        before, old, after = self._inputs.ids(texts)
        return before.tolist(), len(old), after.tolist()

    @torch.inference_mode()
    def _asked(self, queries: Sequence[_Query]) -> Iterator[tuple[int, torch.Tensor]]:
        """For each query, in any order, its place and the log-probabilities [length, vocabulary]."""
        order = sorted(range(len(queries)), key=lambda at: len(queries[at].ids))
        device = self._model.device
        for start in range(0, len(order), ROWS):
            chosen = order[start : start + ROWS]
            lengths = torch.tensor([len(queries[at].ids) for at in chosen])
            ids = torch.full((len(chosen), int(lengths.max())), self._pad)
            for line, at in enumerate(chosen):
                ids[line, : len(queries[at].ids)] = torch.tensor(queries[at].ids)
            mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
            logits = self._model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
            for line, at in enumerate(chosen):
                first, length = queries[at].first, queries[at].length
                yield at, logits[line, first : first + length].float().log_softmax(-1).cpu()

    def _runs(self, chances: torch.Tensor, blank: Blank) -> Iterator[tuple[str, float]]:
        """Words of as many pieces as there are places [length, vocabulary], with their log-probabilities."""
        length = len(chances)
        each = max(2, round((2 * blank.most) ** (1 / length))) if length > 1 else 4 * blank.most
        fitting = [self._fitting(row, each, not place, blank.unspaced) for place, row in enumerate(chances)]
        for run in product(*fitting):
            yield "".join(self.pieces.text(piece) for piece, _ in run), sum(value for _, value in run)

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
