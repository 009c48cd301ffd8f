"""Drawing clauses that make sense: who can do what to which things, and what follows from it.

A frame names the shape of a clause: what its subject and object look like and which adjuncts it
has. Each frame belongs to one split, like each content word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from ingest.mini.concepts import CAUSES, SPLITS, Concept, Split, category, members
from ingest.mini.draws import Draws
from ingest.mini.grammar import Clause, Phrase


@dataclass(frozen=True, slots=True)
class Frame:
    """The shape of a clause.

    Attributes:
        subject: noun, quality noun, number noun, name, full name, or society.
        object: none (intransitive), noun, quality noun, number noun, or name.
        adjuncts: any of place, city, tool, time, manner.
    """

    subject: str
    object: str
    adjuncts: tuple[str, ...]

    @property
    def name(self) -> str:
        """E.g. ``quality-verb-noun-place+time``."""
        return f"{self.subject}-verb-{self.object}-{'+'.join(self.adjuncts) or 'bare'}"


SUBJECTS = ("noun", "quality", "number", "name", "fullname", "society")
OBJECTS = ("none", "noun", "quality", "number", "person")
ADJUNCTS: tuple[tuple[str, ...], ...] = (
    (), ("place",), ("city",), ("tool",), ("time",), ("manner",),
    ("place", "time"), ("city", "time"), ("place", "manner"), ("tool", "time"),
    ("manner", "time"), ("tool", "place"),
)  # fmt: skip


@cache
def frames(split: Split | None = None) -> tuple[Frame, ...]:
    """The frames of a split: half of all for training, a sixth for dev, a third for test; all when None."""
    every = tuple(Frame(*shape) for shape in product(SUBJECTS, OBJECTS, ADJUNCTS))
    if split is None:
        return every
    return tuple(frame for frame in every if split_of(frame) == split)


def split_of(frame: Frame) -> Split:
    """Which split a frame belongs to, by a hash of its name."""
    return SPLITS[(0, 2, 0, 1, 0, 2)[Draws("frame", frame.name).below(6)]]


@dataclass(frozen=True, slots=True)
class World:
    """Where words are drawn from: the rows of one split, or all of them."""

    split: Split | None

    def one(self, draws: Draws, sort: str, group: str = "") -> Concept:
        """A row of a sort."""
        return draws.pick(members(sort, self.split, group))

    def thing(self, draws: Draws, kind: str = "") -> Concept:
        """A thing that is not a category noun."""
        return draws.pick(_things(self.split, kind))

    def clause(self, draws: Draws, frame: Frame, predicate: Concept | None = None) -> Clause:
        """A clause of this shape; ``predicate`` fixes the verb."""
        verb = predicate or self.verb(draws, frame)
        clause = Clause(subject=self.subject(draws, frame.subject), predicate=verb)
        if frame.object != "none":
            kind = CAUSES[verb.group][0] if verb.sort == "cause" else ""
            clause = replace(clause, object=self.object(draws, frame.object, kind, clause.subject))
        for adjunct in frame.adjuncts:
            clause = self.adjunct(draws, clause, adjunct)
        return clause

    def verb(self, draws: Draws, frame: Frame) -> Concept:
        """A verb that takes the frame's object."""
        if frame.object == "none":
            return self.one(draws, "deed")
        if frame.object == "person":
            group = draws.pick([name for name, cause in CAUSES.items() if cause[0] == "person"])
            return self.one(draws, "cause", group) if draws.chance(0.7) else self.one(draws, "action")
        group = draws.pick([name for name, cause in CAUSES.items() if cause[0] != "person"])
        return self.one(draws, "cause", group) if draws.chance(0.7) else self.one(draws, "action")

    def subject(self, draws: Draws, shape: str) -> Phrase:
        """Someone who can act."""
        match shape:
            case "name":
                return Phrase(self.one(draws, "first"))
            case "fullname":
                first, second = draws.sample(members("first", self.split), 2)
                return Phrase(first, name=second)
            case "society":
                return Phrase(self.one(draws, "society"), name=self.one(draws, "city"))
            case _:
                return self._noun(draws, shape, self.one(draws, "person"))

    def object(self, draws: Draws, shape: str, kind: str, subject: Phrase) -> Phrase:
        """Something that an action of this kind can be done to, other than the subject."""
        if shape == "person" or kind == "person":
            others = (*members("person", self.split), *members("first", self.split))
            return Phrase(other(draws, others, subject.head, subject.name))
        return self._noun(draws, shape, self.thing(draws, kind))

    def adjunct(self, draws: Draws, clause: Clause, adjunct: str) -> Clause:
        """The clause with one more adjunct."""
        match adjunct:
            case "place":
                return replace(clause, place=Phrase(self.one(draws, "place")))
            case "city":
                return replace(clause, place=Phrase(self.one(draws, "city")))
            case "tool":
                taken = clause.object.head if clause.object else None
                tools = [row for row in _things(self.split, "hard") if row != taken]
                return replace(clause, tool=Phrase(draws.pick(tools)))
            case "time":
                return replace(clause, time=self.one(draws, "time"))
            case _:
                return replace(clause, manner=self.one(draws, "manner"))

    def _noun(self, draws: Draws, shape: str, head: Concept) -> Phrase:
        match shape:
            case "quality":
                return Phrase(head, quality=self.one(draws, "quality"))
            case "number" if not head.group.startswith("food"):
                return Phrase(head, number=self.one(draws, "number"))
            case _:
                return Phrase(head)


def general(phrase: Phrase) -> Phrase:
    """The category of a thing: of the small apple, the fruit."""
    return Phrase(category(phrase.head))


def outcome(clause: Clause, effect: Concept) -> Clause:
    """What follows for the object: the table was useless."""
    assert clause.object is not None
    return Clause(subject=clause.object, predicate=effect)


def other(draws: Draws, rows: Sequence[Concept], *taken: Concept | None) -> Concept:
    """One of the rows that is none of those taken."""
    return draws.pick([row for row in rows if row not in taken])


@cache
def _things(split: Split | None, kind: str) -> tuple[Concept, ...]:
    return tuple(row for row in members("thing", split, kind) if not row.category)
