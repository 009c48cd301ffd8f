"""Examples without content: what is left when a model may know the labels' frequencies and nothing else."""

import re
from dataclasses import replace

from ingest.example import Answer, Choice, Example, Pair, Span, Tags
from warehouse.errors import UsageError

_LETTER = re.compile(r"\S")


def blank(example: Example) -> Example:
    """The example with its gold and without its input (the null input of Xu et al., 2020).

    Texts of pairs and choices become empty. Tags keep the number of their words, each the unknown token; a
    span keeps the shape of its context, as its answer is a place there, each letter an ``x``.

    >>> blank(Tags(id="1", tokens=("Ada", "wrote"), tags=("PER", "O"))).tokens
    ('', '')

    Raises:
        UsageError: a query of retrieval, whose gold is among the candidates, not among labels.
    """
    match example:
        case Pair():
            return replace(example, first="", second="")
        case Choice():
            return replace(example, context="", question="", options=("",) * len(example.options))
        case Tags():
            return replace(example, tokens=("",) * len(example.tokens))
        case Span():
            answers = tuple(Answer(text=_shape(a.text), start=a.start) for a in example.answers)
            return replace(example, question="", context=_shape(example.context), answers=answers)
    raise UsageError("information is not defined for retrieval: it has no labels")


def _shape(text: str) -> str:
    return _LETTER.sub("x", text)
