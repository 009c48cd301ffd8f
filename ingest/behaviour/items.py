"""Items from templates: the same ones, word for word, in every language.

A template file holds ``names`` (men's and women's, in the same order in every language), what stands
``between`` two sentences, and a table for each capability: its ``sentences``, the questions to ``ask`` by the
slot that answers them, and the words of each other slot (two slots that go together are one list of pairs,
named ``more/less``). ``he|she`` are two forms of a text or word, for men and for women.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import product
from string import Formatter
from typing import Any, NamedTuple

from ingest.example import Answer, Span

ITEMS = 40
"""Items of a capability."""

PEOPLE = ("a", "b")
_KEYS = ("sentences", "ask")


class Item(NamedTuple):
    """What an item says, as places in the lists of any language's template."""

    gender: int
    swapped: bool
    asked: int
    words: tuple[int, ...]


def languages() -> tuple[str, ...]:
    """Languages with templates, sorted."""
    folder = files(__package__) / "templates"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir()))


@cache
def template(language: str) -> Mapping[str, Any]:
    """The template file of a language."""
    path = files(__package__) / "templates" / f"{language}.toml"
    found: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def capabilities() -> tuple[str, ...]:
    """Names of the capabilities."""
    return tuple(name for name, part in template("en").items() if isinstance(part, dict))


def spans(language: str) -> list[Span]:
    """The items of all capabilities in a language; an id is ``<capability>-<number>``."""
    whole = template(language)
    return [
        _span(f"{name}-{number:02}", whole, whole[name], item)
        for name in capabilities()
        for number, item in enumerate(items(name))
    ]


@cache
def items(capability: str) -> tuple[Item, ...]:
    """The items of a capability: of all combinations those with the smallest hash."""
    whole = template("en")
    part = whole[capability]
    slots = _slots(whole, part, 0)
    genders = range(len(whole["names"]) if "a" in slots else 1)
    swaps = (False, True)[: len(part["sentences"])]
    words = product(*(range(len(choices)) for choices in slots.values()))
    combined = (Item(*item) for item in product(genders, swaps, range(len(part["ask"])), words))
    possible = (item for item in combined if "b" not in slots or item.words[0] != item.words[1])
    return tuple(sorted(possible, key=lambda item: _hash(capability, item))[:ITEMS])


def _slots(whole: Mapping[str, Any], part: Mapping[str, Any], gender: int) -> dict[str, list[Any]]:
    said = " ".join(part["sentences"])
    people = {person: whole["names"][gender] for person in PEOPLE if f"{{{person}}}" in said}
    return people | {name: words for name, words in part.items() if name not in _KEYS}


def _hash(capability: str, item: Item) -> bytes:
    said = repr((capability, *item)).encode()
    return hashlib.blake2b(said, digest_size=8, person=b"xtb-behaviour").digest()


def _span(identity: str, whole: Mapping[str, Any], part: Mapping[str, Any], item: Item) -> Span:
    words: dict[str, str] = {}
    for (slot, choices), place in zip(_slots(whole, part, item.gender).items(), item.words, strict=True):
        chosen = choices[place]
        pairs = zip(slot.split("/"), chosen, strict=True) if isinstance(chosen, list) else [(slot, chosen)]
        words |= {name: _form(word, item.gender) for name, word in pairs}
    slot = list(part["ask"])[item.asked]
    context, start = "", 0
    for sentence in part["sentences"][:: -1 if item.swapped else 1]:
        context += whole["between"] if context else ""
        for text, name, *_ in Formatter().parse(_form(sentence, item.gender)):
            context += text
            if name == slot:
                start = len(context)
            context += words[name] if name else ""
    question = _form(part["ask"][slot], item.gender).format(**words)
    answer = Answer(text=words[slot], start=start)
    return Span(id=identity, context=context, question=question, answers=(answer,))


def _form(text: str, gender: int) -> str:
    forms = text.split("|")
    return forms[gender % len(forms)]
