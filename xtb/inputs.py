"""Texts to encoder rows: each distinct text is tokenised once, special tokens and truncation are added here.

A fast tokenizer splits the two texts of a pair apart from each other and joins them with special
tokens afterwards, so tokenising texts one by one and joining them here gives the same ids (a test
compares) and lets a premise, a context or a word that comes back cost nothing.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar
from unicodedata import category

from xtb.batching import Places, Row

KEPT = 32_000_000
"""Characters of texts whose tokens are remembered: about 150 MB."""

KEPT_LOCATED = 4_000_000
"""The same for texts with code points: about 150 MB."""

V = TypeVar("V")


class Located(NamedTuple):
    """Token ids of a text and the code points each token stands for: its first, and past its last."""

    ids: "array[int]"
    firsts: "array[int]"
    pasts: "array[int]"


class Template(NamedTuple):
    """The special tokens before, between and after the texts."""

    before: "array[int]"
    between: "array[int]"
    after: "array[int]"

    @property
    def size(self) -> int:
        """Number of special tokens."""
        return len(self.before) + len(self.between) + len(self.after)


class Memory(Generic[V]):
    """What was made of texts, remembered until it is too much.

    Args:
        make: what to make of distinct texts, in their order.
        room: characters of text to remember.
    """

    def __init__(self, make: Callable[[list[str]], Iterable[V]], room: int) -> None:
        self._make, self._room = make, room
        self._made: dict[str, V] = {}
        self._size = 0

    def of(self, texts: Sequence[str]) -> list[V]:
        """What is made of each text."""
        if self._size > self._room:
            self._made.clear()
            self._size = 0
        missing = [text for text in dict.fromkeys(texts) if text not in self._made]
        if missing:
            self._made.update(zip(missing, self._make(missing), strict=True))
            self._size += sum(map(len, missing))
        return [self._made[text] for text in texts]


class Inputs:
    """The texts of one tokenizer, each tokenised once.

    Args:
        tokenizer: a fast transformers tokenizer.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.backend = tokenizer.backend_tokenizer
        self.single, self.double = _templates(self.backend)
        unknown = tokenizer.unk_token_id
        self._blank = array("i", [0 if unknown is None else unknown])
        self._ids = Memory(self._make_ids, KEPT)
        self._words = Memory(self._make_words, KEPT)
        self._located = Memory(self._make_located, KEPT_LOCATED)

    def ids(self, texts: Sequence[str]) -> list["array[int]"]:
        """Token ids of texts, without special tokens."""
        return self._ids.of(texts)

    def words(self, sentences: Sequence[Sequence[str]]) -> list[list["array[int]"]]:
        """Token ids of each word of sentences; a word that gives none becomes the unknown token."""
        pieces = iter(self._words.of([word for words in sentences for word in words]))
        return [[next(pieces) for _ in words] for words in sentences]

    def located(self, texts: Sequence[str]) -> list[Located]:
        """Token ids of texts with the code points each token stands for.

        White space that a tokenizer counts to a token is left out of its code points; combining marks
        that it drops (uncased BERT does) belong to the token before them.
        """
        return self._located.of(texts)

    def row(self, ids: "array[int]") -> Row:
        """A row of one text."""
        template = self.single
        whole = template.before + ids + template.after
        return Row(whole, len(whole), len(whole))

    def pair(self, first: "array[int]", second: "array[int]") -> Row:
        """A row of two texts."""
        template = self.double
        start = len(template.before) + len(first) + len(template.between)
        whole = template.before + first + template.between + second + template.after
        return Row(whole, start, start + len(second))

    def fit(self, first: "array[int]", second: "array[int]", max_length: int) -> Row:
        """A row of two texts, the longer one cut from its end until both fit (``longest_first``)."""
        one, two = shortened(len(first), len(second), max_length - self.double.size)
        return self.pair(first[:one], second[:two])

    def _make_ids(self, texts: list[str]) -> Iterator["array[int]"]:
        self._plain()
        for encoding in self.backend.encode_batch_fast(texts, add_special_tokens=False):
            yield array("i", encoding.ids)

    def _make_words(self, words: list[str]) -> Iterator["array[int]"]:
        self._plain()
        # A word is given as a text split beforehand: tokenizers that mark where words begin then do so.
        split = [[word] for word in words]
        for encoding in self.backend.encode_batch_fast(split, is_pretokenized=True, add_special_tokens=False):
            yield array("i", encoding.ids) or self._blank

    def _make_located(self, texts: list[str]) -> Iterator[Located]:
        self._plain()
        encodings = self.backend.encode_batch(texts, add_special_tokens=False)
        for text, encoding in zip(texts, encodings, strict=True):
            yield Located(array("i", encoding.ids), *_places(text, encoding.offsets))

    def _plain(self) -> None:
        # A tokenizer.json may ask for truncation and padding (sentence-transformers' do); calls
        # through transformers may have set them since.
        self.backend.no_truncation()
        self.backend.no_padding()


def shortened(first: int, second: int, room: int) -> tuple[int, int]:
    """Lengths to which two texts are cut to fit a room, the longer one first.

    The rule of the ``tokenizers`` library: a text of at most half the room stays whole.

    >>> shortened(10, 3, 8), shortened(10, 9, 7), shortened(2, 3, 8)
    ((5, 3), (4, 3), (2, 3))
    """
    if first + second <= room:
        return first, second
    short, long = sorted((first, second))
    long = short if short > room else max(short, room - short)
    if short + long > room:
        short = room // 2
        long = short + room % 2
    return (long, short) if first > second else (short, long)


def _places(text: str, offsets: Sequence[tuple[int, int]]) -> Places:
    firsts, pasts = array("i"), array("i")
    limits = [first for first, _ in offsets[1:]] + [len(text)]
    for (first, past), limit in zip(offsets, limits, strict=False):
        while first < past and text[first].isspace():
            first += 1
        while past > first and text[past - 1].isspace():
            past -= 1
        while first < past < limit and category(text[past]).startswith("M"):
            past += 1
        firsts.append(first)
        pasts.append(past)
    return firsts, pasts


def _templates(backend: Any) -> tuple[Template, Template]:
    """Reads the special tokens off two probes, so that any post-processor will do."""
    backend.no_truncation()
    backend.no_padding()
    single = backend.encode("a")
    double = backend.encode("a", "a")
    return _template(single, 1), _template(double, 2)


def _template(encoding: Any, texts: int) -> Template:
    parts: list[array[int]] = [array("i") for _ in range(texts + 1)]
    place = 0
    for token, sequence in zip(encoding.ids, encoding.sequence_ids, strict=True):
        if sequence is None:
            parts[place].append(token)
        else:
            place = sequence + 1
    return Template(parts[0], parts[1] if texts == 2 else array("i"), parts[-1])
