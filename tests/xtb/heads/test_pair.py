import numpy as np
import torch

from tests.xtb.toys import PAIRS, toy_task
from xtb.encoder import Encoder
from xtb.heads import loss, pair, units
from xtb.model import build_model

TASK = toy_task("pair")


def test_a_row_holds_both_texts_and_the_longer_loses_its_end(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    full = pair.features(PAIRS, model.inputs, TASK, max_length=128)
    short = pair.features(PAIRS, model.inputs, TASK, max_length=16)
    assert [f.tokens for f in short] == [f.tokens for f in full]
    assert [f.targets.tolist() for f in full] == [[p.label] for p in PAIRS]
    for a, b in zip(full, short, strict=True):
        assert len(a.rows[0].ids) == a.tokens + 4  # <s> </s></s> </s>
        assert len(b.rows[0].ids) == 16
        assert b.rows[0].ids[:5] == a.rows[0].ids[:5]


def test_the_loss_is_the_cross_entropy_of_the_label(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0).eval()
    features = pair.features(PAIRS, model.inputs, TASK, max_length=64)
    batch = model.collate(features)
    with torch.inference_mode():
        outputs = model(batch)
        value = float(loss("pair", outputs, batch))
    logits = outputs.double().numpy()
    log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    assert np.isclose(value, -log_p[np.arange(len(PAIRS)), [p.label for p in PAIRS]].mean(), atol=1e-6)
    assert units("pair", batch) == len(PAIRS)


def test_the_highest_label_is_predicted() -> None:
    results = [[np.array([0.0, 2.0, 1.0], dtype=np.float32)] for _ in PAIRS]
    judged = pair.outcomes(PAIRS, [], results, TASK, "en")
    assert {outcome.prediction for outcome in judged} == {"maybe"}
    assert [outcome.correct for outcome in judged] == [float(p.label == 1) for p in PAIRS]
