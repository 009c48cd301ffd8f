"""Clauses, and how each language says them.

A clause is who did what to whom, where, when, how; ``say`` puts it in words. The same clause said
in two languages is a translation, said in two forms of one language a paraphrase.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.mini.concepts import Concept, concepts
from ingest.mini.languages import LANGUAGES, MiniLanguage
from ingest.mini.words import form

Role = Literal["subject", "object", "place", "tool", "time", "manner"]
Voice = Literal["active", "passive"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: a noun, or a name of one or two parts, or a society named after a city."""

    head: Concept
    quality: Concept | None = None
    number: Concept | None = None
    name: Concept | None = None  # second name of a person, city of a society


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement. ``predicate`` is a verb (with or without object) or a quality of the subject."""

    subject: Phrase
    predicate: Concept
    object: Phrase | None = None
    place: Phrase | None = None
    tool: Phrase | None = None
    time: Concept | None = None
    manner: Concept | None = None
    negated: bool = False

    def without(self, *roles: Role) -> "Clause":
        """The clause with these roles left out."""
        return replace(self, **dict.fromkeys(roles))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Form:
    """How a clause is said: the voice, a role moved to the front, a role asked for."""

    voice: Voice = "active"
    front: Role | None = None
    asked: Role | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its text, universal part of speech, lexicon row, role in the clause, entity tag."""

    text: str
    tag: str
    concept: str
    role: str
    entity: str = "O"
    inflection: str = ""


PLAIN = Form()
_ASKED = {
    "subject": "who",
    "object": "what",
    "place": "where",
    "tool": "how",
    "time": "when",
    "manner": "how",
}
_MARKS = {"place": "in", "tool": "with"}


def say(clause: Clause, code: str, form_: Form = PLAIN) -> list[Word]:
    """The words of a clause in language ``code``, without punctuation."""
    language = LANGUAGES[code]
    parts = _parts(clause, language, form_)
    asked = form_.asked
    front = asked if asked and language.fronting else form_.front
    order = _order(language, clause)
    if front and front in order:
        order = [front, *(role for role in order if role != front)]
    if code == "en" and asked and asked != "subject" and clause.predicate.sort != "quality":
        _english_support(parts, clause, form_)
        order = [asked, "auxiliary", *(role for role in order if role not in (asked, "auxiliary"))]
    return [word for role in order for word in parts.get(role, ())]


def join(clauses: Sequence[list[Word]], connective: str, code: str) -> list[Word]:
    """Two clauses with ``because``, ``so`` or ``and`` between them."""
    return [*clauses[0], _function(connective, code, "link"), *clauses[1]]


def write(
    words: Sequence[Word], code: str, mark: Literal["stop", "question"] = "stop"
) -> tuple[list[str], list[str]]:
    """Tokens and tags of a sentence: capital where the script has them, punctuation at the end."""
    language = LANGUAGES[code]
    tokens = [word.text for word in words]
    if language.bicameral:
        tokens[0] = tokens[0][:1].upper() + tokens[0][1:]
    return [*tokens, getattr(language, mark)], [*(word.tag for word in words), "PUNCT"]


def text(words: Sequence[Word], code: str, mark: Literal["stop", "question"] = "stop") -> str:
    """The sentence as running text."""
    tokens, _ = write(words, code, mark)
    return " ".join(tokens[:-1]) + tokens[-1]


def _parts(clause: Clause, language: MiniLanguage, form_: Form) -> dict[str, list[Word]]:
    """The words of each role, in the inner order of the language."""
    code, passive = language.code, form_.voice == "passive"
    parts: dict[str, list[Word]] = {"subject": [], "object": []}
    agent = clause.subject
    if passive and clause.object:
        parts["subject"] = _phrase(clause.object, language, "object")
        parts["object"] = _phrase(agent, language, "subject", mark="by")
    else:
        parts["subject"] = _phrase(agent, language, "subject")
        if clause.object:
            parts["object"] = _phrase(clause.object, language, "object", accusative=True)
    parts |= _predicate(clause, language, passive=passive)
    if clause.place:
        parts["place"] = _phrase(clause.place, language, "place", mark="in")
    if clause.tool:
        parts["tool"] = _phrase(clause.tool, language, "tool", mark="with")
    if clause.time:
        parts["time"] = [_word(clause.time, code, "time")]
    if clause.manner:
        parts["manner"] = [_word(clause.manner, code, "manner")]
    if form_.asked:
        parts[form_.asked] = [_function(_ASKED[form_.asked], code, form_.asked)]
    return parts


