"""On a model that is linear in its embeddings, the gradient finds the very best flip."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.xtb.adversarial.battle import fight, right_examples, scene_for, victim_for
from tests.xtb.toys import PAIRS
from xtb.adversarial.attack import Attack, Reply
from xtb.adversarial.catalog import attack
from xtb.adversarial.original import Change, Original
from xtb.adversarial.pieces import Pieces, located
from xtb.adversarial.victim import Victim
from xtb.encoder import Encoder


class Linear(nn.Module):
    """Logits (0, w . sum of the embeddings): the encoder gives embeddings, the layer adds them up."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(5)
        self.weight = nn.Parameter(torch.randn(hidden, generator=generator))

    def forward(self, hidden: Tensor, batch: dict[str, Tensor]) -> Tensor:
        score = (hidden * batch["attention_mask"][:, :, None]).sum(1) @ self.weight
        return torch.stack([torch.zeros_like(score), score], dim=1)


class Embeddings(nn.Module):
    """An encoder that stops after its first look-up."""

    def __init__(self, table: nn.Embedding) -> None:
        super().__init__()
        self.table = table

    def get_input_embeddings(self) -> nn.Embedding:
        return self.table

    def forward(self, input_ids: Any = None, inputs_embeds: Any = None, **more: Any) -> Any:
        from types import SimpleNamespace

        return SimpleNamespace(
            last_hidden_state=self.table(input_ids) if inputs_embeds is None else inputs_embeds
        )


def linear_victim(encoder: Encoder, steepness: float = 0.02) -> Victim:
    victim = victim_for(encoder, "pair", labels=("no", "yes"))
    model: Any = victim.model
    table = model.encoder.get_input_embeddings()
    model.encoder, model.layer = Embeddings(table), Linear(table.embedding_dim)
    with torch.no_grad():
        model.layer.weight *= steepness
    return victim


def test_one_flip_equals_brute_force(encoder: Encoder) -> None:
    victim = linear_victim(encoder)
    pieces, inputs = Pieces(victim.model.inputs), victim.model.inputs
    for example in right_examples(victim, "pair")[:2]:
        original = Original(example, ("second",))
        (now,) = located(inputs, original, original.texts)
        tried = []
        for index, token in enumerate(now.ids):
            if pieces.group[token] < 0:
                continue
            for piece in np.flatnonzero(pieces.group == pieces.group[token]).tolist():
                change = Change(0, now.firsts[index], now.pasts[index], pieces.text(piece))
                made = original.propose([change])
                assert made is not None
                text = made.example.second  # type: ignore[union-attr]
                meant = [*now.ids[:index], piece, *now.ids[index + 1 :]]
                if piece != token and inputs.ids([text])[0].tolist() == meant:
                    tried.append(made.example)
        assert len(tried) > 5
        best = max(seen.loss for seen in victim.see(tried))
        given = {"beam": 1, "flips": 1, "keep_digits": False}
        (found,) = fight(victim, "hotflip", [example], settings=given, fields=("second",), budget=500)
        assert found.seen is not None
        assert found.seen.loss == pytest.approx(best, abs=1e-4)


def test_texts_give_the_ids_that_were_meant(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    examples = right_examples(victim, "pair")[:8]
    inputs = victim.model.inputs
    found = fight(victim, "hotflip", examples, settings={"beam": 3, "flips": 2}, budget=40)
    attacked = [one for one in found if one.adversarial is not None]
    assert attacked
    for one in attacked:
        assert one.adversarial is not None
        flipped = 0
        for name in ("first", "second"):
            before, after = (inputs.ids([getattr(each, name)])[0] for each in (one.example, one.adversarial))
            assert len(before) == len(after)
            flipped += sum(a != b for a, b in zip(before, after, strict=True))
        assert 1 <= flipped <= 2


def test_tokens_of_what_is_protected_are_not_flipped(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    link = "http://the.river.froze.org/old"
    example = replace(PAIRS[0], second=f"{link} boats")
    chosen = attack("hotflip")
    assert isinstance(chosen, Attack)
    scene = scene_for(victim, chosen, [example], fields=("second",), settings={"beam": 40})
    search = chosen.search(example, scene)
    next(search)
    ask = search.send(Reply([], victim.slopes([example])))
    texts = [one.example.second for one in ask.proposals]  # type: ignore[union-attr]
    assert texts
    assert all(text.startswith(f"{link} ") and text != example.second for text in texts)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["choice", "tags", "span", "retrieval"])
def test_gradients_reach_every_kind(encoder: Encoder, kind: str) -> None:
    victim = victim_for(encoder, kind)
    examples = right_examples(victim, kind)
    slopes = victim.slopes(examples)
    assert len(slopes) == len(examples)
    assert all(np.abs(slope.gradient).max() > 0 for mine in slopes for slope in mine)
    fight(victim, "hotflip", examples[:6], settings={"beam": 2, "flips": 1}, budget=20)


@pytest.mark.slow
def test_with_the_same_limits_gradients_do_not_lose_to_chance(encoder: Encoder) -> None:
    """A gradient that helps less than chance is masked, or wrong."""
    victim = linear_victim(encoder)
    examples = [replace(one, id=f"{one.id}x") for one in right_examples(victim, "pair")[:10]]  # type: ignore[type-var]
    limits = {"max_edit_rate": 0.2}
    chance = fight(victim, "worst_of_k", examples, settings=limits | {"severity": 2})
    gradient = fight(victim, "hotflip", examples, settings=limits)
    assert sum(one.fooled for one in gradient) >= sum(one.fooled for one in chance)
