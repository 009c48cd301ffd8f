"""Spans of a context: question and context in overlapping windows, the best span of all is the answer."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import max_pool1d, pad

from ingest.example import Answer, Candidate, Example, Span
from ingest.task import Task
from warehouse.errors import UsageError
from xtb.batching import Batch, Feature
from xtb.heads.base import NEVER, Outcome, Pooling, Results, Vectors
from xtb.heads.layers import EachToken
from xtb.inputs import Inputs, Located
from xtb.metrics import mlqa, squad

QUESTION = 64
"""Most tokens of a question, as in BERT's run_squad.py."""

ANSWER = 30
"""Most tokens of an answer, as in BERT's run_squad.py."""

GOALS: Sequence[str] = ("half_f1", "exact")
"""The best F1 over the gold answers is below one half; no gold answer is matched."""


def layer(hidden: int, task: Task, *, dropout: float, inputs: Inputs, pooling: Pooling) -> nn.Module:
    """Two classes a token: begins the answer, ends it. Without dropout, as Devlin et al. (2019)."""
    return EachToken(hidden, 2, 0.0)


def features(
    examples: Sequence[Example] | Sequence[Candidate],
    inputs: Inputs,
    task: Task,
    *,
    max_length: int,
    stride: int = 128,
    pool: Sequence[Candidate] = (),
) -> list[Feature]:
    """One row a window of the context, which shares ``stride`` tokens with the one before.

    The target of a window without the whole first answer is its first token, as in BERT's run_squad.py.
    There ``doc_stride`` is the distance of two windows' beginnings; here it is what they share, as in
    transformers since its fast tokenizers (fewer windows).

    Raises:
        UsageError: ``max_length`` holds no more than the question.
    """
    spans = cast(Sequence[Span], examples)
    questions = inputs.ids([span.question for span in spans])
    contexts = inputs.located([span.context for span in spans])
    limit = min(QUESTION, max_length // 2)
    made = []
    for i, (span, question, context) in enumerate(zip(spans, questions, contexts, strict=True)):
        asked = question[:limit]
        room = max_length - inputs.double.size - len(asked)
        if room < 1:
            raise UsageError(f"a maximal length of {max_length} leaves no token for the context")
        answer = _tokens(context, span.answers[0]) if span.answers else None
        for first, past in _windows(len(context.ids), room, min(stride, room // 2)):
            row = inputs.pair(asked, context.ids[first:past])
            made.append(
                Feature(
                    i,
                    (row,),
                    _target(answer, first, past, row.second),
                    len(question) + len(context.ids),
                    (context.firsts[first:past], context.pasts[first:past]),
                )
            )
    return made


def _windows(length: int, room: int, shared: int) -> Iterator[tuple[int, int]]:
    first = 0
    while first + room < length:
        yield first, first + room
        first += room - shared
    yield first, length


def _tokens(context: Located, answer: Answer) -> tuple[int, int] | None:
    """First and last token that touch the answer."""
    past = answer.start + len(answer.text)
    first = bisect_right(context.pasts, answer.start)
    last = bisect_left(context.firsts, past) - 1
    return (first, last) if first <= last else None


def _target(answer: tuple[int, int] | None, first: int, past: int, second: int) -> "array[int]":
    if answer is None or answer[0] < first or answer[1] >= past:
        return array("i", [0, 0])
    return array("i", [second + answer[0] - first, second + answer[1] - first])


def log_probs(outputs: Tensor, batch: Batch) -> Tensor:
    """[2 x windows, tokens]: begin and end of each window in turn; padding cannot be chosen."""
    padding = batch["attention_mask"] == 0
    scores = outputs.float().masked_fill(padding[:, :, None], NEVER)
    return scores.transpose(1, 2).flatten(0, 1).log_softmax(-1)


def view(outputs: Tensor, batch: Batch) -> Tensor:
    """[2 x windows, 1 + tokens of the longest context]: as ``log_probs``, without the question's tokens.

    The first class is the first token of the row, the others are the context's, wherever it begins.
    """
    second, past = batch["span"][:, :1], batch["span"][:, 1:]
    width = int((past - second).max())
    place = torch.arange(width, device=outputs.device)
    inner = (second + place).clamp(max=outputs.shape[1] - 1)
    at = torch.cat([torch.zeros_like(second), inner], dim=1)
    outside = torch.cat([torch.zeros_like(second, dtype=torch.bool), second + place >= past], dim=1)
    scores = (
        outputs.float().gather(1, at[:, :, None].expand(-1, -1, 2)).masked_fill(outside[:, :, None], NEVER)
    )
    return scores.transpose(1, 2).flatten(0, 1).log_softmax(-1)


def comparable(one: Feature, other: Feature) -> bool:
    """Do two rows hold the same stretch of the context?"""
    first, second = one.rows[0], other.rows[0]
    return first.ids[first.second : first.end] == second.ids[second.second : second.end]


def gold(batch: Batch) -> Tensor:
    """Begin and end of each window in turn."""
    return batch["targets"].flatten()


def results(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """Of each row: first and last token of its best span, its score, the score of no answer.

    Tokens count from the first of the context; the score is the sum of the two logits; all spans
    of at most ``ANSWER`` tokens are compared, not only those of the 20 best begins and ends.
    A row without context has the score ``NEVER``.
    """
    begin, end = outputs.float().unbind(-1)
    place = torch.arange(outputs.shape[1], device=outputs.device)
    second, past = batch["span"][:, :1], batch["span"][:, 1:]
    outside = (place < second) | (place >= past)
    # The best end at or behind each begin: a running maximum over the next ANSWER tokens.
    ends = pad(end.masked_fill(outside, NEVER), (0, ANSWER - 1), value=NEVER)
    best, last = max_pool1d(ends[:, None], ANSWER, stride=1, return_indices=True)
    score = (begin + best[:, 0]).masked_fill(outside, NEVER)
    first = score.argmax(1, keepdim=True)
    found = torch.cat(
        [
            first - second,
            last[:, 0].gather(1, first) - second,
            score.gather(1, first),
            (begin[:, :1] + end[:, :1]),
        ],
        dim=1,
    )
    return list(found.cpu().numpy())


def outcomes(
    examples: Sequence[Example],
    features: Sequence[Feature],
    results: Results,
    task: Task,
    language: str,
    pool: Vectors | None = None,
) -> list[Outcome]:
    """Correct is F1, exact is exact match; the prediction is text of the context, '' for no answer.

    A data set with unanswerable questions is scored by the rules of SQuAD 2.0: the answer is '' where
    no answer scores higher (threshold 0). Others are scored by the rules of 1.1, MLQA by its own.
    """
    spans = cast(Sequence[Span], examples)
    may_refuse = any(not span.answers for span in spans)
    best: list[tuple[float, str]] = [(NEVER, "")] * len(spans)
    refuse = [float("inf")] * len(spans)
    for feature, rows in zip(features, results, strict=True):
        i, (first, last, score, none) = feature.example, rows[0].tolist()
        refuse[i] = min(refuse[i], none)
        if score > best[i][0]:
            best[i] = score, _text(spans[i].context, feature, int(first), int(last))
    answers = [
        "" if may_refuse and none > score else text for (score, text), none in zip(best, refuse, strict=True)
    ]
    return judged(examples, answers, task, language)


def evidence(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The logits [tokens, 2] of each row."""
    lengths = batch["attention_mask"].sum(1).tolist()
    return [row[:n].copy() for row, n in zip(outputs.float().cpu().numpy(), lengths, strict=True)]


def losses(
    examples: Sequence[Example],
    features: Sequence[Feature],
    evidence: Results,
    pool: Vectors | None = None,
    goal: str = "",
) -> NDArray[np.float64]:
    """``-log p`` of the best gold span among all pairs of a begin and an end in one window.

    With one window this is the training loss of the gold span the model likes best. A question without
    answers has its gold at the first token, where training puts it; so has one whose answers lie in no
    window whole.
    """
    spans = cast(Sequence[Span], examples)
    every = np.full(len(spans), -np.inf)
    gold = np.full(len(spans), -np.inf)
    none = np.full(len(spans), -np.inf)
    for feature, rows in zip(features, evidence, strict=True):
        i, second = feature.example, feature.rows[0].second
        begin, end = rows[0].astype(np.float64).T
        whole = np.logaddexp.reduce(begin) + np.logaddexp.reduce(end)
        every[i] = np.logaddexp(every[i], whole)
        none[i] = max(none[i], begin[0] + end[0])
        for first, last in _golds(feature, spans[i].answers):
            gold[i] = max(gold[i], begin[second + first] + end[second + last])
    return every - np.where(np.isfinite(gold), gold, none)


def _golds(feature: Feature, answers: Sequence[Answer]) -> Iterator[tuple[int, int]]:
    """First and last token, counted from the window's first of the context, of answers it holds whole."""
    firsts, pasts = feature.layout
    window = Located(feature.rows[0].ids, firsts, pasts)
    for answer in answers:
        found = _tokens(window, answer)
        past = answer.start + len(answer.text)
        if found and firsts[0] <= answer.start and past <= pasts[-1]:
            yield found


def fooled(outcome: Outcome, goal: str = "") -> bool:
    """The best F1 over the gold answers falls below one half; under ``exact`` no answer is matched."""
    return (outcome.exact or 0.0) < 1 if goal == "exact" else outcome.correct < 0.5


def judged(
    examples: Sequence[Example], predictions: Sequence[str], task: Task, language: str
) -> list[Outcome]:
    """Judges answers by the rules that ``outcomes`` states."""
    spans = cast(Sequence[Span], examples)
    judge = _judge2 if any(not span.answers for span in spans) else _judge1
    made = []
    for span, prediction in zip(spans, predictions, strict=True):
        found = judge(task, language, prediction, [answer.text for answer in span.answers])
        made.append(Outcome(correct=found.f1, prediction=prediction, exact=found.exact))
    return made


def _text(context: str, feature: Feature, first: int, last: int) -> str:
    firsts, pasts = feature.layout
    return context[firsts[first] : pasts[last]].strip()


def _judge1(task: Task, language: str, prediction: str, golds: Sequence[str]) -> squad.Judged:
    if task.metric.startswith("mlqa"):
        return squad.judge(prediction, golds, mlqa.normaliser(language))
    return squad.judge(prediction, golds)


def _judge2(task: Task, language: str, prediction: str, golds: Sequence[str]) -> squad.Judged:
    return squad.judge2(prediction, golds)
