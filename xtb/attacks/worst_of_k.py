"""Several independent draws of one perturbation: the baseline that every other attack must beat."""

from collections.abc import Generator
from typing import Any

from ingest import catalog
from ingest.example import Example, Kind
from ingest.perturbation import Perturbed, perturb
from xtb.adversarial.attack import Ask, Attack, Proposal, Reply, Scene, Settings, scored


def fields(settings: Settings, kind: Kind) -> tuple[str, ...]:
    """The texts that the perturbation edits."""
    return catalog.perturbation(str(settings["perturbation"])).fields.get(kind, ())


def lacks(scene: Scene) -> str | None:
    """Why the perturbation does not apply."""
    return next((draw.not_applicable for draw in _draws(scene)), None)


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """Score the k draws of an example."""
    draws = _draws(scene)
    place = scene.once("places", lambda: {one.id: i for i, one in enumerate(scene.examples)})[example.id]
    yield from scored([Proposal(draw.examples[place]) for draw in draws])


def _draws(scene: Scene) -> list[Perturbed]:
    """All examples of the cell k times; whether the perturbation applies is decided on them together."""
    found: list[Perturbed] = scene.once("draws", lambda: _draw(scene))
    return found


def _draw(scene: Scene) -> list[Perturbed]:
    perturbation = catalog.perturbation(str(scene.settings["perturbation"]))
    given: dict[str, Any] = {
        "severity": scene.count("severity"),
        "language": scene.language,
        "fields": scene.fields,
        "task": scene.task.name,
    }
    first = scene.seed * scene.count("k")
    seeds = range(first, first + scene.count("k"))
    return [perturb(scene.examples, perturbation, seed=seed, **given) for seed in seeds]


ATTACK = Attack(
    name="worst_of_k",
    access="predictions",
    definition="Draw one perturbation k times with different noise seeds and keep the worst result.",
    settings={"perturbation": "typo_mix", "severity": 3, "k": 10},
    citation="random search as the baseline of Boucher et al. 2022 and of TextAttack's recipes",
    search=search,
    fields=fields,
    lacks=lacks,
)
