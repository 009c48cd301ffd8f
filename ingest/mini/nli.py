"""Inference: does the second sentence follow from the first, contradict it, or neither?

Entailment drops modifiers, names the category, or says the same in another form; contradiction
negates such a sentence or turns a quality into its opposite; neutral adds or exchanges something.
Negation occurs under every label, in premise and hypothesis.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from ingest.mini.concepts import CAUSES, Split, members, opposite
from ingest.mini.draws import Draws
from ingest.mini.facts import World, frames, general, other
from ingest.mini.grammar import PLAIN, Clause, Form, Phrase, Role, say, text
from ingest.mini.sizes import SIZES

LABELS = ("entailment", "neutral", "contradiction")


@dataclass(frozen=True, slots=True)
class Item:
    """An inference before it is said in a language; ``rule`` names how the hypothesis was made."""

    frame: str
    premise: Clause
    hypothesis: Clause
    form: Form
    label: int
    rule: str


@cache
def items(split: Split) -> tuple[Item, ...]:
    """The inferences of a split; the labels take turns."""
    return tuple(_item(Draws("nli", split, i), split, i % 3) for i in range(SIZES[split]))


def rows(split: Split, code: str) -> list[dict[str, object]]:
    """Examples in language ``code`` with the columns id, first, second, label."""
    return [
        {
            "id": f"{split}-{i}",
            "first": text(say(item.premise, code), code),
            "second": text(say(item.hypothesis, code, item.form), code),
            "label": item.label,
        }
        for i, item in enumerate(items(split))
    ]


def _item(draws: Draws, split: Split, label: int) -> Item:
    world = World(split)
    frame = draws.pick([frame for frame in frames(split) if frame.object != "none" and frame.adjuncts])
    premise = world.clause(draws, frame)
    name, rule = draws.pick(_RULES[label])
    premise, hypothesis = rule(draws, premise, world)
    same = premise == hypothesis
    return Item(
        frame.name, premise, hypothesis, restated(draws, hypothesis, 0.0 if same else 0.5), label, name
    )


def restated(draws: Draws, clause: Clause, plain: float) -> Form:
    """Another way to say a clause: passive, or an adjunct in front; the plain one with chance ``plain``."""
    if draws.chance(plain):
        return PLAIN
    fronts: list[Role] = [role for role in _FRONTS if getattr(clause, role)]
    if clause.object and (not fronts or draws.chance(0.5)):
        return Form(voice="passive")
    return Form(front=draws.pick(fronts)) if fronts else PLAIN


def weaker(draws: Draws, clause: Clause) -> Clause:
    """The clause with at least one thing less: an adjunct, a quality, or the kind instead of the thing."""
    adjuncts: list[Role] = [role for role in _ADJUNCTS if getattr(clause, role)]
    dropped = draws.sample(adjuncts, 1 + draws.below(len(adjuncts)))
    clause = clause.without(*dropped)
    if clause.subject.quality and draws.chance(0.5):
        clause = replace(clause, subject=Phrase(clause.subject.head))
    if (
        clause.object
        and clause.object.head.sort == "thing"
        and not clause.object.number
        and draws.chance(0.4)
    ):
        clause = replace(clause, object=general(clause.object))
    return clause


_FRONTS: tuple[Role, ...] = ("place", "tool", "time")
_ADJUNCTS: tuple[Role, ...] = ("place", "tool", "time", "manner")
_Pair = tuple[Clause, Clause]


def _drop(draws: Draws, premise: Clause, world: World) -> _Pair:
    return premise, weaker(draws, premise)


def _restate(draws: Draws, premise: Clause, world: World) -> _Pair:
    premise = replace(premise, negated=draws.chance(0.6))
    return premise, premise


def _had_quality(draws: Draws, premise: Clause, world: World) -> _Pair:
    premise, phrase = _with_quality(draws, premise, world)
    assert phrase.quality is not None
    return premise, Clause(Phrase(phrase.head), phrase.quality)


def _negate(draws: Draws, premise: Clause, world: World) -> _Pair:
    return premise, replace(weaker(draws, premise), negated=True)


def _deny(draws: Draws, premise: Clause, world: World) -> _Pair:
    return replace(premise, negated=True), premise


def _opposite(draws: Draws, premise: Clause, world: World) -> _Pair:
    premise, phrase = _with_quality(draws, premise, world)
    assert phrase.quality is not None
    return premise, Clause(Phrase(phrase.head), opposite(phrase.quality))


def _add(draws: Draws, premise: Clause, world: World) -> _Pair:
    absent = [role for role in _ADJUNCTS if getattr(premise, role) is None]
    hypothesis = world.adjunct(draws, weaker(draws, premise), draws.pick(absent))
    return premise, replace(hypothesis, negated=draws.chance(0.2))


def _exchange(draws: Draws, premise: Clause, world: World) -> _Pair:
    hypothesis = exchanged(draws, weaker(draws, premise), world, draws.pick(("subject", "object", "verb")))
    return premise, replace(hypothesis, negated=draws.chance(0.4))


def _other_quality(draws: Draws, premise: Clause, world: World) -> _Pair:
    premise, phrase = _with_quality(draws, premise, world)
    assert phrase.quality is not None
    taken = (phrase.quality, opposite(phrase.quality))
    return premise, Clause(Phrase(phrase.head), other(draws, members("quality", world.split), *taken))


def exchanged(draws: Draws, clause: Clause, world: World, role: str) -> Clause:
    """The clause with another subject, object or verb of the same sort."""
    if role == "subject":
        return replace(clause, subject=_another(draws, clause.subject, clause, world))
    if role == "object" and clause.object:
        return replace(clause, object=_another(draws, clause.object, clause, world))
    if clause.predicate.sort == "cause":
        alike = [row for row in members("cause", world.split) if row.group != clause.predicate.group]
        alike = [row for row in alike if CAUSES[row.group][0] == CAUSES[clause.predicate.group][0]]
        if alike and draws.chance(0.5):
            return replace(clause, predicate=draws.pick(alike))
    return replace(clause, predicate=other(draws, members("action", world.split), clause.predicate))


def _another(draws: Draws, phrase: Phrase, clause: Clause, world: World) -> Phrase:
    taken = (clause.subject.head, clause.subject.name, clause.object.head if clause.object else None)
    if phrase.head.sort == "thing":
        kind = phrase.head.group.split(":")[0]
        same = [row for row in members("thing", world.split, kind) if not row.category]
        same = [row for row in same if row.group != phrase.head.group or not phrase.head.category] or same
        return replace(phrase, head=other(draws, same, *taken))
    if phrase.name and phrase.head.sort == "first":
        return replace(phrase, head=other(draws, members("first", world.split), *taken))
    return replace(phrase, head=other(draws, members(phrase.head.sort, world.split), *taken))


def _with_quality(draws: Draws, premise: Clause, world: World) -> tuple[Clause, Phrase]:
    """The premise, made to give its object or subject a quality, and the phrase that has it."""
    quality = world.one(draws, "quality")
    for role in ("object", "subject"):
        phrase = getattr(premise, role)
        if phrase.head.sort in ("thing", "person"):
            phrase = replace(phrase, quality=quality, number=None)
            return replace(premise, **{role: phrase}), phrase
    head = world.one(draws, "person")
    phrase = Phrase(head, quality=quality)
    return replace(premise, subject=phrase), phrase


_Rule = tuple[str, Callable[[Draws, Clause, World], _Pair]]
_RULES: tuple[tuple[_Rule, ...], ...] = (
    (("drop", _drop), ("drop", _drop), ("restate", _restate), ("quality", _had_quality)),
    (("add", _add), ("exchange", _exchange), ("exchange", _exchange), ("quality", _other_quality)),
    (("negate", _negate), ("negate", _negate), ("deny", _deny), ("quality", _opposite)),
)
