"""Retrieval: one vector a text, the nearest candidates of a query by cosine.

Zero-shot it needs no training; trained, it is a dual encoder with shared weights whose loss is the in-batch
softmax (InfoNCE; van den Oord et al., 2018), as XTREME-R trains for LAReQA and Mewsli-X.
"""

from array import array
from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import normalize

from ingest.example import Candidate, Example, Retrieval
from ingest.task import Task
from xtb.batching import Batch, Feature, Row
from xtb.heads import rivals
from xtb.heads.base import NEVER, Outcome, Pooling, Results, Vectors
from xtb.inputs import Inputs
from xtb.metrics.ranking import average_precision
from xtb.mining import best_threshold, mine
from xtb.search import nearest

DEPTH = 20
"""Candidates that are ranked for a query."""

GOALS: Sequence[str] = rivals.GOALS
"""See ``xtb.heads.rivals``."""

TEMPERATURE = 0.01
"""Of the training softmax, as in google-research/xtreme@838c13b third_party/bert.py. There its inverse is a
parameter, which learning rates of 2e-5 hardly move; here it is fixed.
"""


class Vector(nn.Module):
    """A unit vector of each row. No weights: any encoder can be evaluated as it is."""

    def __init__(self, pooling: Pooling, before: int, after: int) -> None:
        super().__init__()
        self.hidden_state = pooling.layer
        self.pooling, self.before, self.after = pooling, before, after

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """[rows, tokens, hidden] to [rows, hidden]."""
        if self.pooling.over == "cls":
            pooled = hidden[:, 0]
        else:
            weight = self._counted(batch["attention_mask"])[:, :, None].to(hidden.dtype)
            pooled = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1)
        return normalize(pooled.float(), dim=-1)

    def _counted(self, mask: Tensor) -> Tensor:
        if self.pooling.special_tokens:
            return mask
        place = torch.arange(mask.shape[1], device=mask.device)
        inner = (place >= self.before) & (place < mask.sum(1, keepdim=True) - self.after)
        # A text without tokens keeps its special ones: there is nothing else.
        return torch.where(inner.any(1, keepdim=True), inner, mask.bool())


def layer(hidden: int, task: Task, *, dropout: float, inputs: Inputs, pooling: Pooling) -> nn.Module:
    """Pooling; there are no weights."""
    return Vector(pooling, len(inputs.single.before), len(inputs.single.after))


def features(
    examples: Sequence[Example] | Sequence[Candidate],
    inputs: Inputs,
    task: Task,
    *,
    max_length: int,
    stride: int = 128,
    pool: Sequence[Candidate] = (),
) -> list[Feature]:
    """One row a query or candidate; with a pool, a query's row and its first positive's."""
    if examples and isinstance(examples[0], Candidate):
        rows = _rows([cast(Candidate, item).text for item in examples], inputs, max_length)
    else:
        longest = min(max_length, task.defaults.query_length or max_length)
        rows = _rows([cast(Retrieval, item).query for item in examples], inputs, longest)
    if not pool:
        return [Feature(i, (row,), array("i", [i]), tokens) for i, (row, tokens) in enumerate(rows)]
    place = {candidate.id: i for i, candidate in enumerate(pool)}
    keys = [place[cast(Retrieval, item).positives[0]] for item in examples]
    passages = _rows([pool[key].text for key in keys], inputs, max_length)
    return [
        Feature(i, (row, passage), array("i", [key]), tokens)
        for i, ((row, tokens), (passage, _), key) in enumerate(zip(rows, passages, keys, strict=True))
    ]


def _rows(texts: Sequence[str], inputs: Inputs, max_length: int) -> list[tuple[Row, int]]:
    room = max_length - inputs.single.size
    return [(inputs.row(ids[:room]), len(ids)) for ids in inputs.ids(texts)]


