"""The curve of an attack on embeddings: loss and share fooled by radius, each radius published when done.

A ball holds all that a smaller one holds, so what smaller radii found counts for the larger ones too, and the
curve never falls. What the walk of a radius found by itself is kept beside it (``climbed_loss``): where that
falls, the gradients mislead.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ingest import catalog
from ingest.example import Example
from ingest.task import take
from xtb import run, seed, versions
from xtb.adversarial.attack import Curve, Point, radii_of
from xtb.adversarial.cell import rows_of
from xtb.adversarial.setting import Assault, victim_of
from xtb.adversarial.victim import Kept, Seen, Victim
from xtb.batching import NOTHING, Feature
from xtb.place import Place
from xtb.progress import Progress
from xtb.run import Run


def trace(found: Run, attack: Curve, assault: Assault, place: Place) -> bool:
    """Publish the radii of a curve that are not there yet; False when all are.

    Those before the last one that is missing are walked again, because it counts what they found.
    """
    cell = assault.cell
    radii = sorted({0.0, *radii_of(assault.values)})
    done = set(rows_of(found, "embedding_attack", cell)["radius"])
    todo = [radius for radius in radii if radius not in done]
    if not todo:
        return False
    task = catalog.task(cell.task).on(place.source)
    examples = take(task.read(place.source, cell.split, cell.language), assault.limit)
    if not examples:
        return False
    victim = victim_of(found, task, cell, place)
    worst = clean = victim.see(examples)
    norm = mean_norm(victim)
    for number, radius in enumerate(radius for radius in radii if radius <= todo[-1]):
        climbed = worst_points(victim, attack, assault, examples, radius * norm) if radius else clean
        worst = [_worse(before, now) for before, now in zip(worst, climbed, strict=True)]
        if radius in todo:
            row = {
                **{name: value for name, value in cell.key(found.run_id).items() if name not in _NO_KEY},
                "radius": radius,
                "norm": norm,
                "n": len(examples),
                "clean_right": sum(not one.fooled for one in clean),
                "fooled": sum(now.fooled and not one.fooled for one, now in zip(clean, worst, strict=True)),
                "clean_loss": _mean_loss(clean),
                "loss": _mean_loss(worst),
                "climbed_loss": _mean_loss(climbed),
            }
            facts = {"code_version": versions.code_version(), "environment": versions.environment_json()}
            run.publish(found.folder, "embedding_attack", run.frame("embedding_attack", [row]), facts)
        work, note = f"attack {found.run_id[:8]} {cell.task}", f"{cell.language} {cell.attack} {radius:g}"
        place.report(Progress(work=work, done=number + 1, total=len(radii), note=note))
        place.stop.check(f"{number + 1} of {len(radii)} radii are done")
    return True


_NO_KEY = ("budget", "victim_run_id")


def _worse(one: Seen, other: Seen) -> Seen:
    """The point of the higher loss; fooled if either fools: that need not be the same one."""
    higher = other if other.loss > one.loss else one
    return higher._replace(fooled=one.fooled or other.fooled)


def _mean_loss(seen: Sequence[Seen]) -> float:
    return float(np.mean([one.loss for one in seen]))


def mean_norm(victim: Victim) -> float:
    """Mean L2 norm of the rows of the word embedding table."""
    table: Tensor = victim.model.encoder.get_input_embeddings().weight  # type: ignore[operator]
    return float(torch.linalg.vector_norm(table.detach().float(), dim=1).mean())


def worst_points(
    victim: Victim, attack: Curve, assault: Assault, examples: Sequence[Example], radius: float
) -> list[Seen]:
    """What the model makes of each example at the worst point of its walk, the clean one included.

    Args:
        radius: of the L2 ball around each token, in units of the embeddings.

    Returns:
        The highest loss of each example, and whether any point on the way fools.
    """
    worst = victim.see(examples)
    features = victim.features(examples)
    victim.model.eval()
    # The rows of an example stay together: its loss may be one of several windows.
    owners = [[feature for feature in features if feature.example == i] for i in range(len(examples))]
    for indices in victim.batches([_joined(mine) for mine in owners]):
        chosen = [feature for i in indices for feature in owners[i]]
        batch = victim.model.collate(chosen)
        mask = batch["attention_mask"].unsqueeze(-1).float()
        clean = victim.embed(batch)
        start = _starts(assault, chosen, examples, clean)

        def ascend(at: Tensor, batch: Any = batch, chosen: Any = chosen) -> tuple[Tensor, Tensor]:
            return victim.ascend(batch, at, [examples[feature.example] for feature in chosen])

        def note(outputs: Tensor, batch: Any = batch, chosen: Any = chosen, indices: Any = indices) -> None:
            kept = iter(victim.keep(outputs, batch))
            rows: list[list[Kept]] = [[next(kept) for _ in feature.rows] for feature in chosen]
            places = {i: at for at, i in enumerate(indices)}
            renumbered = [Feature(places[f.example], f.rows, f.targets, f.tokens, f.layout) for f in chosen]
            for i, now in zip(
                indices, victim.seen([examples[i] for i in indices], renumbered, rows), strict=True
            ):
                worst[i] = _worse(worst[i], now)

        attack.climb(Point(clean, mask, start, radius, ascend, note), assault.values)
    return worst


def _joined(features: Sequence[Feature]) -> Feature:
    """All rows of an example as one feature, to be put into one batch."""
    rows = tuple(row for feature in features for row in feature.rows)
    return Feature(features[0].example, rows, NOTHING, 0)


def _starts(
    assault: Assault, features: Sequence[Feature], examples: Sequence[Example], clean: Tensor
) -> Tensor:
    """Uniform numbers in [-1, 1] for each row, a function of the example and the row's place in it."""
    start = torch.zeros_like(clean)
    line = 0
    count: dict[int, int] = {}
    for feature in features:
        for row in feature.rows:
            number = count.get(feature.example, 0)
            count[feature.example] = number + 1
            example = examples[feature.example].id
            rng = seed.generator(assault.cell.seed, assault.cell.attack, example, number)
            drawn = rng.uniform(-1, 1, (len(row.ids), clean.shape[2])).astype(np.float32)
            start[line, : len(row.ids)] = torch.from_numpy(drawn).to(clean)
            line += 1
    return start