def _phrase(
    phrase: Phrase, language: MiniLanguage, role: str, *, mark: str = "", accusative: bool = False
) -> list[Word]:
    code, head = language.code, phrase.head
    inflection = [] if phrase.number is None else ["plural"]
    if accusative and language.accusative:
        inflection.append("accusative")
    if mark and language.bound:
        inflection.append(mark)
    noun = _word(head, code, role, "+".join(inflection))
    words = [noun]
    if head.sort in ("first", "city"):
        kind = "PER" if head.sort == "first" else "LOC"
        words = _entity(kind, [*([_word(phrase.name, code, role)] if phrase.name else []), noun])
    elif head.sort == "society" and phrase.name:
        pair = [_word(phrase.name, code, role), replace(noun, tag="PROPN")]
        words = _entity("ORG", pair if language.adjective == "before" else pair[::-1])
    if phrase.quality:
        quality = _word(phrase.quality, code, role)
        words = [quality, *words] if language.adjective == "before" else [*words, quality]
    if phrase.number:
        words = [_word(phrase.number, code, role), *words]
    if language.article and head.sort not in ("first", "city"):
        words.insert(0, _function("the", code, role))
    if mark and not language.bound:
        adposition = _function(mark, code, role)
        words = [adposition, *words] if language.adposition == "before" else [*words, adposition]
    return words


def _predicate(clause: Clause, language: MiniLanguage, *, passive: bool) -> dict[str, list[Word]]:
    """The verb (or quality) with its negation, and the copula where it stands apart."""
    code, predicate = language.code, clause.predicate
    first = clause.object if passive and clause.object else clause.subject
    was = _function("was", code, "verb", "plural" if code == "en" and first.number else "")
    not_ = [_function("not", code, "verb")] if clause.negated else []
    if predicate.sort == "quality" or predicate.sort == "effect":
        quality = [_word(predicate, code, "verb")]
        copula = [was] if language.copula else []
        verb = [*quality, *not_, *copula] if language.order == "SOV" else [*copula, *not_, *quality]
        if language.order == "VSO":
            return {"verb": [*copula, *not_] if copula else not_, "quality": quality}
        return {"verb": verb}
    if code == "en":
        if passive:
            return {"verb": [was, *not_, _word(predicate, code, "verb", "participle")]}
        if clause.negated:
            return {"verb": [_function("did", code, "verb"), *not_, _word(predicate, code, "verb")]}
    verbs = [_word(predicate, code, "verb", "participle" if passive else "verbal")]
    return {"verb": [*not_, *verbs] if language.negation == "before" else [*verbs, *not_]}


def _order(language: MiniLanguage, clause: Clause) -> list[str]:
    """The roles in the neutral order of the language; absent roles are skipped later."""
    adjuncts = ["manner", "tool", "place"]
    if language.order == "SOV":
        core = ["subject", "place", "tool", "object", "manner", "verb"]
    elif language.order == "VSO":
        core = ["verb", "subject", "quality", "object", *adjuncts]
    else:
        core = ["subject", "verb", "object", *adjuncts]
    return ["time", *core] if language.time == "first" else [*core, "time"]


def _english_support(parts: dict[str, list[Word]], clause: Clause, form_: Form) -> None:
    """Questions other than for the subject take their auxiliary to the front: "what did the cook break"."""
    verb = parts["verb"]
    if verb[0].tag == "AUX":
        parts["auxiliary"], parts["verb"] = verb[:1], verb[1:]
    else:
        parts["auxiliary"] = [_function("did", "en", "verb")]
        parts["verb"] = [_word(clause.predicate, "en", "verb")]


def _entity(kind: str, words: list[Word]) -> list[Word]:
    return [replace(word, entity=f"{'I' if i else 'B'}-{kind}") for i, word in enumerate(words)]


def _word(concept: Concept, code: str, role: str, inflection: str = "") -> Word:
    word = form(code, concept.name, inflection)
    return Word(word, concept.part_of_speech, concept.name, role, inflection=inflection)


def _function(name: str, code: str, role: str, inflection: str = "") -> Word:
    return _word(concepts()[name], code, role, inflection)
