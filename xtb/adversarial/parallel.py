"""The same examples in other languages: parallel test sets, or translations by a machine."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any
from unicodedata import category

from ingest.example import Example
from ingest.latin import latin
from xtb.adversarial.attack import Scene
from xtb.adversarial.constraints import script_of
from xtb.adversarial.original import parts_of


def named(scene: Scene, setting: str) -> tuple[str, ...]:
    """The languages that a setting lists with commas between."""
    return tuple(code for code in str(scene.settings.get(setting, "")).split(",") if code)


def others(scene: Scene) -> tuple[str, ...]:
    """The languages that may be mixed in: those of the setting ``embed``, else all others of the split."""
    there = scene.task.available(scene.source, scene.split) if scene.task.data else ()
    return tuple(code for code in named(scene, "embed") or there if code != scene.language)


def versions(scene: Scene, language: str) -> Mapping[str, Example]:
    """All examples of the split in a language, by id, those beside the sample that is attacked too.

    With a translator, in another language than theirs: the examples that are attacked, as it has them.

    Raises:
        IngestError: the language is not there.
    """
    foreign = scene.translate is not None and language != scene.language
    make = partial(_translated if foreign else _read, scene, language)
    made: Mapping[str, Example] = scene.once(f"versions {language}", make)
    return made


def _read(scene: Scene, language: str) -> Mapping[str, Example]:
    found = scene.task.read(scene.source, scene.split, language)
    return {example.id: example for example in found}


def _translated(scene: Scene, language: str) -> Mapping[str, Example]:
    """The examples with the texts that may be edited translated; without those that have no translation."""
    assert scene.translate is not None
    parts = [part.text for example in scene.examples for part in parts_of(example, scene.fields)]
    texts = list(dict.fromkeys(text for text in parts if text.strip()))
    known = dict(zip(texts, scene.translate(texts, language), strict=True))
    found = {}
    for example in scene.examples:
        if any(known.get(part.text, "") is None for part in parts_of(example, scene.fields)):
            continue
        values: dict[str, Any] = {name: getattr(example, name) for name in scene.fields}
        for name, value in values.items():
            if isinstance(value, str):
                values[name] = known.get(value, value)
            else:
                values[name] = tuple(known.get(text, text) for text in value)
        found[example.id] = replace(example, **values)
    return found


def translations_of(scene: Scene, example: Example) -> Sequence[Example]:
    """An example in each of the other languages that has it."""
    found = [versions(scene, language).get(example.id) for language in others(scene)]
    return [version for version in found if version is not None]


def written(scene: Scene, text: str) -> str:
    """A stretch of another language as it is mixed in: under ``transliterate`` in Latin letters.

    Runs of letters that have no value in Latin letters stay as they are.
    """
    if not scene.settings.get("transliterate"):
        return text
    runs = ("".join(run) for _, run in groupby(text, lambda char: category(char)[0] in "LM"))
    return "".join(latin(run, " ") or run if script_of(run) - {"Latn"} else run for run in runs)
