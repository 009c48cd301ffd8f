from dataclasses import replace

import numpy as np
import pytest
import torch

from ingest.example import Candidate, Retrieval
from ingest.task import Hyperparameters
from tests.xtb.toys import POOL, QUERIES, toy_task
from xtb.encoder import Encoder
from xtb.heads import Vectors, loss, retrieval
from xtb.heads.retrieval import TEMPERATURE
from xtb.model import Pooling, build_model

TASK = toy_task("retrieval")


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("over", ["mean", "cls"])
@pytest.mark.parametrize("special", [True, False])
def test_vectors_are_pooled_as_asked(encoder: Encoder, layer: int, over: str, special: bool) -> None:
    pooling = Pooling(layer=layer, over=over, special_tokens=special)  # type: ignore[arg-type]
    model = build_model(encoder, TASK, seed=0, pooling=pooling).eval()
    features = retrieval.features(POOL, model.inputs, TASK, max_length=128)
    with torch.inference_mode():
        found = model(model.collate(features)).numpy()
        for feature, vector in zip(features, found, strict=True):
            ids = torch.tensor([feature.rows[0].ids.tolist()])
            state = encoder.model(input_ids=ids, output_hidden_states=True).hidden_states[layer][0].numpy()
            kept = state[:1] if over == "cls" else state if special else state[1:-1]
            wanted = kept.mean(0) / np.linalg.norm(kept.mean(0))
            assert vector == pytest.approx(wanted, abs=1e-5)


def test_a_text_without_tokens_keeps_its_special_ones(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0, pooling=Pooling(special_tokens=False)).eval()
    features = retrieval.features([Candidate(id="e", text="")], model.inputs, TASK, max_length=16)
    with torch.inference_mode():
        assert torch.isfinite(model(model.collate(features))).all()


def test_the_loss_is_infonce_over_the_passages_of_the_batch(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0).eval()
    batch = model.collate(retrieval.features(QUERIES, model.inputs, TASK, max_length=64, pool=POOL))
    with torch.inference_mode():
        outputs = model(batch)
        value = float(loss("retrieval", outputs, batch))
    queries, passages = outputs[0::2].double().numpy(), outputs[1::2].double().numpy()
    logits = queries @ passages.T / TEMPERATURE
    wanted = np.mean(np.log(np.exp(logits).sum(1)) - np.diag(logits))
    assert value == pytest.approx(wanted, abs=1e-4)


def test_a_passage_of_the_batch_that_also_answers_is_no_negative() -> None:
    outputs = torch.nn.functional.normalize(torch.randn(6, 4, generator=torch.Generator().manual_seed(0)))
    batch = {"targets": torch.tensor([[3], [3], [5]])}
    table = retrieval.log_probs(outputs, batch).exp()
    assert table[0, 1] == table[1, 0] == 0
    assert table.sum(1).tolist() == pytest.approx([1, 1, 1])
    assert retrieval.gold(batch).tolist() == [0, 1, 2]


def test_training_takes_the_first_positive(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    query = Retrieval(id="q", query="river", positives=("d5", "d2"))
    feature = retrieval.features([query], model.inputs, TASK, max_length=64, pool=POOL)[0]
    alone = retrieval.features(POOL[5:6], model.inputs, TASK, max_length=64)[0]
    assert feature.rows[1] == alone.rows[0]
    assert feature.targets.tolist() == [5]


def test_queries_may_have_a_limit_of_their_own(encoder: Encoder) -> None:
    inputs = build_model(encoder, TASK, seed=0).inputs
    task = replace(TASK, defaults=Hyperparameters(query_length=8))
    query = Retrieval(id="q", query=POOL[5].text * 9, positives=("d5",))
    long = replace(POOL[5], text=query.query)
    [both] = retrieval.features([query], inputs, task, max_length=64, pool=[*POOL[:5], long])
    assert [len(row.ids) for row in both.rows] == [8, 64]
    assert len(retrieval.features([long], inputs, task, max_length=64)[0].rows[0].ids) == 64
    assert len(retrieval.features([query], inputs, task, max_length=6)[0].rows[0].ids) == 6


def judge(query: list[float], positives: tuple[str, ...], metric: str) -> tuple[float, str, float | None]:
    matrix = np.eye(4, dtype=np.float32)
    example = Retrieval(id="q", query="?", positives=positives)
    outcome = retrieval.outcomes(
        [example],
        [],
        [[np.array(query, dtype=np.float32)]],
        toy_task("retrieval", metrics=(metric,)),
        "en",
        Vectors(["a", "b", "c", "d"], matrix),
    )[0]
    return outcome.correct, outcome.prediction, outcome.exact


def test_average_precision_and_the_first_hit() -> None:
    assert judge([0.1, 0.9, 0.5, 0.3], ("c",), "map_at_20") == (0.5, "b c d a", 0.0)
    both = pytest.approx((1 + 2 / 3) / 2), "b c d a", 1.0
    assert judge([0.1, 0.9, 0.5, 0.3], ("b", "d"), "map_at_20") == both
    assert judge([0.1, 0.9, 0.5, 0.3], ("c",), "accuracy") == (0.0, "b", 0.0)
    assert judge([0.1, 0.9, 0.5, 0.3], ("b",), "accuracy") == (1.0, "b", 1.0)


def test_of_equally_near_candidates_the_first_is_taken() -> None:
    assert judge([0.0, 0.7, 0.7, 0.0], ("c",), "accuracy") == (0.0, "b", 0.0)
