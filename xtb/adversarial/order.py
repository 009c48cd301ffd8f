"""What ``xtb attack`` was asked for, as assaults."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest import catalog
from warehouse.errors import UsageError
from xtb.adversarial.attack import Value
from xtb.adversarial.catalog import attack, settings_of, settings_text
from xtb.adversarial.cell import AttackCell
from xtb.adversarial.setting import Assault
from xtb.grid import check_language, default_split
from xtb.place import Place, pick_device
from xtb.run import Run

MLM_ATTACK = "mlm_substitute"
"""The attack that asks ``--mlm`` for words, so that the model belongs to its settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The options of the command.

    Attributes:
        given: ``name=value`` of settings.
        similarity, mlm: folder or hub id of an encoder.
    """

    attacks: tuple[str, ...]
    tasks: tuple[str, ...]
    split: str | None = None
    languages: tuple[str, ...] | None = None
    budget: int = 500
    limit: int | None = None
    seed: int = 0
    given: tuple[str, ...] = ()
    similarity: str | None = None
    mlm: str | None = None


def places(order: Order) -> list[tuple[str, str, str]]:
    """Task, split and language of all that is asked for.

    Raises:
        UnknownName: one of them is not there.
    """
    found = []
    for name in order.tasks:
        task = catalog.task(name)
        split = order.split or default_split(task)
        for language in order.languages or task.splits.get(split, ()):
            check_language(task, split, language)
            found.append((name, split, language))
    return found


def assaults(order: Order, found: Run, place: Place) -> list[Assault]:
    """Every attack on every language.

    Raises:
        UsageError: no attack is named, it is not for a task's kind, or a setting is none.
        UnknownName: an attack, task, split or language is not there.
    """
    if not order.attacks:
        raise UsageError("name at least one attack with --attack. See: xtb names attacks")
    given = dict(_pair(text) for text in order.given)
    where = places(order)
    for name in order.attacks:
        _check_kinds(name, order.tasks)
    named: dict[str, Value] = {}
    similarity = None
    if order.similarity is not None:
        from xtb.adversarial.similarity import Similarity

        minimum = float(given.get("min_similarity", "0"))
        similarity = Similarity(order.similarity, minimum, pick_device(place.device))
        named["similarity"] = similarity.fingerprint[:12]
    elif "min_similarity" in given:
        raise UsageError("min_similarity needs an encoder that judges: give --similarity")
    if MLM_ATTACK in order.attacks and order.mlm is None:
        raise UsageError(f"{MLM_ATTACK} needs a masked language model: give one with --mlm")
    if "max_perplexity" in given and order.mlm is None:
        raise UsageError("max_perplexity needs a masked language model: give one with --mlm")
    mlm = None
    if order.mlm is not None:
        from xtb.adversarial.fixed_mlm import FixedMLM

        mlm = FixedMLM(order.mlm, pick_device(place.device))
    made = []
    for name in order.attacks:
        chosen = attack(name)
        settings = {**settings_of(chosen, given), **named}
        if mlm is not None and (name == MLM_ATTACK or "max_perplexity" in settings):
            settings["mlm"] = mlm.fingerprint[:12]
        for task, split, language in where:
            cell = AttackCell(
                task=task,
                split=split,
                language=language,
                attack=name,
                settings=settings_text(settings, order.limit),
                seed=order.seed,
                budget=order.budget,
                victim_run_id=found.run_id,
            )
            made.append(
                Assault(cell=cell, values=settings, limit=order.limit, similarity=similarity, mlm=mlm)
            )
    return made


def _check_kinds(name: str, tasks: Sequence[str]) -> None:
    """Refuse a wrong order before its first attack is done, not after."""
    kinds = attack(name).kinds
    for task in map(catalog.task, tasks):
        if task.kind not in kinds:
            only = ", ".join(kinds)
            raise UsageError(
                f"{name} is not defined for {task.kind} tasks such as '{task.name}'; only for {only}"
            )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--set {text} is not NAME=VALUE")
    return name.strip(), value.strip()
