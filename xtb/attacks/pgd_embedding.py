"""Projected gradient ascent on the word embeddings of an input, within a ball around each token."""

import math
from typing import TYPE_CHECKING

from xtb.adversarial.attack import Curve, Point, Settings, radii_of

if TYPE_CHECKING:
    from torch import Tensor


def climb(point: Point, settings: Settings) -> None:
    """``steps`` steps of ``step * radius / steps`` along each token's gradient, from a random start."""
    steps = int(settings["steps"])
    stride = float(settings["step"]) * point.radius / steps
    delta = into_balls(point.start * point.radius, point.radius) * point.mask
    for _ in range(steps):
        outputs, gradient = point.ascend(point.clean + delta)
        point.note(outputs)
        length = gradient.norm(dim=-1, keepdim=True).clamp(min=1e-12)
        moved = delta + stride * gradient / length
        delta = into_balls(moved, point.radius) * point.mask
    point.note(point.ascend(point.clean + delta)[0])


def faulty(settings: Settings) -> str | None:
    """Why there are no balls of these radii."""
    try:
        found = radii_of(settings)
    except ValueError:
        found = [-1.0]
    if all(0 <= radius < math.inf for radius in found):
        return None
    return f"radii={settings['radii']} are not numbers from 0 with commas between"


def into_balls(delta: "Tensor", radius: float) -> "Tensor":
    """Each token's disturbance, shrunk to L2 norm ``radius`` where it is longer."""
    length = delta.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    shrunk: Tensor = delta * (radius / length).clamp(max=1.0)
    return shrunk


ATTACK = Curve(
    name="pgd_embedding",
    definition=(
        "Ascend the loss from a random start in an L2 ball around the embedding of each token; the highest "
        "loss on the way counts, also for every larger ball, and so does any point that fools. Radii are in "
        "units of the mean norm of the word embeddings."
    ),
    settings={"radii": "0.05,0.1,0.2,0.5,1", "steps": 10, "step": 2.5},
    citation="Madry et al. 2018, section 2.1",
    faulty=faulty,
    climb=climb,
)
