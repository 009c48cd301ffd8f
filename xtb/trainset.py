"""What a stage trains on: its examples, and the order in which they come as batches of tokens.

The order of an epoch follows from (run seed, stage, epoch) alone, so a position in it is two numbers.
Examples are tokenised in blocks, as they come up: a stage of fifty steps over MNLI's 393 thousand pairs
reads a few thousand of them. Within a block, batches hold examples of about equal length.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np

from ingest import catalog
from ingest.example import Candidate, Example
from ingest.source import Source
from ingest.task import Task, take
from xtb import seed as seeds
from xtb.batching import Feature, token_batches
from xtb.errors import XtbError
from xtb.heads import head
from xtb.model import TaskModel
from xtb.robust.augment import augment
from xtb.spec import StageSpec

BLOCK = 8192
"""Examples that are tokenised together and batched by length among themselves."""


class Step(NamedTuple):
    """What one optimiser step sees: a task and its features."""

    task: str
    features: list[Feature]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The training examples of one task.

    Attributes:
        languages: language of each example.
        pool: retrieval candidates; empty elsewhere.
    """

    task: Task
    examples: list[Example]
    languages: list[str]
    pool: tuple[Candidate, ...] = ()


def read_parts(stage: StageSpec, source: Source) -> list[Part]:
    """Read the training examples of a stage, a stable sample of them where it has a limit.

    Raises:
        XtbError: there are none.
        IngestError: a file is missing or damaged.
    """
    return [_read_part(catalog.task(name).on(source), stage, source) for name in stage.tasks]


def _read_part(task: Task, stage: StageSpec, source: Source) -> Part:
    examples: list[Example] = []
    languages: list[str] = []
    pool: list[Candidate] = []
    share = None if stage.limit is None else -(-stage.limit // len(stage.languages))
    for language in stage.languages:
        some = take(task.read(source, "train", language), share)
        examples += some
        languages += [language] * len(some)
        if task.pool is not None:
            pool += task.pool(source, "train", language)
    if not examples:
        raise XtbError(f"task '{task.name}' has no training examples in {', '.join(stage.languages)}")
    return Part(task=task, examples=examples, languages=languages, pool=tuple(pool))


@dataclass(slots=True, kw_only=True)
class Trainset:
    """A stage's examples as an endless, repeatable sequence of steps.

    Attributes:
        parts: examples by task.
        models: the model of each task, which knows how to tokenise.
        seed: of this stage's order and noise.
        kept: features of clean examples by task and index, made when first needed.
    """

    stage: StageSpec
    parts: Sequence[Part]
    models: Mapping[str, TaskModel]
    seed: int
    kept: dict[str, dict[int, list[Feature]]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Training examples."""
        return sum(len(part.examples) for part in self.parts)

    def steps(self, epoch: int, *, first: int = 0) -> Iterator[Step]:
        """The steps of an epoch from number ``first`` on."""
        streams = {part.task.name: self._stream(part, epoch) for part in self.parts}
        left = {part.task.name: len(part.examples) for part in self.parts}
        rng = seeds.generator(self.seed, "mixture", epoch)
        number = 0
        while left:
            name = _draw(left, rng)
            features = next(streams[name], None)
            if features is None:
                del left[name]
                continue
            left[name] = max(1, left[name] - len(features))
            if number >= first:
                yield Step(name, features)
            number += 1

    def count(self, epoch: int = 0) -> int:
        """Steps of an epoch; tokenises all of it."""
        return sum(1 for _ in self.steps(epoch))

    def _stream(self, part: Part, epoch: int) -> Iterator[list[Feature]]:
        order = seeds.generator(self.seed, "order", part.task.name, epoch).permutation(len(part.examples))
        for number, start in enumerate(range(0, len(order), BLOCK)):
            features = self._features(part, order[start : start + BLOCK].tolist(), epoch)
            rng = seeds.generator(self.seed, "batches", part.task.name, epoch, number)
            for batch in token_batches(features, self.stage.batch_tokens, rng):
                yield [features[index] for index in batch]

    def _features(self, part: Part, indices: list[int], epoch: int) -> list[Feature]:
        if self.stage.robust == "augment":
            noisy = self._noisy(part, indices, epoch)
            return self._tokenise(part, noisy)
        kept = self.kept.setdefault(part.task.name, {})
        new = [index for index in indices if index not in kept]
        kept.update({index: [] for index in new})
        for feature in self._tokenise(part, [part.examples[index] for index in new]):
            kept[new[feature.example]].append(feature)
        return [feature for index in indices for feature in kept[index]]

    def _tokenise(self, part: Part, examples: list[Example]) -> list[Feature]:
        if not examples:
            return []
        model = self.models[part.task.name]
        return head(part.task.kind).features(
            examples,
            model.inputs,
            part.task,
            max_length=min(self.stage.max_length, model.max_length),
            stride=self.stage.stride,
            pool=part.pool,
        )

    def _noisy(self, part: Part, indices: list[int], epoch: int) -> list[Example]:
        """The examples at these indices with this epoch's noise, in the same order."""
        noise = partial(
            augment,
            perturbation=catalog.perturbation(self.stage.perturbation),
            severity=self.stage.severity,
            rate=self.stage.noise_rate,
            seed=self.seed,
            epoch=epoch,
            task=part.task.name,
        )
        noisy: dict[int, Example] = {}
        for language in dict.fromkeys(part.languages[index] for index in indices):
            chosen = [index for index in indices if part.languages[index] == language]
            examples = noise([part.examples[index] for index in chosen], language=language)
            noisy |= dict(zip(chosen, examples, strict=True))
        return [noisy[index] for index in indices]


def _draw(left: Mapping[str, int], rng: np.random.Generator) -> str:
    """A task, with a chance proportional to the examples it has left."""
    names = list(left)
    if len(names) == 1:
        return names[0]
    weights = np.array([left[name] for name in names], dtype=np.float64)
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]
