"""The five shapes of an example. It keeps its id when it is perturbed, so clean and noisy are paired."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["pair", "choice", "tags", "span", "retrieval"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts and the index of their label in the task's ``labels``."""

    id: str
    first: str
    second: str
    label: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A text, a question about it (may be empty), the options, and the index of the right one."""

    id: str
    context: str
    question: str
    options: tuple[str, ...]
    label: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The words of a sentence and one tag for each."""

    id: str
    tokens: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer and the code point of the context where it starts."""

    text: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A question whose answers are spans of the context; no answers means unanswerable."""

    id: str
    context: str
    question: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """A query and the ids of the candidates that answer it; the candidates are the task's pool."""

    id: str
    query: str
    positives: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One item of a retrieval pool."""

    id: str
    text: str


Example = Pair | Choice | Tags | Span | Retrieval
