from pathlib import Path

import pytest
import torch

from tests.xtb.toys import EXAMPLES, POOL, toy_task
from xtb.encoder import Encoder, load_encoder
from xtb.heads import head, loss
from xtb.model import TaskModel, build_model, default_layer

KINDS = tuple(EXAMPLES)


def weights(model: TaskModel) -> dict[str, torch.Tensor]:
    return dict(model.layer.state_dict())


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_alone_decides_the_head(encoder: Encoder, kind: str) -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    one, two, three = (build_model(encoder, toy_task(kind), seed=seed) for seed in (1, 1, 2))
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(a, weights(two)[name]) for name, a in weights(one).items())
    if kind != "retrieval":  # which has no weights of its own
        assert any(not torch.equal(a, weights(three)[name]) for name, a in weights(one).items())


@pytest.mark.parametrize("folder", ["tiny_encoder", "tiny_bert"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns_from_a_few_steps(request: pytest.FixtureRequest, folder: str, kind: str) -> None:
    encoder = load_encoder(str(request.getfixturevalue(folder)))
    task = toy_task(kind)
    model = build_model(encoder, task, seed=0)
    pool = POOL if kind == "retrieval" else ()
    features = head(task.kind).features(EXAMPLES[kind], model.inputs, task, max_length=64, pool=pool)
    batch = model.collate(features)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.eval()  # without dropout
    losses = []
    for _ in range(12):
        value = loss(task.kind, model(batch), batch)
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        losses.append(value.item())
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("folder", ["tiny_encoder", "tiny_bert"])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_do_not_depend_on_padding(request: pytest.FixtureRequest, folder: str, kind: str) -> None:
    task = toy_task(kind)
    model = build_model(load_encoder(str(request.getfixturevalue(folder))), task, seed=0).eval()
    features = head(task.kind).features(EXAMPLES[kind], model.inputs, task, max_length=64)
    with torch.inference_mode():
        together = model(model.collate(features))
        alone = [model(model.collate([feature])) for feature in features]
    place = 0
    for feature, outputs in zip(features, alone, strict=True):
        rows = together[place : place + len(feature.rows)]
        if outputs.ndim == 3:
            rows = rows[:, : feature.length]
        assert torch.allclose(rows, outputs, atol=1e-4)
        place += len(feature.rows)


@pytest.mark.parametrize("kind", KINDS)
def test_embeddings_can_take_the_place_of_ids(encoder: Encoder, kind: str) -> None:
    task = toy_task(kind)
    model = build_model(encoder, task, seed=0).eval()
    features = head(task.kind).features(EXAMPLES[kind], model.inputs, task, max_length=64)
    batch = model.collate(features)
    table = encoder.model.get_input_embeddings()  # type: ignore[operator]
    with torch.inference_mode():
        outputs = model(batch)
        again = model({**batch, "inputs_embeds": table(batch["input_ids"])})
    place = batch["attention_mask"].bool()
    if outputs.ndim == 3:
        outputs, again = outputs[place], again[place]
    assert torch.allclose(outputs, again, atol=1e-5)


def test_a_pair_model_has_the_outputs_of_transformers_own(tiny_encoder: Path) -> None:
    """The same weights in XLMRobertaForSequenceClassification give the same logits."""
    from transformers import XLMRobertaForSequenceClassification

    task = toy_task("pair")
    encoder = load_encoder(str(tiny_encoder))
    model = build_model(encoder, task, seed=0).eval()
    other = XLMRobertaForSequenceClassification.from_pretrained(tiny_encoder, num_labels=3).eval()
    names = {"dense.weight": "dense.weight", "dense.bias": "dense.bias"}
    names |= {"out.weight": "out_proj.weight", "out.bias": "out_proj.bias"}
    other.classifier.load_state_dict({names[name]: weight for name, weight in weights(model).items()})
    features = head("pair").features(EXAMPLES["pair"], model.inputs, task, max_length=64)
    batch = model.collate(features)
    with torch.inference_mode():
        wanted = other(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        assert torch.allclose(model(batch), wanted, atol=1e-5)


@pytest.mark.parametrize(
    ("layers", "trained", "state"), [(24, False, 14), (12, False, 7), (6, False, 6), (24, True, 24)]
)
def test_the_default_layer_of_a_retriever(layers: int, trained: bool, state: int) -> None:
    assert default_layer(layers, trained=trained) == state
