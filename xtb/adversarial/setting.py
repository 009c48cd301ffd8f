"""A run set up to be attacked: the victim, and the scene of the searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ingest.example import Example
from ingest.fields import noisy_fields
from ingest.task import Task
from xtb.adversarial.attack import Attack, Scene, Settings
from xtb.adversarial.catalog import setting_in
from xtb.adversarial.cell import AttackCell
from xtb.adversarial.fluency import fluent
from xtb.adversarial.search import Alike
from xtb.adversarial.tools import NO_TOOLS, Tools
from xtb.adversarial.victim import Victim
from xtb.measure import evaluation_settings, load_model
from xtb.place import Place
from xtb.run import Run
from xtb.translate.base import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class Assault:
    """An attack on one language, and what its key does not say.

    Attributes:
        values: the settings as values.
        limit: examples, a stable sample; None for all.
        tools: the models that it asks beside the victim.
    """

    cell: AttackCell
    values: Settings
    limit: int | None = None
    tools: Tools = NO_TOOLS


def victim_of(found: Run, task: Task, cell: AttackCell, place: Place) -> Victim:
    """The run as a victim on one language of a task."""
    model = load_model(found, task, place)
    pool = task.pool(place.source, cell.split, cell.language) if task.pool is not None else ()

    def on_batch(done: int, total: int) -> None:
        place.stop.check()

    settings = evaluation_settings(found, task, place)
    goal = setting_in(cell.settings, "goal")
    return Victim(model, task, cell.language, pool=pool, on_batch=on_batch, goal=goal, **settings)


def fields_of(attack: Attack, settings: Settings, examples: Sequence[Example], task: Task) -> tuple[str, ...]:
    """The texts an attack edits: those of its setting ``fields``, of itself, or of every perturbation."""
    named = tuple(name for name in str(settings.get("fields", "")).split(",") if name)
    return named or attack.fields(settings, task.kind) or noisy_fields(examples)


def scene_of(
    victim: Victim, attack: Attack, assault: Assault, examples: Sequence[Example], place: Place
) -> Scene:
    """What the searches of an assault know."""
    cell, model, translator = assault.cell, victim.model, assault.tools.translator
    weight = model.encoder.get_input_embeddings().weight  # type: ignore[operator]
    return Scene(
        attack=cell.attack,
        task=victim.task,
        split=cell.split,
        language=cell.language,
        seed=cell.seed,
        settings=assault.values,
        fields=fields_of(attack, assault.values, examples, victim.task),
        examples=examples,
        source=place.source,
        limit=assault.limit,
        inputs=model.inputs,
        embeddings=weight.detach().float().cpu().numpy(),
        mlm=assault.tools.mlm,
        translate=None if translator is None else partial(_translate, translator, place),
    )


def _translate(translator: Translator, place: Place, texts: Sequence[str], language: str) -> list[str | None]:
    return translator.translate(texts, language, lambda done, total: place.stop.check())


def judgements(assault: Assault, scene: Scene) -> list[Alike]:
    """What models that are not the victim are asked of each candidate, as the settings demand."""
    found: list[Alike] = []
    tools = assault.tools
    if tools.similarity is not None and assault.values.get("min_similarity"):
        found.append(tools.similarity.alike(scene.fields, scene.number("min_similarity")))
    if tools.mlm is not None and assault.values.get("max_perplexity"):
        found.append(fluent(tools.mlm, scene.fields, scene.number("max_perplexity")))
    return found
