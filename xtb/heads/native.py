"""What transformers calls the kinds: the class that holds such a head, and the pipeline that uses it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ingest.example import Kind
from xtb.batching import Batch


class Native(NamedTuple):
    """The words of transformers for a kind.

    Attributes:
        auto: the ``Auto...`` class.
        tag: the hub's name of what such a model does.
        pipeline: name for ``transformers.pipeline``; '' where version 5 has none.
    """

    auto: str
    tag: str
    pipeline: str


NATIVE: Mapping[Kind, Native] = {
    "pair": Native("AutoModelForSequenceClassification", "text-classification", "text-classification"),
    "choice": Native("AutoModelForMultipleChoice", "multiple-choice", ""),
    "tags": Native("AutoModelForTokenClassification", "token-classification", "token-classification"),
    "span": Native("AutoModelForQuestionAnswering", "question-answering", ""),
    "retrieval": Native("AutoModel", "feature-extraction", "feature-extraction"),
}


def native_outputs(kind: Kind, model: Any, batch: Batch) -> Tensor:
    """What a model of transformers gives for rows, in the shape of ``TaskModel.forward``.

    For a choice all rows are taken as the options of one question.
    """
    if kind == "span":
        found = model(**batch)
        return torch.stack([found.start_logits, found.end_logits], dim=-1)
    if kind == "choice":
        found = model(**{name: tensor[None] for name, tensor in batch.items()})
        options: Tensor = found.logits.transpose(0, 1)
        return options
    logits: Tensor = model(**batch).logits
    return logits
