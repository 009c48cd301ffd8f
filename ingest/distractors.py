"""Sentences of other examples that look as if they answered a question."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.example import Choice, Example, Pair, Retrieval, Span
from ingest.text.properties import UNSPACED, in_scripts
from ingest.text.sentences import sentences

CANDIDATES = 8  # as many as the highest severity could ever use, and a few to spare
PUNCTUATION = ".,;:!?\"'()[]«»“”„।؟،。、"
"""What stands around words."""

_COMMON = 0.1  # words in more than a tenth of the sentences say nothing about any
_LONGEST_LIST = 200
_WORDS = 12  # the rarest words of a question are looked up


@dataclass(frozen=True, slots=True)
class Pool:
    """All sentences of the examples of a cell.

    Attributes:
        sentences: in the order of their text, each once.
        source: the text each was taken from.
        words: the words of each.
        postings: for each word, the sentences that have it.
    """

    sentences: list[str]
    source: list[str]
    words: list[frozenset[str]]
    postings: dict[str, list[int]]

    def weight(self, word: str) -> float:
        """How much a shared word counts: the rarer the more."""
        return math.log(len(self.sentences) / len(self.postings[word]))


def pool(examples: Iterable[Example]) -> Pool:
    """Collect the sentences of the running text of examples."""
    where: dict[str, str] = {}
    for example in examples:
        text = running_text(example)
        if text not in where:
            for sentence in sentences(text):
                where.setdefault(sentence, text)
    ordered = sorted(where)
    words = [words_of(sentence) for sentence in ordered]
    count = Counter(word for found in words for word in found)
    rare = {word for word, seen in count.items() if seen <= max(_COMMON * len(ordered), 20)}
    postings: dict[str, list[int]] = {}
    for at, found in enumerate(words):
        for word in found & rare:
            postings.setdefault(word, []).append(at)
    return Pool(ordered, [where[sentence] for sentence in ordered], words, postings)


def running_text(example: Example) -> str:
    """The text of an example that distractors are taken from and added to."""
    match example:
        case Span() | Choice():
            return example.context
        case Pair():
            return example.first
        case Retrieval():
            return example.query
        case _:
            return ""


def question_of(example: Example) -> str:
    """The text whose words a distractor should share."""
    match example:
        case Span():
            return example.question
        case Choice():
            return f"{example.context} {example.question}"
        case Pair():
            return example.second
        case Retrieval():
            return example.query
        case _:
            return ""


def distractors(example: Example, found: Pool, seed: int) -> list[str]:
    """The sentences that share most with the question and hold no gold answer, best first.

    Ties are broken by a hash of the seed, the example's id and the sentence.
    """
    own = running_text(example)
    score: dict[int, float] = {}
    shared = words_of(question_of(example)) & found.postings.keys()
    for word in sorted(shared, key=lambda word: (len(found.postings[word]), word))[:_WORDS]:
        weight = found.weight(word)
        for at in found.postings[word][:_LONGEST_LIST]:
            score[at] = score.get(at, 0.0) + weight
    ranked = sorted(score, key=lambda at: (-score[at], at))[: 4 * CANDIDATES]
    good = [at for at in ranked if found.source[at] != own and not holds_answer(example, found.sentences[at])]
    good.sort(key=lambda at: (-round(score[at], 6), _tie(seed, example.id, found.sentences[at])))
    return [found.sentences[at] for at in good[:CANDIDATES]]


def holds_answer(example: Example, sentence: str) -> bool:
    """Does a sentence hold a gold answer of a question, in whatever case?"""
    answers = example.answers if isinstance(example, Span) else ()
    folded = sentence.casefold()
    return any(answer.text and answer.text.casefold() in folded for answer in answers)


def _tie(seed: int, example: str, sentence: str) -> bytes:
    named = f"{seed}|{example}|{sentence}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(named, digest_size=8).digest()


def words_of(text: str) -> frozenset[str]:
    """Words in small letters; pairs of neighbouring characters in scripts without blanks."""
    unspaced = in_scripts(*UNSPACED)
    words: set[str] = set()
    for word in text.casefold().split():
        core = word.strip(PUNCTUATION)
        if core and unspaced[ord(core[0])]:
            words.update(core[at : at + 2] for at in range(len(core) - 1))
        elif core:
            words.add(core)
    return frozenset(words)
