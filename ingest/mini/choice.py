"""Causes and effects: which of two sentences names what followed, or what led to it (after COPA).

The wrong option tells another consequence of the same thing (or another cause), or the right
consequence for a thing that the premise does not mention.
"""

from dataclasses import dataclass, replace
from functools import cache

from ingest.mini.concepts import CAUSES, Split, members
from ingest.mini.draws import Draws
from ingest.mini.facts import World, frames, outcome
from ingest.mini.grammar import Clause, say, text
from ingest.mini.sizes import SIZES
from ingest.mini.words import form


@dataclass(frozen=True, slots=True)
class Item:
    """A premise, what is asked for (``result`` or ``reason``), the options and the index of the right one."""

    frame: str
    premise: Clause
    question: str
    options: tuple[Clause, Clause]
    label: int
    rule: str


@cache
def items(split: Split) -> tuple[Item, ...]:
    """The questions of a split; right options, and the two questions, take turns."""
    return tuple(_item(Draws("choice", split, i), split, i) for i in range(SIZES[split]))


def rows(split: Split, code: str) -> list[dict[str, object]]:
    """Examples in language ``code`` with the columns id, context, question, options, label."""
    return [
        {
            "id": f"{split}-{i}",
            "context": text(say(item.premise, code), code),
            "question": form(code, item.question),
            "options": [text(say(option, code), code) for option in item.options],
            "label": item.label,
        }
        for i, item in enumerate(items(split))
    ]


def _item(draws: Draws, split: Split, i: int) -> Item:
    world = World(split)
    cause = draws.pick(list(CAUSES))
    wanted = ("person",) if CAUSES[cause][0] == "person" else ("noun", "quality", "number")
    frame = draws.pick([frame for frame in frames(split) if frame.object in wanted])
    event = world.clause(draws, frame, world.one(draws, "cause", cause))
    effect = outcome(event, world.one(draws, "effect", cause))
    rule = "other" if draws.chance(0.6) else "elsewhere"
    if rule == "other":
        rivals = [name for name in CAUSES if name != cause and CAUSES[name][0] == CAUSES[cause][0]]
        rival = draws.pick(rivals or [name for name in CAUSES if name != cause])
        wrong_event = replace(event, predicate=world.one(draws, "cause", rival))
        wrong_effect = replace(effect, predicate=world.one(draws, "effect", rival))
    else:
        assert event.object is not None
        kind = CAUSES[cause][0]
        while (thing := world.object(draws, frame.object, kind, event.subject)).head == event.object.head:
            pass
        wrong_event, wrong_effect = replace(event, object=thing), replace(effect, subject=thing)
    label = i % 2
    if i % 4 < 2:
        premise, question, right, wrong = event, "result", effect, wrong_effect
    else:
        premise, question, right, wrong = effect, "reason", event, wrong_event
    options = (right, wrong) if label == 0 else (wrong, right)
    return Item(frame.name, premise, question, options, label, rule)


def pairs(split: Split | None) -> frozenset[tuple[str, str]]:
    """Verbs and the qualities that follow from them: the knowledge the task asks for."""
    return frozenset(
        (verb.name, effect.name)
        for cause in CAUSES
        for verb in members("cause", split, cause)
        for effect in members("effect", split, cause)
    )
