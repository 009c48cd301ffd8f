"""What an adaptive attack is: a search for a text that fools a model, one example at a time.

A search is a generator. It asks for texts to be scored (or for gradients) and is sent what the model made of
them; ``xtb.adversarial.search`` runs the searches of many examples side by side, so that a round of
all of them goes through the model together. A search knows nothing of budgets or of when it has won.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.example import Example, Kind
from ingest.source import Source
from ingest.task import Task
from xtb import seed as seeds

if TYPE_CHECKING:  # listing attacks should not load torch
    from torch import Tensor

    from xtb.adversarial.fixed_mlm import FixedMLM
    from xtb.adversarial.victim import Victim
    from xtb.batching import Row
    from xtb.inputs import Inputs

Access = Literal["predictions", "scores", "gradient"]
Value = str | int | float | bool
Settings = Mapping[str, Value]

ALL_KINDS: tuple[Kind, ...] = ("pair", "choice", "tags", "span", "retrieval")
REFUSED = -np.inf
"""The loss of what broke a constraint or the budget, and was not scored."""


class Proposal(NamedTuple):
    """A text that may fool the model; ``edits`` is an upper bound of the clusters changed, if it is known."""

    example: Example
    edits: int | None = None


class Slope(NamedTuple):
    """The gradient of the loss at the word embeddings [tokens, hidden] of one encoder row."""

    row: "Row"
    gradient: NDArray[np.float32]


class Blank(NamedTuple):
    """``text[start:end]`` is taken out: which words fit?

    Attributes:
        unspaced: it stands in a script without blanks, where pieces begin no word.
        most: words that are wanted.
    """

    text: str
    start: int
    end: int
    unspaced: bool
    most: int


class Ask(NamedTuple):
    """What a search wants to know.

    Attributes:
        proposals: texts to score, in the order in which they count as queries.
        probe: they only help to find a way (a word left out, say), cannot succeed, and keep no constraint.
        gradient: gradients are wanted, not scores; each is one query too.
        blanks: asked of the fixed masked language model, not of the victim, so they are no queries.
    """

    proposals: Sequence[Proposal] = ()
    probe: bool = False
    gradient: bool = False
    blanks: Sequence[Blank] = ()


class Reply(NamedTuple):
    """What a search is told of each proposal: its loss, ``REFUSED`` for none; its slopes, if asked for.

    Of each blank it is told the words that fit, likeliest first.
    """

    losses: Sequence[float]
    slopes: Sequence[Sequence[Slope]] = ()
    words: Sequence[Sequence[str]] = ()


Search = Generator[Ask, Reply, None]


def scored(proposals: Sequence[Proposal], *, probe: bool = False) -> Generator[Ask, Reply, Sequence[float]]:
    """Ask for losses, within a search: ``losses = yield from scored(proposals)``."""
    if not proposals:
        return []
    reply = yield Ask(proposals, probe=probe)
    return reply.losses


def slopes(examples: Sequence[Example]) -> Generator[Ask, Reply, Sequence[Sequence[Slope]]]:
    """Ask for gradients, within a search; an example the budget did not reach has no slopes."""
    reply = yield Ask([Proposal(example) for example in examples], gradient=True)
    return reply.slopes


def filled(blanks: Sequence[Blank]) -> Generator[Ask, Reply, Sequence[Sequence[str]]]:
    """Ask for words, within a search: ``words = yield from filled(blanks)``."""
    reply = yield Ask(blanks=blanks)
    return reply.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a search knows beside its example.

    Attributes:
        attack: its name, part of every draw.
        task, split, language: of the examples.
        seed: of the draws.
        settings: of the attack.
        fields: the texts of an example that may be edited.
        examples: all examples of the cell.
        source: where parallel texts come from.
        limit: as the examples were taken.
        inputs: the victim's tokenised texts, for white-box attacks.
        embeddings: the victim's word embeddings [vocabulary, hidden], for white-box attacks.
        mlm: answers what searches ask of blanks; None where none was given.
        translate: texts into a language by a machine; None where the task's own translations are taken.
        memo: what is worked out once for all examples.
    """

    attack: str
    task: Task
    split: str
    language: str
    seed: int
    settings: Settings
    fields: tuple[str, ...]
    examples: Sequence[Example]
    source: Source
    limit: int | None
    inputs: "Inputs"
    embeddings: NDArray[np.float32]
    mlm: "FixedMLM | None" = None
    translate: Callable[[Sequence[str], str], Sequence[str | None]] | None = None
    memo: dict[str, Any] = field(default_factory=dict)

    def rng(self, example: Example, *purpose: str | int) -> np.random.Generator:
        """The draws for an example: the same in whatever order examples are attacked."""
        return seeds.generator(self.seed, self.attack, example.id, *purpose)

    def number(self, name: str) -> float:
        """A setting that is a number."""
        return float(self.settings[name])

    def count(self, name: str) -> int:
        """A setting that is a whole number."""
        return int(self.settings[name])

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made at the first call."""
        if name not in self.memo:
            self.memo[name] = make()
        return self.memo[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One adaptive attack. A file of ``xtb/attacks`` defines one as ``ATTACK``.

    Attributes:
        name: equal to the name of its file.
        access: what it needs to see of the model.
        definition: one sentence that says exactly what it does.
        kinds: kinds of task it is defined for.
        settings: its settings with their published or chosen values; those of
            ``xtb.adversarial.constraints`` state the constraints it keeps unless told otherwise.
        citation: where it comes from.
        search: searches one example.
        fields: texts it edits under its settings, where they differ from ``ingest.fields.NOISY``.
        faulty: what is wrong with its settings whatever they are used on, as a sentence.
        lacks: why it cannot be done in a scene at all, as a sentence.
        prepare: works out a text once for all examples: ``memo["trigger"]``, before ``lacks`` is asked.
    """

    name: str
    access: Access
    definition: str
    kinds: tuple[Kind, ...] = ALL_KINDS
    settings: Settings
    citation: str
    search: Callable[[Example, Scene], Search]
    fields: Callable[[Settings, Kind], tuple[str, ...]] = lambda settings, kind: ()
    faulty: Callable[[Settings], str | None] = lambda settings: None
    lacks: Callable[[Scene], str | None] = lambda scene: None
    prepare: "Callable[[Victim, Scene], str] | None" = None


