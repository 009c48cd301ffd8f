"""The pieces of a vocabulary as text, and the tokens of an example's texts in its encoder rows."""

from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.text.properties import script_names, scripts
from xtb.adversarial.attack import Slope
from xtb.adversarial.original import Original
from xtb.batching import Row
from xtb.inputs import Inputs, Located

WORD_START, INSIDE = "▁", "##"
"""How SentencePiece marks the beginning of a word, and WordPiece what is none."""


class Pieces:
    """The vocabulary of a tokenizer.

    Args:
        inputs: of the tokenizer.
    """

    def __init__(self, inputs: Inputs) -> None:
        vocabulary = inputs.backend.get_vocab(with_added_tokens=True)
        self.tokens = [""] * (max(vocabulary.values()) + 1)
        for token, number in vocabulary.items():
            self.tokens[number] = token
        self._marks_starts = any(token.startswith(WORD_START) for token in self.tokens)
        self._special = {token.content for token in inputs.backend.get_added_tokens_decoder().values()}

    def text(self, number: int) -> str:
        """A piece without the mark of word starts."""
        token = self.tokens[number]
        return token.replace(WORD_START, "") if self._marks_starts else token.removeprefix(INSIDE)

    def starts(self, number: int) -> bool:
        """Does the piece begin a word?"""
        token = self.tokens[number]
        return token.startswith(WORD_START) if self._marks_starts else not token.startswith(INSIDE)

    @cached_property
    def group(self) -> NDArray[np.int32]:
        """For each piece a number that is equal for pieces of one script and one word-start flag.

        -1 for special pieces and those that are not letters of a single script.
        """
        return np.array([self._group(number) for number in range(len(self.tokens))], np.int32)

    def _group(self, number: int) -> int:
        token, text = self.tokens[number], self.text(number)
        if token in self._special or not text or not text.isalpha():
            return -1
        used = {int(scripts()[ord(char)]) for char in text}
        return 2 * used.pop() + self.starts(number) if len(used) == 1 else -1

    def of_script(self, code: str, *, starts: bool) -> NDArray[np.int64]:
        """The pieces of letters of a script (ISO 15924) with this word-start flag."""
        return np.flatnonzero(self.group == 2 * script_names().index(code) + starts)


class Token(NamedTuple):
    """A token of a part: its number in it, its id, its code points, and the gradient at its embedding."""

    part: int
    number: int
    id: int
    start: int
    end: int
    gradient: NDArray[np.float32]


def located(inputs: Inputs, original: Original, texts: Sequence[str]) -> list[Located]:
    """The tokens of some texts of an example's parts, as the encoder reads them."""
    found = inputs.located(list(texts))
    if original.fields != ("tokens",):
        return found
    # Words of a sentence are tokenised as such; where that gives other ids, positions are not known.
    words = inputs.words([list(texts)])[0]
    same = zip(found, words, strict=True)
    return [one if one.ids == ids else Located(array("i"), array("i"), array("i")) for one, ids in same]


def tokens(inputs: Inputs, original: Original, texts: Sequence[str], slopes: Sequence[Slope]) -> list[Token]:
    """The tokens of the parts that are found in encoder rows, with their gradients summed over rows.

    Args:
        texts: of the parts now, tokenised to as many tokens as those of the original.
        slopes: of the example with these texts.
    """
    made = []
    rows = [np.array(slope.row.ids, np.int64) for slope in slopes]
    for part, (now, before) in enumerate(
        zip(located(inputs, original, texts), located(inputs, original, original.texts), strict=True)
    ):
        if not slopes or len(now.ids) != len(before.ids):
            continue
        total = np.zeros((len(now.ids), slopes[0].gradient.shape[1]), np.float32)
        found = np.zeros(len(now.ids), bool)
        for slope, ids in zip(slopes, rows, strict=True):
            first, at, size = _place(ids, now.ids, _sides(inputs, slope.row))
            if not size:
                continue
            total[first : first + size] += slope.gradient[at : at + size]
            found[first : first + size] = True
            ids[at : at + size] = _TAKEN  # a word that comes twice is found at its own place
        for index in np.flatnonzero(found).tolist():
            place = before.firsts[index], before.pasts[index]
            made.append(Token(part, index, now.ids[index], *place, total[index]))
    return made


_TAKEN = -1


def _sides(inputs: Inputs, row: Row) -> tuple[int, ...]:
    """Tokens of each text of a row."""
    if row.second == len(row.ids):
        return (len(row.ids) - inputs.single.size,)
    template = inputs.double
    return row.second - len(template.before) - len(template.between), row.end - row.second


def _place(ids: NDArray[np.int64], text: "array[int]", sides: tuple[int, ...]) -> tuple[int, int, int]:
    """Where a row holds a text's tokens: the first of them, the place in the row, how many.

    The longest stretch that both have, if it is the whole text, or fills one side of the row: a text that
    was cut, or is read in windows. Otherwise the row is about something else, and nothing is found.
    """
    best = (0, 0, 0)
    run = np.zeros(len(ids) + 1, np.int64)
    for last, token in enumerate(text):
        run[1:] = np.where(ids == token, run[:-1] + 1, 0)
        at = int(run.argmax())
        if run[at] > best[2]:
            size = int(run[at])
            best = (last + 1 - size, at - size, size)
    return best if best[2] in (len(text), *sides) else (0, 0, 0)
