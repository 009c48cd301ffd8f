"""Cutting words into pieces with some merges left out, by keyed draws.

The ``tokenizers`` library can leave out merges too, but from a generator that cannot be seeded: two
pretrainings of one recipe would differ, and so would a resumed one from an uninterrupted one.
"""

import json
from itertools import pairwise
from typing import Any

from tokenizers import Tokenizer

from ingest.mini.draws import Draws


class Cutter:
    """Cuts words as a byte-pair tokenizer does, leaving out merges at random (BPE-dropout).

    Follows Provilkov et al. (2020), algorithm 1: in each round every possible merge is left out with the
    given chance, and the earliest learnt of the others is done; when all are left out, the word stays
    as it is. Without dropout the pieces are the tokenizer's own (a test compares).

    Args:
        tokenizer: made by ``train_tokenizer``.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        model: Any = json.loads(tokenizer.to_str())["model"]
        self._tokenizer = tokenizer
        self._ids: dict[str, int] = model["vocab"]
        self._unknown = self._ids[model["unk_token"]]
        self._ranks = {(left, right): rank for rank, (left, right) in enumerate(model["merges"])}

    def cut(self, text: str, share: float, draws: Draws) -> list[int]:
        """Piece ids of a text of one or more words, each merge left out with chance ``share``."""
        tokenizer = self._tokenizer
        words = tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))
        return [
            self._ids.get(piece, self._unknown)
            for word, _ in words
            for piece in self._pieces(list(word), share, draws)
        ]

    def _pieces(self, pieces: list[str], share: float, draws: Draws) -> list[str]:
        ranks = self._ranks
        while True:
            pairs = pairwise(pieces)
            found = sorted((ranks[pair], place) for place, pair in enumerate(pairs) if pair in ranks)
            # Going through them in order until one stays is the same as drawing for all and taking the first.
            place = next((place for _, place in found if not (share and draws.chance(share))), None)
            if place is None:
                return pieces
            pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]
