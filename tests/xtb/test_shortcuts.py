from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModel

from xtb.shortcuts import ARCHITECTURES, can_skip, first_token_only, layers_up_to


def encoder(kind: str, **changes: Any) -> Any:
    torch.manual_seed(0)
    settings: dict[str, Any] = {
        "hidden_size": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "vocab_size": 50,
        "initializer_range": 0.3,
        "embedding_size": 32,
    }
    return AutoModel.from_config(AutoConfig.for_model(kind, **(settings | changes)))


def batch() -> dict[str, torch.Tensor]:
    ids = torch.randint(5, 50, (6, 9), generator=torch.Generator().manual_seed(1))
    mask = torch.arange(9) < torch.tensor([9, 7, 9, 3, 1, 8])[:, None]
    return {"input_ids": ids.masked_fill(~mask, 1), "attention_mask": mask.long()}


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_first_token_is_that_of_the_whole_layer(kind: str) -> None:
    model = encoder(kind).eval()
    assert can_skip(model)
    with torch.inference_mode():
        whole = model(**batch()).last_hidden_state
        with first_token_only(model):
            first = model(**batch()).last_hidden_state
        again = model(**batch()).last_hidden_state
    assert first.shape == (6, 1, 32)
    assert torch.allclose(first[:, 0], whole[:, 0], atol=1e-5)
    assert torch.equal(whole, again)  # the layer is its own again


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_gradients_are_those_of_the_whole_layer(kind: str) -> None:
    model = encoder(kind).eval()

    def gradients() -> list[torch.Tensor | None]:
        model.zero_grad()
        model(**batch()).last_hidden_state[:, 0].square().sum().backward()
        return [p.grad for name, p in model.named_parameters() if "pooler" not in name]

    whole = gradients()
    with first_token_only(model):
        short = gradients()
    for a, b in zip(whole, short, strict=True):
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            assert torch.allclose(a, b, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("kind", ARCHITECTURES)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_hidden_state_needs_no_layer_above_it(kind: str, count: int) -> None:
    model = encoder(kind).eval()
    called: list[int] = []
    for number, layer in enumerate(model.encoder.layer):
        layer.register_forward_hook(lambda *_, number=number: called.append(number))
    with torch.inference_mode():
        whole = model(**batch(), output_hidden_states=True).hidden_states[count]
        called.clear()
        with layers_up_to(model, count):
            short = model(**batch()).last_hidden_state
    assert torch.equal(short, whole)
    assert called == list(range(count))
    assert len(model.encoder.layer) == 3


def test_an_unpadded_batch_needs_no_mask() -> None:
    model = encoder("xlm-roberta").eval()
    ids = batch()["input_ids"][:1]
    with torch.inference_mode(), first_token_only(model):
        first = model(input_ids=ids).last_hidden_state
    with torch.inference_mode():
        assert torch.allclose(first[:, 0], model(input_ids=ids).last_hidden_state[:, 0], atol=1e-5)


def test_dropout_is_applied_in_training() -> None:
    model = encoder("xlm-roberta", attention_probs_dropout_prob=0.5).train()
    with first_token_only(model):
        one, two = (model(**batch()).last_hidden_state for _ in range(2))
    assert not torch.allclose(one, two)


def test_an_error_leaves_the_layer_as_it_was() -> None:
    model = encoder("bert").eval()
    with pytest.raises(ValueError, match="stop"), first_token_only(model):
        raise ValueError("stop")
    assert model(**batch()).last_hidden_state.shape == (6, 9, 32)


@pytest.mark.parametrize(
    "change", [{"attn_implementation": "eager"}, {"compiled": True}, {"kind": "distilbert"}]
)
def test_other_encoders_compute_all_tokens(change: dict[str, Any]) -> None:
    model = encoder(change.get("kind", "bert")).eval()
    if "attn_implementation" in change:
        model.set_attn_implementation("eager")
    if "compiled" in change:
        model.compile(backend="eager")
    assert not can_skip(model)
    with first_token_only(model):
        assert model(**batch()).last_hidden_state.shape[1] == 9
