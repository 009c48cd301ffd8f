import numpy as np
import pytest
import torch

from ingest.example import Choice
from tests.xtb.toys import CHOICES, toy_task
from xtb.encoder import Encoder
from xtb.heads import choice, loss, units
from xtb.model import build_model

TASK = toy_task("choice")


def test_each_option_is_a_row_behind_context_and_question(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    features = choice.features(CHOICES, model.inputs, TASK, max_length=128)
    for example, feature in zip(CHOICES, features, strict=True):
        first = f"{example.context} What was the cause?"
        wanted = [
            encoder.tokenizer(first, option, truncation="longest_first", max_length=128)["input_ids"]
            for option in example.options
        ]
        assert [row.ids.tolist() for row in feature.rows] == wanted


def test_the_loss_is_taken_among_the_options_of_a_question(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0).eval()
    batch = model.collate(choice.features(CHOICES, model.inputs, TASK, max_length=64))
    with torch.inference_mode():
        outputs = model(batch)
        value = float(loss("choice", outputs, batch))
    scores = iter(outputs[:, 0].double().tolist())
    terms = []
    for example in CHOICES:
        own = np.array([next(scores) for _ in example.options])
        terms.append(np.log(np.exp(own).sum()) - own[example.label])
    assert value == pytest.approx(np.mean(terms), abs=1e-6)
    assert units("choice", batch) == len(CHOICES)


def test_padding_options_have_no_gradient_and_no_probability() -> None:
    batch = {"feature": torch.tensor([0, 0, 1, 1, 1]), "targets": torch.tensor([[0], [2]])}
    outputs = torch.zeros(5, 1, requires_grad=True)
    table = choice.log_probs(outputs, batch)
    assert table.exp()[0].tolist() == pytest.approx([0.5, 0.5, 0.0])
    loss("choice", outputs, batch).backward()  # type: ignore[no-untyped-call]
    assert outputs.grad is not None
    assert torch.isfinite(outputs.grad).all()


def test_the_first_of_equal_options_is_predicted() -> None:
    example = Choice(id="1", context="", question="", options=("a", "b", "c"), label=1)
    rows = [np.array([score], dtype=np.float32) for score in (1.0, 2.0, 2.0)]
    outcome = choice.outcomes([example], [], [rows], TASK, "en")[0]
    assert (outcome.prediction, outcome.correct) == ("1", 1.0)


def test_a_prompt_without_question_is_the_context_alone() -> None:
    assert choice.prompt(Choice(id="1", context="c", question="", options=(), label=0)) == "c"
