"""The same examples in the other languages of a task, where its test sets are parallel."""

from collections.abc import Mapping, Sequence

from ingest.example import Example
from xtb.adversarial.attack import Scene


def others(scene: Scene) -> tuple[str, ...]:
    """The languages that may be mixed in: those of the setting ``embed``, else all others of the split."""
    named = tuple(code for code in str(scene.settings.get("embed", "")).split(",") if code)
    there = scene.task.available(scene.source, scene.split) if scene.task.data else ()
    return tuple(code for code in named or there if code != scene.language)


def versions(scene: Scene, language: str) -> Mapping[str, Example]:
    """All examples of the split in a language, by id, those beside the sample that is attacked too.

    Raises:
        IngestError: the language is not there.
    """

    def read() -> Mapping[str, Example]:
        found = scene.task.read(scene.source, scene.split, language)
        return {example.id: example for example in found}

    made: Mapping[str, Example] = scene.once(f"versions {language}", read)
    return made


def translations_of(scene: Scene, example: Example) -> Sequence[Example]:
    """An example in each of the other languages that has it."""
    found = [versions(scene, language).get(example.id) for language in others(scene)]
    return [version for version in found if version is not None]
