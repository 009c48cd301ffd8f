"""Attack a trained run on some languages and publish what came of it, going on where a killed attack ended.

Examples are attacked in blocks, always the same ones, and a block is published whole: an attack that was
killed and started again ends with the very rows of one that was not.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ingest import catalog
from ingest.example import Example
from ingest.task import take
from warehouse.errors import KnownError, UsageError
from xtb import files
from xtb.adversarial import stored
from xtb.adversarial.attack import Attack, Curve, Scene
from xtb.adversarial.catalog import attack as attack_named
from xtb.adversarial.cell import AttackCell, rows_of
from xtb.adversarial.curve import trace
from xtb.adversarial.search import Alike, attack_examples
from xtb.adversarial.setting import Assault, judgements, scene_of, victim_of
from xtb.adversarial.victim import Victim
from xtb.adversarial.writer import Writer
from xtb.errors import BadRun, XtbError
from xtb.layout import lock_file
from xtb.lock import locked
from xtb.place import Place
from xtb.run import Run

SHARD_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacked:
    """How it ended: attacks asked for, of them done before, done now."""

    asked: int
    before: int
    now: int


def attack_run(
    found: Run, assaults: Sequence[Assault], place: Place, *, shard_seconds: float = SHARD_SECONDS
) -> Attacked:
    """Carry out the attacks that are not done yet.

    Raises:
        BadRun: the run is not trained, or its weights are gone.
        UsageError: the run cannot do a task.
        Interrupted: asked to stop; finished blocks are published.
        XtbError: some attacks could not be carried out; the others are published.
    """
    return carry_out(found, [partial(_attack, found, one, place, shard_seconds) for one in assaults], place)


Job = Callable[[], bool]
"""Does its work and says so; False when it was done before."""


def carry_out(found: Run, jobs: Sequence[Job], place: Place) -> Attacked:
    """Do jobs on a run, alone on it; the first problem is raised when all were tried."""
    if not found.trained:
        raise BadRun(f"run {found.run_id} is not trained: {found.record['error'] or found.record['status']}")
    problems: list[KnownError] = []
    now = 0
    with locked(lock_file(place.runs, f"run-{found.run_id}"), check=place.stop.check):
        files.sweep(found.folder)
        for job in jobs:
            try:
                now += job()
            except KnownError as error:
                if place.stop.requested or isinstance(error, UsageError):
                    raise
                problems.append(error)
    if problems:
        more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
        missing = f"{len(problems)} of {len(jobs)} attacks"
        raise XtbError(f"{missing} could not be carried out: {problems[0]}{more}")
    return Attacked(asked=len(jobs), before=len(jobs) - now, now=now)


def _attack(found: Run, assault: Assault, place: Place, shard_seconds: float) -> bool:
    cell = assault.cell
    attack = attack_named(cell.attack)
    if isinstance(attack, Curve):
        return trace(found, attack, assault, place)
    if not rows_of(found, "attack", cell).is_empty():
        return False
    task = catalog.task(cell.task).on(place.source)
    examples = take(task.read(place.source, cell.split, cell.language), assault.limit)
    writer = Writer(found, cell, place, len(examples), shard_seconds)
    if not examples:
        writer.finish(error=f"not applicable: '{task.name}' has no examples in {cell.split} {cell.language}")
        return True
    victim = victim_of(found, task, cell, place)
    scene = scene_of(victim, attack, assault, examples, place)
    if attack.prepare is not None:
        scene.memo["trigger"] = prepared(found, cell, partial(attack.prepare, victim, scene))
    lacking = victim.unreachable or attack.lacks(scene)
    if lacking is not None:
        writer.finish(error=f"not applicable: {lacking}")
        return True
    alike = judgements(assault, scene)
    try:
        for block in writer.todo(examples):
            writer.add(_block(victim, attack, scene, assault, block, alike))
    finally:  # whatever went wrong, finished blocks are kept
        writer.flush()
    writer.finish()
    return True


def _block(
    victim: Victim,
    attack: Attack,
    scene: Scene,
    assault: Assault,
    block: Sequence[Example],
    alike: Sequence[Alike],
) -> list[dict[str, Any]]:
    found = attack_examples(victim, attack, scene, block, budget=assault.cell.budget, alike=alike)
    cosines: list[float | None] = [None] * len(found)
    if assault.tools.similarity is not None:
        pairs = [(one.example, one.adversarial or one.example) for one in found]
        measured = assault.tools.similarity.cosines(pairs, scene.fields)
        cosines = [float(value) for value in measured]
    return stored.rows(victim, found, cosines)


def prepared(found: Run, cell: AttackCell, make: Callable[[], str]) -> str:
    """What an attack works out once for all languages of a task, kept in the run folder."""
    names = [cell.task, cell.split, cell.attack, cell.settings, cell.seed]
    digest = hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]
    path = found.folder / f"{cell.attack}-{digest}.json"
    if not path.is_file():
        files.write_file(path, json.dumps({"attack": cell.attack, "trigger": make()}).encode())
    trigger: str = json.loads(path.read_text())["trigger"]
    return trigger