def log_probs(outputs: Tensor, batch: Batch) -> Tensor:
    """[queries, passages of the batch]; a passage that answers the query a second time is left out."""
    queries, passages = outputs.float().reshape(len(outputs) // 2, 2, -1).unbind(1)
    key = batch["targets"][:, 0]
    twin = (key[:, None] == key) & ~torch.eye(len(key), dtype=torch.bool, device=key.device)
    similar: Tensor = (queries @ passages.T / TEMPERATURE).masked_fill(twin, NEVER)
    return similar.log_softmax(-1)


def gold(batch: Batch) -> Tensor:
    """Each query's own passage."""
    return torch.arange(len(batch["targets"]), device=batch["targets"].device)


def results(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The unit vector of each row."""
    return list(outputs.float().cpu().numpy())


def outcomes(
    examples: Sequence[Example],
    features: Sequence[Feature],
    results: Results,
    task: Task,
    language: str,
    pool: Vectors | None = None,
) -> list[Outcome]:
    """The prediction: the nearest candidate's id, under map_at_20 the ids of the nearest 20, best first.

    Of equally near ones the first in the pool comes first. Where pairs are mined (bucc_f1) it is the id of
    the translation, '' for none.
    """
    pool = _needed(pool)
    queries = np.stack([rows[0] for rows in results])
    if task.metric == "bucc_f1":
        texts = [item.query for item in cast(Sequence[Retrieval], examples)]
        return judged(examples, mined(queries, texts, pool), task, language)
    depth = DEPTH if task.metric == "map_at_20" else 1
    near = nearest(queries, pool.matrix, depth).candidate
    return judged(examples, [" ".join(pool.ids[i] for i in row) for row in near], task, language)


def mined(queries: NDArray[np.float32], texts: Sequence[str], pool: Vectors) -> list[str]:
    """For each query the id of its translation in the pool, '' for none."""
    pairs = mine(queries, pool.matrix, texts, pool.texts)
    found = {pair.first: pool.ids[pair.second] for pair in pairs if pair.margin >= pool.threshold}
    return [found.get(place, "") for place in range(len(texts))]


def tuned(examples: Sequence[Example], queries: NDArray[np.float32], pool: Vectors) -> float:
    """The threshold with the best F1 on these queries."""
    items = cast(Sequence[Retrieval], examples)
    pairs = mine(queries, pool.matrix, [item.query for item in items], pool.texts)
    gold = [frozenset(item.positives) for item in items]
    right = [pool.ids[pair.second] in gold[pair.first] for pair in pairs]
    return best_threshold([pair.margin for pair in pairs], right, sum(map(len, gold)))


def evidence(outputs: Tensor, batch: Batch) -> list[NDArray[np.float32]]:
    """The unit vector of each row."""
    return results(outputs, batch)


def losses(
    examples: Sequence[Example],
    features: Sequence[Feature],
    evidence: Results,
    pool: Vectors | None = None,
    goal: str = "",
) -> NDArray[np.float64]:
    """How near each query is to the goal: ``xtb.heads.rivals.heights``."""
    queries = torch.from_numpy(np.stack([rows[0] for rows in evidence]))
    found = rivals.heights(rivals.named(goal), cast(Sequence[Retrieval], examples), queries, _needed(pool))
    made: NDArray[np.float64] = found.double().numpy()
    return made


def ascent(outputs: Tensor, examples: Sequence[Example], pool: Vectors, goal: str) -> Tensor:
    """The sum of ``losses`` as a function of the queries' vectors, for gradients."""
    items = cast(Sequence[Retrieval], examples)
    return rivals.heights(rivals.named(goal), items, outputs.float(), pool).sum()


def fooled(outcome: Outcome, goal: str = "") -> bool:
    """No right candidate is at rank 1, or what else the goal says: ``xtb.heads.rivals.GOALS``."""
    return rivals.reached(rivals.named(goal), outcome)


def _needed(pool: Vectors | None) -> Vectors:
    if pool is None:
        raise ValueError("retrieval is judged against a pool of candidates")
    return pool


def judged(
    examples: Sequence[Example], predictions: Sequence[str], task: Task, language: str
) -> list[Outcome]:
    """Correct is AP@20 of the ranking under map_at_20, else whether the first id is right.

    Exact is always the latter. Under bucc_f1 a query without a translation is right with none, and hits,
    predicted and gold count pairs.
    """
    judge = {"map_at_20": _ranked, "bucc_f1": _paired}.get(task.metric, _first)
    items = cast(Sequence[Retrieval], examples)
    return [judge(item, prediction) for item, prediction in zip(items, predictions, strict=True)]


def _ranked(item: Retrieval, prediction: str) -> Outcome:
    ranked = list(dict.fromkeys(prediction.split(" ")))[:DEPTH]
    precision = average_precision(ranked, frozenset(item.positives), DEPTH)
    return Outcome(correct=precision, prediction=prediction, exact=float(ranked[0] in item.positives))


def _first(item: Retrieval, prediction: str) -> Outcome:
    right = float(prediction in item.positives)
    return Outcome(correct=right, prediction=prediction, exact=right)


def _paired(item: Retrieval, prediction: str) -> Outcome:
    hit = prediction in item.positives
    right = float(hit if item.positives else not prediction)
    found, there = int(bool(prediction)), len(item.positives)
    return Outcome(right, prediction, exact=right, hits=int(hit), predicted=found, gold=there)
