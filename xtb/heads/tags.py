"""Tags of words: each word is judged at its first subword; long sentences are split, never cut."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ingest.example import Candidate, Example, Tags
from ingest.task import Task
from xtb.batching import IGNORE, NOTHING, Batch, Feature
from xtb.heads.base import Outcome, Pooling, Results, Vectors
from xtb.heads.layers import EachToken
from xtb.inputs import Inputs
from xtb.metrics.seqeval_f1 import Entity, entities

GOALS: Sequence[str] = ("half_f1",)
"""F1 of the sentence's entities is below one half."""


def layer(hidden: int, task: Task, *, dropout: float, inputs: Inputs, pooling: Pooling) -> nn.Module:
    """One class a tag."""
    return EachToken(hidden, len(task.labels), dropout)


def features(
    examples: Sequence[Example] | Sequence[Candidate],
    inputs: Inputs,
    task: Task,
    *,
    max_length: int,
    stride: int = 128,
    pool: Sequence[Candidate] = (),
) -> list[Feature]:
    """Rows of whole words, as many as a sentence needs.

    XTREME's code cuts a sentence that is too long and leaves its last words out of the score.
    A single word longer than a row keeps its first subwords, the first of which is the one that counts.
    """
    sentences = cast(Sequence[Tags], examples)
    index = {tag: i for i, tag in enumerate(task.labels)}
    words = inputs.words([sentence.tokens for sentence in sentences])
    room = max_length - inputs.single.size
    made = []
    for i, (sentence, whole) in enumerate(zip(sentences, words, strict=True)):
        pieces = [piece[:room] for piece in whole]
        lengths = [len(piece) for piece in pieces]
        for first, past in _parts(lengths, room):
            ids = array("i")
            for piece in pieces[first:past]:
                ids += piece
            row = inputs.row(ids)
            layout = (
                array("i", accumulate(lengths[first : past - 1], initial=len(inputs.single.before))),
                array("i", range(first, past)),
            )
            targets = NOTHING * len(row.ids)
            for position, tag in zip(layout[0], sentence.tags[first:past], strict=True):
                targets[position] = index.get(tag, IGNORE)
            made.append(Feature(i, (row,), targets, sum(map(len, whole)), layout))
    return made


def _parts(lengths: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Ranges of words that fit a row; every word is in exactly one."""
    first = used = 0
    for word, length in enumerate(lengths):
        if used + length > room:
            yield first, word
            first, used = word, 0
        used += length
    if lengths:
        yield first, len(lengths)


def log_probs(outputs: Tensor, batch: Batch) -> Tensor:
    """[words, tags]."""
    return outputs[batch["targets"] != IGNORE].float().log_softmax(-1)


def gold(batch: Batch) -> Tensor:
    """The tag of each word."""
    return batch["targets"][batch["targets"] != IGNORE]


def results(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The index of the highest tag at every token of each row."""
    best = outputs.argmax(-1).cpu().numpy().astype(np.float32)
    lengths = batch["attention_mask"].sum(1).tolist()
    return [row[:length].copy() for row, length in zip(best, lengths, strict=True)]


def outcomes(
    examples: Sequence[Example],
    features: Sequence[Feature],
    results: Results,
    task: Task,
    language: str,
    pool: Vectors | None = None,
) -> list[Outcome]:
    """Correct is the share of right words; hits, predicted and gold count entities as seqeval does."""
    sentences = cast(Sequence[Tags], examples)
    tags = [[""] * len(sentence.tokens) for sentence in sentences]
    for feature, rows in zip(features, results, strict=True):
        for position, word in zip(*feature.layout, strict=True):
            tags[feature.example][word] = task.labels[int(rows[0][position])]
    return judged(examples, [" ".join(found) for found in tags], task, language)


def evidence(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The logits [tokens, tags] of each row."""
    lengths = batch["attention_mask"].sum(1).tolist()
    return [row[:n].copy() for row, n in zip(outputs.float().cpu().numpy(), lengths, strict=True)]


def losses(
    examples: Sequence[Example],
    features: Sequence[Feature],
    evidence: Results,
    pool: Vectors | None = None,
    goal: str = "",
) -> NDArray[np.float64]:
    """Mean ``-log p(gold tag)`` over the words of each sentence."""
    total, words = np.zeros(len(examples)), np.zeros(len(examples))
    for feature, rows in zip(features, evidence, strict=True):
        targets = np.array(feature.targets)
        places = np.flatnonzero(targets != IGNORE)
        logits = rows[0][places].astype(np.float64)
        right = logits[np.arange(len(places)), targets[places]]
        total[feature.example] += (np.logaddexp.reduce(logits, axis=1) - right).sum()
        words[feature.example] += len(places)
    return total / np.maximum(words, 1)


def fooled(outcome: Outcome, goal: str = "") -> bool:
    """F1 of the sentence's entities (of its tags, where each is one) falls below one half.

    A sentence without entities in which none is found is right.
    """
    counted = (outcome.predicted or 0) + (outcome.gold or 0)
    return counted > 0 and 2 * (outcome.hits or 0) / counted < 0.5


def judged(
    examples: Sequence[Example], predictions: Sequence[str], task: Task, language: str
) -> list[Outcome]:
    """Judges tags parted by spaces, one a word; words without a tag count as wrong."""
    sentences = cast(Sequence[Tags], examples)
    tags = [
        (*given.split(), *[""] * len(sentence.tokens))[: len(sentence.tokens)]
        for sentence, given in zip(sentences, predictions, strict=True)
    ]
    found = entities(tags)
    there = entities([sentence.tags for sentence in sentences])
    return [_outcome(*item) for item in zip(sentences, tags, found, there, strict=True)]


def _outcome(
    sentence: Tags, tags: Sequence[str], found: frozenset[Entity], there: frozenset[Entity]
) -> Outcome:
    right = sum(tag == true for tag, true in zip(tags, sentence.tags, strict=True))
    return Outcome(
        correct=right / len(tags) if tags else 1.0,
        prediction=" ".join(tags),
        units=len(tags),
        hits=len(found & there),
        predicted=len(found),
        gold=len(there),
    )
