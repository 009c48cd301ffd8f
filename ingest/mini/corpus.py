"""Parallel text for pretraining: short documents that can be said in every language, without labels.

A document is two or three sentences that belong together: a story about one thing, an event and what
followed, a question and its answer, the same said twice. All lexicon rows and all frames occur,
since an encoder must have met a language's words; but no sentence has all its content words from the
rows of dev or test alone, so that no sentence of those splits is ever seen.
"""

from dataclasses import dataclass, replace

from ingest.mini.concepts import CAUSES, Concept, opposite
from ingest.mini.draws import Draws
from ingest.mini.facts import World, frames, general, outcome
from ingest.mini.grammar import PLAIN, Clause, Form, Phrase, Role, Word, join, say
from ingest.mini.languages import LANGUAGES
from ingest.mini.nli import restated

WORLD = World(None)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One or two clauses with the forms in which they are said."""

    clauses: tuple[tuple[Clause, Form], ...]
    connective: str = ""

    @property
    def question(self) -> bool:
        """Whether it asks for something."""
        return self.clauses[0][1].asked is not None


Document = tuple[Sentence, ...]


def document(seed: int, index: int) -> Document:
    """The document with this number; depends on nothing else."""
    for attempt in range(100):
        draws = Draws("corpus", seed, index, attempt)
        sentences = draws.pick(_KINDS)(draws)
        if not any(_reserved(clause) for sentence in sentences for clause, _ in sentence.clauses):
            return sentences
    raise AssertionError("no document without reserved sentences in 100 attempts")


def words(sentence: Sentence, code: str) -> list[Word]:
    """The words of a sentence in a language, with its final mark and the capital where there are capitals."""
    language = LANGUAGES[code]
    parts = [say(clause, code, form) for clause, form in sentence.clauses]
    said = parts[0] if len(parts) == 1 else join(parts, sentence.connective, code)
    mark = language.question if sentence.question else language.stop
    if language.bicameral:
        said[0] = replace(said[0], text=said[0].text[:1].upper() + said[0].text[1:])
    said[-1] = replace(said[-1], text=said[-1].text + mark)
    return said


def content(clause: Clause) -> list[Concept]:
    """The lexicon rows that a clause speaks of."""
    rows: list[Concept | None] = [clause.predicate, clause.time, clause.manner]
    for phrase in (clause.subject, clause.object, clause.place, clause.tool):
        if phrase:
            rows += [phrase.head, phrase.quality, phrase.number, phrase.name]
    return [row for row in rows if row is not None]


def _reserved(clause: Clause) -> bool:
    return len(splits := {row.split for row in content(clause)}) == 1 and splits <= {"dev", "test"}


def _event(draws: Draws) -> Clause:
    return WORLD.clause(draws, draws.pick(_EVENTS))


def _story(draws: Draws) -> Document:
    """Something is done to a thing; then something else, the thing now named plainly or by its kind."""
    first = _event(draws)
    second = WORLD.clause(draws, draws.pick(_EVENTS))
    assert first.object is not None
    thing = first.object.head
    again = general(first.object) if thing.sort == "thing" and draws.chance(0.5) else Phrase(thing)
    subject = Phrase(first.subject.head, name=first.subject.name) if draws.chance(0.5) else second.subject
    verb = WORLD.one(draws, "action")
    second = replace(second, subject=subject, object=again, predicate=verb, negated=draws.chance(0.2))
    return _said(draws, first), _said(draws, second)


def _cause(draws: Draws) -> Document:
    """An event and what followed for its object, in one sentence or two, in either order."""
    cause = draws.pick(_CAUSES)
    persons = CAUSES[cause][0] == "person"
    shapes = [frame for frame in _EVENTS if (frame.object == "person") == persons]
    event = WORLD.clause(draws, draws.pick(shapes), WORLD.one(draws, "cause", cause))
    effect = outcome(event, WORLD.one(draws, "effect", cause))
    match draws.below(3):
        case 0:
            return _said(draws, event), _said(draws, effect)
        case 1:
            return (Sentence(((event, PLAIN), (effect, PLAIN)), "so"),)
        case _:
            return (Sentence(((effect, PLAIN), (event, PLAIN)), "because"),)


def _again(draws: Draws) -> Document:
    """The same said in two forms."""
    event = replace(_event(draws), negated=draws.chance(0.2))
    return Sentence(((event, PLAIN),)), Sentence(((event, restated(draws, event, 0.0)),))


def _contrast(draws: Draws) -> Document:
    """A thing is not this but its opposite."""
    quality = WORLD.one(draws, "quality")
    phrase = Phrase(draws.pick((WORLD.thing(draws), WORLD.one(draws, "person"))))
    first = Clause(phrase, quality, negated=True)
    return Sentence(((first, PLAIN),)), Sentence(((Clause(phrase, opposite(quality)), PLAIN),))


def _question(draws: Draws) -> Document:
    """A question, and the sentence that answers it."""
    event = WORLD.clause(draws, draws.pick(frames()))
    asked: list[Role] = ["subject", *(role for role in _ASKED if getattr(event, role))]
    return Sentence(((event, Form(asked=draws.pick(asked))),)), Sentence(((event, PLAIN),))


def _said(draws: Draws, clause: Clause) -> Sentence:
    return Sentence(((clause, restated(draws, clause, 0.6)),))


_ASKED: tuple[Role, ...] = ("object", "place", "time")
_EVENTS = tuple(frame for frame in frames() if frame.object != "none")
_CAUSES = tuple(CAUSES)
_KINDS = (_story, _story, _story, _cause, _cause, _cause, _again, _again, _contrast, _question)
