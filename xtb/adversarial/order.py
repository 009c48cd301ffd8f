"""What ``xtb attack`` was asked for, as assaults."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest import catalog
from ingest.fields import FIELDS
from warehouse.errors import UsageError
from xtb.adversarial.catalog import attack, settings_of, settings_text
from xtb.adversarial.cell import AttackCell
from xtb.adversarial.setting import Assault
from xtb.adversarial.tools import open_tools
from xtb.grid import check_language, default_split
from xtb.place import Place, pick_device
from xtb.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The options of the command.

    Attributes:
        given: ``name=value`` of settings.
        similarity, mlm: folder or hub id of an encoder.
        translator: folder of a translation model or of translations.
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
    translator: str | None = None


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
    if "goal" in given:
        _check_goal(given["goal"], order.tasks)
    if "fields" in given:
        _check_fields(given["fields"], order.tasks)
    settings_by_name = {name: settings_of(attack(name), given) for name in order.attacks}
    tools = open_tools(
        order.attacks,
        list(given),
        similarity=order.similarity,
        mlm=order.mlm,
        translator=order.translator,
        device=pick_device(place.device),
    )
    made = []
    for name, chosen in settings_by_name.items():
        mine = tools.of(name, chosen)
        settings = {**chosen, **mine.named()}
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
            made.append(Assault(cell=cell, values=settings, limit=order.limit, tools=mine))
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


def _check_goal(name: str, tasks: Sequence[str]) -> None:
    """Refuse a goal that a task does not have; two of retrieval's need a ranking."""
    from xtb.heads import head

    for task in map(catalog.task, tasks):
        goals = head(task.kind).GOALS
        if name not in goals:
            raise UsageError(f"'{task.name}' has no goal '{name}'; {task.kind} tasks have {', '.join(goals)}")
        if task.kind == "retrieval" and name != goals[0] and task.metric != "map_at_20":
            raise UsageError(f"goal '{name}' needs a ranking (map_at_20): '{task.name}' has {task.metric}")


def _check_fields(names: str, tasks: Sequence[str]) -> None:
    """Refuse a text that the examples of a task do not have."""
    for task in map(catalog.task, tasks):
        there = FIELDS[task.kind]
        if not names or not set(names.split(",")) <= set(there):
            raise UsageError(f"fields={names} are not among those of '{task.name}': {', '.join(there)}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--set {text} is not NAME=VALUE")
    return name.strip(), value.strip()