class Point(NamedTuple):
    """What is to be attacked at one radius: the embeddings of a batch of encoder rows.

    Attributes:
        clean: word embeddings [rows, tokens, hidden].
        mask: [rows, tokens, 1], 1 at real tokens, which alone may be moved.
        start: uniform numbers in [-1, 1], keyed by example, of the shape of ``clean``.
        radius: of the L2 ball around each token.
        ascend: outputs and the gradient of the loss at embeddings.
        note: is shown the outputs at every point that was reached.
    """

    clean: "Tensor"
    mask: "Tensor"
    start: "Tensor"
    radius: float
    ascend: Callable[["Tensor"], tuple["Tensor", "Tensor"]]
    note: Callable[["Tensor"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """An attack on embeddings: no text, so it gives a curve over radii and never counts as success.

    Attributes:
        name, definition, kinds, settings, citation, faulty: as of ``Attack``.
        climb: walks from one point.
    """

    name: str
    definition: str
    kinds: tuple[Kind, ...] = ALL_KINDS
    settings: Settings
    citation: str
    access: Access = "gradient"
    faulty: Callable[[Settings], str | None] = lambda settings: None
    climb: Callable[[Point, Settings], None]


def radii_of(settings: Settings) -> list[float]:
    """The radii of a curve, in mean norms of the word embeddings.

    Raises:
        ValueError: they are not numbers with commas between.
    """
    return [float(radius) for radius in str(settings["radii"]).split(",")]
