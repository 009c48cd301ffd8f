"""Retrieval: the English sentence that says the same as a sentence of another language (as in Tatoeba)."""

from dataclasses import dataclass
from functools import cache

from ingest.mini.concepts import Split
from ingest.mini.draws import Draws
from ingest.mini.facts import World, frames
from ingest.mini.grammar import Clause, say, text
from ingest.mini.sizes import SIZES


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence."""

    frame: str
    clause: Clause


@cache
def items(split: Split) -> tuple[Item, ...]:
    """The sentences of a split, all different."""
    seen: dict[Clause, Item] = {}
    i = 0
    while len(seen) < SIZES[split]:
        draws = Draws("retrieval", split, i)
        frame = draws.pick(frames(split))
        clause = World(split).clause(draws, frame)
        seen.setdefault(clause, Item(frame.name, clause))
        i += 1
    return tuple(seen.values())


def rows(split: Split, code: str) -> list[dict[str, object]]:
    """Queries in language ``code`` with the columns id, query, positives."""
    return [
        {"id": f"{split}-{i}", "query": text(say(item.clause, code), code), "positives": [f"en-{i}"]}
        for i, item in enumerate(items(split))
    ]


def pool(split: Split) -> list[dict[str, object]]:
    """The English sentences with the columns id, text."""
    return [
        {"id": f"en-{i}", "text": text(say(item.clause, "en"), "en")} for i, item in enumerate(items(split))
    ]
