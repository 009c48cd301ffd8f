"""What a benchmark is: its kind, languages, labels, metrics, provenance, and how to read it from a source."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import nsmallest
from typing import TypeVar

from ingest.dataset import Dataset
from ingest.example import Candidate, Example, Kind
from ingest.parallel import NOT_PARALLEL, Parallel
from ingest.source import Source

Item = TypeVar("Item", bound=Example | Candidate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """Fine-tuning defaults of a task, as its authors' scripts have them.

    ``batch_size`` counts examples; ``max_length`` subword tokens; ``stride`` the overlap of two
    windows of a long context (span tasks); ``query_length`` the tokens of a query where it has a limit of
    its own (retrieval).
    """

    learning_rate: float = 2e-5
    learning_rate_large: float | None = None  # for encoders of XLM-R Large's size, where it differs
    epochs: float = 3.0
    batch_size: int = 32
    max_length: int = 128
    stride: int = 128
    query_length: int | None = None
    warmup: float = 0.0  # share of the steps
    weight_decay: float = 0.0
    source: str = ""  # where the values come from


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A benchmark. One file in ``ingest/tasks/`` (or ``xtb/mini/``) defines one as ``TASK``.

    Attributes:
        metrics: the first is the headline metric; names of ``warehouse.rows.METRICS``.
        labels: label or tag names in index order; empty for span and retrieval.
        chance: value a guesser reaches on the headline metric, None where it depends on the data.
        splits: split -> languages that have it. A split named ``train`` is what a stage trains on.
        trained_on: task (or tasks, in order: a recipe) whose train split fine-tunes this one for
            zero-shot evaluation; its own name where it has a train split itself.
        overlap: tasks whose training data contain this task's training data.
        data: split -> the tables it is read from, for listings and ``available``.
        read: examples of one split and language from a source.
        pool: retrieval candidates of one split and language; None elsewhere.
        versions: perturbation -> the same examples, by id, as somebody wrote them with that noise: noise that
            comes as data. The clean twins are what ``read`` gives.
        parallel: an example has the same id in every language.
        labels_in: where the labels are not known before the data are there: reads them from a source.
        generated: split -> items of each language, where they are generated and not read from tables.
        tuned_on: split on whose clean examples a threshold is tuned, per language (mined pairs).
    """

    name: str
    kind: Kind
    title: str
    metrics: tuple[str, ...]
    labels: tuple[str, ...] = ()
    chance: float | None = None
    splits: Mapping[str, tuple[str, ...]]
    trained_on: tuple[str, ...]
    overlap: tuple[str, ...] = ()
    data: Mapping[str, tuple[Dataset, ...]] = field(default_factory=dict)
    defaults: Hyperparameters = Hyperparameters()
    synthetic: bool = False
    licence: str
    citation: str
    read: Callable[[Source, str, str], Sequence[Example]]
    pool: Callable[[Source, str, str], Sequence[Candidate]] | None = None
    versions: Mapping[str, Callable[[Source, str, str], Sequence[Example]]] = field(default_factory=dict)
    parallel: bool = False
    labels_in: Callable[[Source], tuple[str, ...]] | None = None
    generated: Mapping[str, int] = field(default_factory=dict)
    tuned_on: str = ""

    def on(self, source: Source) -> "Task":
        """The task with the labels that a source's data have; itself where they are known beforehand."""
        return self if self.labels_in is None else replace(self, labels=self.labels_in(source))

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages of the evaluation splits, in the benchmark's order."""
        return tuple(dict.fromkeys(code for codes in self.splits.values() for code in codes))

    @property
    def metric(self) -> str:
        """The headline metric."""
        return self.metrics[0]

    def available(self, source: Source, split: str) -> tuple[str, ...]:
        """The languages of a split that a source holds; looks at names only."""
        tables = self.data.get(split, ())
        return tuple(
            code
            for code in self.splits.get(split, ())
            if all(source.has(table, split, code) for table in tables)
        )


def parallel_of(task: Task, source: Source, split: str) -> Parallel:
    """The examples of a split in all languages that the source has, where they are the same ones."""
    if not task.parallel:
        return NOT_PARALLEL
    return Parallel({code: partial(task.read, source, split, code) for code in task.available(source, split)})


def take(examples: Iterable[Item], limit: int | None) -> list[Item]:
    """A stable sample: the ``limit`` examples whose ids have the smallest hash, in the original order.

    It depends on ids only, so parallel test sets give the same items in every language, and a
    smaller sample lies within a larger one.

    Args:
        examples: the examples of one split.
        limit: size of the sample; None for all.
    """
    items = list(examples)
    if limit is None or limit >= len(items):
        return items
    first = nsmallest(limit, range(len(items)), key=lambda place: (_hash(items[place].id), place))
    return [items[place] for place in sorted(first)]


def _hash(identity: str) -> bytes:
    return hashlib.blake2b(identity.encode(), digest_size=8, person=b"xtb-take").digest()
