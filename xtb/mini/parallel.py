"""The corpus as pairs of rows: one document in two languages, with where each word's pieces stand."""

from collections.abc import Sequence
from typing import NamedTuple

from tokenizers import Tokenizer

from ingest.mini import corpus
from ingest.mini.concepts import concepts
from ingest.mini.draws import Draws
from ingest.mini.languages import LANGUAGES
from ingest.mini.words import form
from xtb.mini.cutting import Cutter
from xtb.mini.recipe import Recipe
from xtb.mini.tokenizer import BEGIN, END

CODES = tuple(LANGUAGES)
_CUTS = 7
"""Ways a word is cut into pieces, the whole merges among them; one is drawn each time it occurs."""


class Said(NamedTuple):
    """A document in one language.

    Attributes:
        language: index into ``CODES``.
        words: by sentence: text, and what identifies the word across languages (lexicon row and role).
    """

    language: int
    words: list[list[tuple[str, tuple[str, str]]]]


class Side(NamedTuple):
    """One encoder row.

    Attributes:
        ids: piece ids, special tokens included.
        languages: language of each piece, as an index into ``CODES``.
        words: identity of each word with the positions of its first piece and past its last.
    """

    ids: list[int]
    languages: list[int]
    words: dict[tuple[int, str, str], tuple[int, int]]


def documents(recipe: Recipe) -> list[tuple[Said, Said]]:
    """The corpus: every document in two different languages."""
    return [_document(recipe, index) for index in range(recipe.documents)]


def lines(said: Sequence[tuple[Said, Said]]) -> list[str]:
    """Documents as lines of text, to learn a tokenizer from."""
    return [
        " ".join(text for sentence in side.words for text, _ in sentence) for pair in said for side in pair
    ]


def letters() -> set[str]:
    """Every letter of the lexicon in all its cases, so that a capitalised text has no unknown piece."""
    words = {form(code, name) for code in CODES for name in concepts()}
    return {letter for word in words for letter in word + word.upper() + word.lower()}


def encode(
    said: Sequence[tuple[Said, Said]], tokenizer: Tokenizer, recipe: Recipe
) -> list[tuple[Side, Side]]:
    """Documents as encoder rows, words cut at random and, on half of the rows, some in the other language."""
    texts = sorted(
        {text for pair in said for side in pair for sentence in side.words for text, _ in sentence}
    )
    cuts = _cuts(texts, Cutter(tokenizer), recipe)
    draws = Draws("pretrain", "rows", recipe.seed)
    return [
        (_side(first, second, cuts, draws, recipe.switch), _side(second, first, cuts, draws, recipe.switch))
        for first, second in said
    ]


def _document(recipe: Recipe, index: int) -> tuple[Said, Said]:
    draws = Draws("pretrain", "languages", recipe.seed, index)
    first, second = draws.sample(CODES, 2)
    if "en" not in (first, second) and draws.chance(recipe.english):
        first = "en"
    document = corpus.document(recipe.seed, index)
    return _said(document, first), _said(document, second)


def _said(document: corpus.Document, code: str) -> Said:
    words = [
        [(word.text, (word.concept, word.role)) for word in corpus.words(sentence, code)]
        for sentence in document
    ]
    return Said(CODES.index(code), words)


def _cuts(texts: Sequence[str], cutter: Cutter, recipe: Recipe) -> dict[str, list[list[int]]]:
    """Ways to cut each text; depends on the recipe and the text only."""
    ways = range(_CUTS if recipe.piece_dropout else 1)
    cuts = {}
    for text in texts:
        draws = Draws("pretrain", "cuts", recipe.seed, text)
        cuts[text] = [cutter.cut(text, recipe.piece_dropout if way else 0.0, draws) for way in ways]
    return cuts


def _side(own: Said, other: Said, cuts: dict[str, list[list[int]]], draws: Draws, switch: float) -> Side:
    share = switch if draws.chance(0.5) else 0.0
    ids, languages, places = [BEGIN], [own.language], {}
    for number, (sentence, translated) in enumerate(zip(own.words, other.words, strict=True)):
        if number:
            ids += [END, END]
            languages += [own.language] * 2
        meant = {identity: text for text, identity in translated}
        for text, identity in sentence:
            language = own.language
            if share and identity in meant and draws.chance(share):
                text, language = meant[identity], other.language
            pieces = draws.pick(cuts[text])
            places[(number, *identity)] = (len(ids), len(ids) + len(pieces))
            ids += pieces
            languages += [language] * len(pieces)
    return Side([*ids, END], [*languages, own.language], places)
