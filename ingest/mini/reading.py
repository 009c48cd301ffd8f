"""Reading: find the words of a short text that answer a question (extractive, as in SQuAD)."""

from dataclasses import dataclass
from functools import cache

from ingest.mini.concepts import Split
from ingest.mini.draws import Draws
from ingest.mini.facts import World, frames
from ingest.mini.grammar import Clause, Form, Role, say, text, write
from ingest.mini.sizes import SIZES

SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Item:
    """The clauses of the text, which one is asked about, and for which role."""

    frame: str
    clauses: tuple[Clause, ...]
    target: int
    asked: Role


@cache
def items(split: Split) -> tuple[Item, ...]:
    """The questions of a split."""
    return tuple(_item(Draws("reading", split, i), split) for i in range(SIZES[split]))


def rows(split: Split, code: str) -> list[dict[str, object]]:
    """Examples in language ``code`` with the columns id, context, question, answers_text, answers_start."""
    return [_row(f"{split}-{i}", item, code) for i, item in enumerate(items(split))]


def _row(name: str, item: Item, code: str) -> dict[str, object]:
    context, answer, start = "", "", 0
    for i, clause in enumerate(item.clauses):
        words = say(clause, code)
        tokens, _ = write(words, code)
        context += " " if context else ""
        if i == item.target:
            span = [k for k, word in enumerate(words) if word.role == item.asked and word.tag != "ADP"]
            answer = " ".join(tokens[span[0] : span[-1] + 1])
            start = len(context) + len(" ".join([*tokens[: span[0]], ""]))
        context += " ".join(tokens[:-1]) + tokens[-1]
    target = item.clauses[item.target]
    adjuncts: list[Role] = [
        r for r in ("place", "time", "tool", "manner") if getattr(target, r) and r != item.asked
    ]
    question = say(target.without(*adjuncts[1:]), code, Form(asked=item.asked))
    return {
        "id": name,
        "context": context,
        "question": text(question, code, "question"),
        "answers_text": [answer],
        "answers_start": [start],
    }


def _item(draws: Draws, split: Split) -> Item:
    world = World(split)
    shapes = [f for f in frames(split) if f.object != "none" and f.adjuncts and f.adjuncts != ("manner",)]
    while True:
        drawn = [draws.pick(shapes) for _ in range(SENTENCES)]
        clauses = tuple(world.clause(draws, frame) for frame in drawn)
        if len({c.predicate for c in clauses}) == len({c.subject.head for c in clauses}) == SENTENCES:
            break
    target = draws.below(SENTENCES)
    asked: list[Role] = ["subject", "object"]
    asked += [role for role in ("place", "time") if getattr(clauses[target], role)]
    return Item(drawn[target].name, clauses, target, draws.pick(asked))
