"""Texts to encoder rows: each distinct text is tokenised once, special tokens and truncation are added here.

A fast tokenizer splits the two texts of a pair apart from each other and joins them with special
tokens afterwards, so tokenising texts one by one and joining them here gives the same ids (a test
compares) and lets a premise, a context or a word that comes back cost nothing.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from xtb.batching import Row

KEPT_TEXTS = 200_000
"""Texts remembered before the memory is emptied; about 60 MB of sentences."""

Ids = "array[int]"


class Located(NamedTuple):
    """Token ids of a text and, for each token, the code points (first, past the last) it stands for."""

    ids: "array[int]"
    spans: tuple[tuple[int, int], ...]


class Template(NamedTuple):
    """The special tokens before, between and after the texts."""

    before: "array[int]"
    between: "array[int]"
    after: "array[int]"

    @property
    def size(self) -> int:
        """Number of special tokens."""
        return len(self.before) + len(self.between) + len(self.after)


class Inputs:
    """The texts of one tokenizer, each tokenised once.

    Args:
        tokenizer: a fast transformers tokenizer.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.backend = tokenizer.backend_tokenizer
        self.unknown = tokenizer.unk_token_id
        self.single, self.double = _templates(self.backend)
        self._ids: dict[str, array[int]] = {}
        self._words: dict[str, array[int]] = {}
        self._located: dict[str, Located] = {}

    def ids(self, texts: Sequence[str]) -> list["array[int]"]:
        """Token ids of texts, without special tokens."""
        self._learn(texts, self._ids)
        return [self._ids[text] for text in texts]

    def words(self, sentences: Sequence[Sequence[str]]) -> list[list["array[int]"]]:
        """Token ids of each word of sentences; a word that gives none becomes the unknown token."""
        self._learn([word for words in sentences for word in words], self._words, words=True)
        blank = array("i", [self.unknown if self.unknown is not None else 0])
        return [[self._words[word] or blank for word in words] for words in sentences]

    def located(self, texts: Sequence[str]) -> list[Located]:
        """Token ids of texts with the code points each token stands for.

        White space that a tokenizer counts to a token is left out of its code points.
        """
        missing = _missing(texts, self._located)
        if missing:
            self._plain()
            encodings = self.backend.encode_batch(missing, add_special_tokens=False)
            for text, encoding in zip(missing, encodings, strict=True):
                spans = tuple(_trimmed(text, first, past) for first, past in encoding.offsets)
                self._located[text] = Located(array("i", encoding.ids), spans)
        return [self._located[text] for text in texts]

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

    def _learn(self, texts: Sequence[str], known: dict[str, "array[int]"], *, words: bool = False) -> None:
        missing = _missing(texts, known)
        if not missing:
            return
        self._plain()
        # A word counts as a piece of pre-split text: tokenizers that mark word starts then do so.
        batch = [[word] for word in missing] if words else missing
        encodings = self.backend.encode_batch_fast(batch, is_pretokenized=words, add_special_tokens=False)
        for text, encoding in zip(missing, encodings, strict=True):
            known[text] = array("i", encoding.ids)

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


def _missing(texts: Iterable[str], known: dict[str, Any]) -> list[str]:
    wanted = dict.fromkeys(texts)
    missing = [text for text in wanted if text not in known]
    if len(known) + len(missing) > KEPT_TEXTS:
        known.clear()
        return list(wanted)
    return missing


def _trimmed(text: str, first: int, past: int) -> tuple[int, int]:
    while first < past and text[first].isspace():
        first += 1
    while past > first and text[past - 1].isspace():
        past -= 1
    return first, past


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
