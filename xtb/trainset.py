"""What a stage trains on: its examples, and the order in which they come as batches of tokens.

The order of an epoch follows from (run seed, stage, epoch) alone, so a position in it is two numbers.
Examples are tokenised in blocks, as they come up: a stage of fifty steps over MNLI's 393 thousand pairs
reads a few thousand of them. Within a block, batches hold examples of about equal length.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import NamedTuple

from ingest import catalog
from ingest.errors import MissingData
from ingest.example import Candidate, Example, Kind
from ingest.source import Source
from ingest.task import Task, take
from xtb import mixture, mlm
from xtb import seed as seeds
from xtb.batching import Feature, token_batches
from xtb.errors import XtbError
from xtb.heads import comparable, head
from xtb.heads.blank import blank
from xtb.model import TaskModel
from xtb.robust.augment import augment
from xtb.spec import StageSpec
from xtb.translate.base import PREBUILT
from xtb.translate.examples import Translated

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
        dropped: examples that could not be had in a language they were to be translated into.
    """

    task: Task
    examples: list[Example]
    languages: list[str]
    pool: tuple[Candidate, ...] = ()
    dropped: int = 0


Translate = Callable[[Sequence[Example], str], Translated]
"""English examples into a language."""


def read_parts(stage: StageSpec, source: Source, translate: Translate | None = None) -> list[Part]:
    """Read the training examples of a stage, a stable sample of them where it has a limit.

    Args:
        stage: what to read.
        source: where from.
        translate: for a stage whose data are translated here.

    Raises:
        XtbError: there are none.
        IngestError: a file is missing or damaged.
    """
    return [_read_part(catalog.task(name).on(source), stage, source, translate) for name in stage.tasks]


def check_there(stage: StageSpec, source: Source) -> None:
    """See that a stage's training data are there, before the stages ahead of it are trained; reads nothing.

    Raises:
        IngestError: a file is missing.
    """
    for task in (catalog.task(name).on(source) for name in stage.tasks):
        there = task.available(source, "train")
        for language in ("en",) if stage.translator else stage.languages:
            if language not in there:
                task.read(source, "train", language)  # says what is missing


