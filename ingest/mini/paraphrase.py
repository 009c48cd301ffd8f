"""Paraphrase: do two sentences say the same? Both share nearly all words, as in PAWS.

The second is said in another form (passive, an adjunct in front). Where it means something else,
subject and object have changed places, or one content word is exchanged.
"""

from dataclasses import dataclass, replace
from functools import cache

from ingest.mini.concepts import Split
from ingest.mini.draws import Draws
from ingest.mini.facts import World, frames
from ingest.mini.grammar import PLAIN, Clause, Form, say, text
from ingest.mini.nli import exchanged, restated
from ingest.mini.sizes import SIZES

LABELS = ("different", "same")


@dataclass(frozen=True, slots=True)
class Item:
    """Two clauses with the forms in which they are said; ``rule`` names what was changed."""

    frame: str
    first: Clause
    second: Clause
    forms: tuple[Form, Form]
    label: int
    rule: str


@cache
def items(split: Split) -> tuple[Item, ...]:
    """The pairs of a split; the labels take turns."""
    return tuple(_item(Draws("paraphrase", split, i), split, i % 2) for i in range(SIZES[split]))


def rows(split: Split, code: str) -> list[dict[str, object]]:
    """Examples in language ``code`` with the columns id, first, second, label."""
    return [
        {
            "id": f"{split}-{i}",
            "first": text(say(item.first, code, item.forms[0]), code),
            "second": text(say(item.second, code, item.forms[1]), code),
            "label": item.label,
        }
        for i, item in enumerate(items(split))
    ]


def _item(draws: Draws, split: Split, label: int) -> Item:
    world = World(split)
    swaps = draws.chance(0.3)  # frames that allow it occur under both labels alike
    shapes = [f for f in frames(split) if f.object == "person"] if swaps else frames(split)
    frame = draws.pick([f for f in shapes if f.object != "none" and f.subject != "society"])
    first = world.clause(draws, frame)
    second, rule = first, "same"
    if label == 0:
        if swaps:
            assert first.object is not None
            second, rule = replace(first, subject=first.object, object=first.subject), "swap"
        else:
            rule = draws.pick(("subject", "object", "verb"))
            second = exchanged(draws, first, world, rule)
    forms = (PLAIN, restated(draws, second, 0.0))
    return Item(frame.name, first, second, forms if draws.chance(0.5) else forms[::-1], label, rule)
