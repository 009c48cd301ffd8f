"""Fast dropout: torch's, but for where the masks come from."""

from pathlib import Path

import pytest
import torch
from torch import nn

from xtb.dropout import FastDropout, Masks, fast_dropout
from xtb.encoder import Encoder, load_encoder


def batch(rows: int = 3, tokens: int = 7) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    mask = torch.ones(rows, tokens, dtype=torch.long)
    mask[1, 4:] = 0
    return {"input_ids": torch.randint(5, 100, (rows, tokens), generator=generator), "attention_mask": mask}


def set_dropout(model: nn.Module, p: float) -> None:
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = p


@pytest.mark.parametrize("p", [0.1, 0.5])
def test_the_share_dropped_is_the_rate_and_the_mean_stays(p: float) -> None:
    masks = Masks()
    found = masks.apply(torch.ones(1000, 1003), p)  # an odd count of elements
    assert (found == 0).float().mean().item() == pytest.approx(p, abs=0.002)
    assert found.mean().item() == pytest.approx(1.0, abs=0.004)
    assert set(found.unique().tolist()) == {0.0, found.max().item()}


def test_masks_follow_from_the_key_alone() -> None:
    masks, x = Masks(), torch.ones(50, 50)
    masks.key(7)
    first = [masks.apply(x, 0.3), masks.apply(x, 0.3)]
    masks.key(7)
    assert torch.equal(masks.apply(x, 0.3), first[0])
    assert not torch.equal(first[0], first[1])


def test_the_gradient_passes_where_the_value_does() -> None:
    x = torch.ones(40, 40, requires_grad=True)
    found = Masks().apply(x, 0.4)
    found.sum().backward()
    assert torch.equal(x.grad, found.detach())


def test_nothing_is_dropped_in_evaluation() -> None:
    dropout = FastDropout(0.5, Masks()).eval()
    x = torch.ones(9)
    assert dropout(x) is x


def test_without_dropout_the_outputs_and_gradients_are_transformers_own(encoder: Encoder) -> None:
    model = encoder.model.train()
    set_dropout(model, 0.0)
    plain = model(**batch()).last_hidden_state
    plain.square().sum().backward()
    expected = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    model.zero_grad()
    with fast_dropout(model):
        # A rate too small to drop anything, so that attention takes its plain steps.
        for module in model.modules():
            if isinstance(module, FastDropout):
                module.p = 1e-9
        found = model(**batch()).last_hidden_state
        found.square().sum().backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    torch.testing.assert_close(found[0], plain[0], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found[1, :4], plain[1, :4], rtol=1e-4, atol=1e-5)
    for one, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("name", ["tiny_encoder", "tiny_bert"])
def test_the_step_decides_the_outputs_and_the_global_generator_does_not(
    name: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(name)
    model = load_encoder(str(path)).model.train()
    with fast_dropout(model) as masks:
        outputs = []
        for number, seed in ((1, 1), (1, 2), (3, 1)):
            masks.key(number)
            torch.manual_seed(seed)
            outputs.append(model(**batch()).last_hidden_state)
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])


def test_the_model_is_as_it_was_afterwards(encoder: Encoder) -> None:
    model = encoder.model
    before = [type(module) for module in model.modules()]
    with fast_dropout(model):
        assert FastDropout in [type(module) for module in model.modules()]
    assert [type(module) for module in model.modules()] == before