def _read_part(task: Task, stage: StageSpec, source: Source, translate: Translate | None) -> Part:
    examples: list[Example] = []
    languages: list[str] = []
    pool: list[Candidate] = []
    dropped = 0
    share = None if stage.limit is None else -(-stage.limit // len(stage.languages))
    for language in stage.languages:
        some, lost = _examples(task, stage, source, language, share, translate)
        examples += some
        languages += [language] * len(some)
        dropped += lost
        if task.pool is not None:
            pool += task.pool(source, "train", language)
    if not examples:
        lost_too = f"; {dropped} could not be translated" if dropped else ""
        raise XtbError(
            f"task '{task.name}' has no training examples in {', '.join(stage.languages)}{lost_too}"
        )
    return Part(task=task, examples=examples, languages=languages, pool=tuple(pool), dropped=dropped)


def _examples(
    task: Task,
    stage: StageSpec,
    source: Source,
    language: str,
    limit: int | None,
    translate: Translate | None,
) -> tuple[list[Example], int]:
    """Examples of one language, and how many were lost in translation."""
    if not stage.translator or language == "en":
        return take(task.read(source, "train", language), limit), 0
    if translate is not None:
        made = translate(take(task.read(source, "train", "en"), limit), language)
        return made.examples, made.dropped
    try:
        there = task.read(source, PREBUILT, language)
    except MissingData as error:
        raise MissingData(f"{error}. Or give a translator (--translator)") from error
    return take(there, limit), max(0, len(task.read(source, "train", "en")) - len(there))


@dataclass(slots=True, kw_only=True)
class Trainset:
    """A stage's examples as an endless, repeatable sequence of steps.

    Attributes:
        parts: examples by task.
        models: the model of each task, which knows how to tokenise.
        seed: of this stage's order and noise.
        texts: for masked language modelling; None for a stage without.
        kept: features of clean examples by task and index, made when first needed.
    """

    stage: StageSpec
    parts: Sequence[Part]
    models: Mapping[str, TaskModel]
    seed: int
    texts: mlm.Texts | None = None
    kept: dict[str, dict[int, list[Feature]]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Training examples."""
        return sum(len(part.examples) for part in self.parts)

    @property
    def dropped(self) -> int:
        """Examples lost in translation."""
        return sum(part.dropped for part in self.parts)

    def steps(self, epoch: int, *, first: int = 0) -> Iterator[Step]:
        """The steps of an epoch from number ``first`` on."""
        for number, step in enumerate(self._interleaved(epoch)):
            if number >= first:
                yield step

    def _interleaved(self, epoch: int) -> Iterator[Step]:
        """The steps of the tasks, with steps of masked language modelling between."""
        steps = self._each_once(epoch) if mixture.is_exhaustive(self.stage) else self._drawn(epoch)
        if self.texts is None:
            yield from steps
            return
        masked = self.texts.batches(epoch)
        rng = seeds.generator(self.seed, "mlm", epoch)
        for step in steps:
            while rng.random() < self.stage.mlm_rate:
                yield Step(mlm.NAME, next(masked))
            yield step

    def _each_once(self, epoch: int) -> Iterator[Step]:
        """Every example once, tasks drawn by the examples they have left."""
        streams = {part.task.name: self._stream(part, epoch) for part in self.parts}
        left = self._sizes()
        rng = seeds.generator(self.seed, "mixture", epoch)
        while left:
            name = mixture.draw(left, rng)
            features = next(streams[name], None)
            if features is None:
                del left[name]
                continue
            left[name] = max(1, left[name] - len(features))
            yield Step(name, features)

    def _drawn(self, epoch: int) -> Iterator[Step]:
        """Tasks drawn with fixed chances, until there were as many examples as an epoch has."""
        sizes = self._sizes()
        streams = {part.task.name: self._endless(part, epoch) for part in self.parts}
        chances = mixture.chances(sizes, self.stage)
        rng = seeds.generator(self.seed, "mixture", epoch)
        left = mixture.examples(sizes, self.stage)
        while left > 0:
            name = mixture.draw(chances, rng)
            features = next(streams[name])
            left -= len(features)
            yield Step(name, features)

    def _endless(self, part: Part, epoch: int) -> Iterator[list[Feature]]:
        """The batches of a task again and again, each time in a new order."""
        for again in count():
            empty = True
            for features in self._stream(part, epoch, again):
                empty = False
                yield features
            if empty:
                raise XtbError(f"the training data of '{part.task.name}' make no batch")

    def _sizes(self) -> dict[str, int]:
        return {part.task.name: len(part.examples) for part in self.parts}

    def count(self, epoch: int = 0) -> int:
        """Steps of an epoch; tokenises all of it."""
        return sum(1 for _ in self.steps(epoch))

    def _stream(self, part: Part, epoch: int, again: int = 0) -> Iterator[list[Feature]]:
        key = (part.task.name, epoch, again) if again else (part.task.name, epoch)
        order = seeds.generator(self.seed, "order", *key).permutation(len(part.examples))
        for number, start in enumerate(range(0, len(order), BLOCK)):
            features = self._features(part, order[start : start + BLOCK].tolist(), epoch)
            rng = seeds.generator(self.seed, "batches", *key, number)
            for batch in token_batches(features, self.stage.batch_tokens, rng):
                yield [features[index] for index in batch]

    def _features(self, part: Part, indices: list[int], epoch: int) -> list[Feature]:
        if self.stage.robust == "augment":
            noisy = self._noisy(part, indices, epoch)
            return self._tokenise(part, noisy)
        clean = self._clean(part, indices)
        if self.stage.robust == "consistency":
            copies: list[list[Feature]] = [[] for _ in indices]
            for feature in self._tokenise(part, self._noisy(part, indices, epoch)):
                copies[feature.example].append(feature)
            clean = [with_copies(part.task.kind, *both) for both in zip(clean, copies, strict=True)]
        return [feature for mine in clean for feature in mine]

    def _clean(self, part: Part, indices: list[int]) -> list[list[Feature]]:
        """The features of the examples at these indices, tokenised once for all epochs."""
        kept = self.kept.setdefault(part.task.name, {})
        new = [index for index in indices if index not in kept]
        kept.update({index: [] for index in new})
        for feature in self._tokenise(part, [part.examples[index] for index in new]):
            kept[new[feature.example]].append(feature)
        return [kept[index] for index in indices]

    def _tokenise(self, part: Part, examples: list[Example]) -> list[Feature]:
        if not examples:
            return []
        if self.stage.blank:
            examples = [blank(example) for example in examples]
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


def with_copies(kind: Kind, clean: list[Feature], noisy: list[Feature]) -> list[Feature]:
    """The features of an example, each with its noisy copy; as they are where the two do not line up."""
    pairs = list(zip(clean, noisy, strict=False))
    if len(clean) != len(noisy) or not all(comparable(kind, *both) for both in pairs):
        return clean
    return [one._replace(copy=other) for one, other in pairs]
