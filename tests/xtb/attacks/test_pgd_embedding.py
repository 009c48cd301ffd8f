"""Ascent on embeddings: the analytic bound of a linear model, no radius, more steps."""

from typing import Any

import numpy as np
import pytest
import torch

from tests.xtb.adversarial.battle import right_examples, victim_for
from tests.xtb.attacks.test_hotflip import linear_victim
from xtb.adversarial.attack import Curve
from xtb.adversarial.catalog import attack
from xtb.adversarial.cell import AttackCell
from xtb.adversarial.curve import worst_points
from xtb.adversarial.setting import Assault
from xtb.adversarial.victim import Victim
from xtb.encoder import Encoder


def losses(victim: Victim, examples: Any, radius: float, **given: int) -> list[float]:
    curve = attack("pgd_embedding")
    assert isinstance(curve, Curve)
    cell = AttackCell(
        task="t",
        split="s",
        language="en",
        attack=curve.name,
        settings="",
        seed=0,
        budget=1,
        victim_run_id="r",
    )
    values = {**curve.settings, **given}
    return [
        one.loss for one in worst_points(victim, curve, Assault(cell=cell, values=values), examples, radius)
    ]


def test_a_linear_model_is_driven_to_its_bound(encoder: Encoder) -> None:
    victim = linear_victim(encoder, 0.001)
    examples = right_examples(victim, "pair")[:6]
    layer: Any = victim.model.layer
    radius = 0.5
    # A long stride ends where the gradient points, whatever the start; the usual ones come near.
    found = losses(victim, examples, radius, steps=2, step=4000)
    usual = losses(victim, examples, radius)
    rows = [feature.rows[0] for feature in victim.features(examples)]
    for example, row, loss, near in zip(examples, rows, found, usual, strict=True):
        with torch.no_grad():
            logit = victim.model(victim.model.collate(victim.features([example])))[0, 1].item()
        # Every token moves by the radius along -w or w, so the logit by tokens * radius * |w|.
        toward = 1 if example.label == 0 else -1  # type: ignore[union-attr]
        moved = toward * logit + len(row.ids) * radius * float(layer.weight.detach().norm())
        bound = np.log1p(np.exp(moved))
        assert loss <= bound + 1e-4
        assert loss == pytest.approx(bound, rel=1e-3)
        assert loss * 0.97 < near < loss + 1e-4


SLOW = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("choice", "tags", "span", "retrieval")]


@pytest.mark.parametrize("kind", ["pair", *SLOW])
def test_no_radius_is_clean_and_a_larger_one_never_better_for_the_model(encoder: Encoder, kind: str) -> None:
    victim = victim_for(encoder, kind)
    examples = right_examples(victim, kind)[:6]
    clean = [seen.loss for seen in victim.see(examples)]
    assert losses(victim, examples, 0.0, steps=2) == pytest.approx(clean, abs=1e-4)
    near, far = (losses(victim, examples, radius, steps=4) for radius in (0.05, 1.0))
    assert all(now >= before for now, before in zip(near, clean, strict=True))
    assert sum(far) > sum(near) > sum(clean)


def test_more_steps_climb_higher(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    examples = right_examples(victim, "pair")[:8]
    one, ten = (sum(losses(victim, examples, 0.3, steps=steps)) for steps in (1, 10))
    assert ten > one
