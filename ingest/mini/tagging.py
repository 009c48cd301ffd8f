"""Words with their parts of speech, and words with the entities they name; one sentence each."""

from dataclasses import dataclass
from functools import cache

from ingest.mini.concepts import Split
from ingest.mini.draws import Draws
from ingest.mini.facts import World, frames
from ingest.mini.grammar import PLAIN, Clause, Form, join, say, write
from ingest.mini.nli import restated
from ingest.mini.sizes import SIZES

PARTS_OF_SPEECH = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "VERB",
)  # fmt: skip
"""The universal tags that the grammar uses."""

ENTITIES = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
_NAMED = ("name", "fullname", "society")


@dataclass(frozen=True, slots=True)
class Item:
    """One clause in a form, or two with a word between them."""

    frame: str
    clauses: tuple[tuple[Clause, Form], ...]
    connective: str


@cache
def items(split: Split, *, named: bool) -> tuple[Item, ...]:
    """The sentences of a split; with ``named`` each has an entity and all are in the plain form."""
    return tuple(_item(Draws("tags", named, split, i), split, named=named) for i in range(SIZES[split]))


def rows(split: Split, code: str, *, named: bool) -> list[dict[str, object]]:
    """Examples in language ``code`` with the columns id, tokens, tags (of entities when ``named``)."""
    return [_row(f"{split}-{i}", item, code, named=named) for i, item in enumerate(items(split, named=named))]


def _row(name: str, item: Item, code: str, *, named: bool) -> dict[str, object]:
    parts = [say(clause, code, form) for clause, form in item.clauses]
    words = parts[0] if len(parts) == 1 else join(parts, item.connective, code)
    tokens, tags = write(words, code)
    if named:
        tags = [*(word.entity for word in words), "O"]
    return {"id": name, "tokens": tokens, "tags": tags}


def _item(draws: Draws, split: Split, *, named: bool) -> Item:
    world = World(split)
    shapes = (
        [f for f in frames(split) if f.subject in _NAMED or "city" in f.adjuncts] if named else frames(split)
    )
    frame = draws.pick(shapes)
    clauses = [world.clause(draws, frame)]
    if draws.chance(0.25):
        clauses.append(world.clause(draws, draws.pick([f for f in shapes if len(f.adjuncts) < 2])))
    forms = [PLAIN if named else restated(draws, clause, 0.6) for clause in clauses]
    return Item(frame.name, tuple(zip(clauses, forms, strict=True)), draws.pick(("and", "because", "so")))
