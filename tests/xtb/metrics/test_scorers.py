"""Whole sets of predictions against the numbers of outside scorers; see tests/golden/make_scorers.py."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest import catalog
from ingest.example import Answer, Choice, Example, Pair, Retrieval, Span, Tags
from xtb.cellrows import judged
from xtb.heads import head
from xtb.metrics import score

GOLDEN = json.loads((Path(__file__).resolve().parents[2] / "golden" / "scorers.json").read_text())
CASES: list[dict[str, Any]] = GOLDEN["cases"]


def example(task: Any, name: str, gold: Any) -> Example:
    if task.kind == "pair":
        label = task.labels.index(gold) if gold in task.labels else int(gold)
        return Pair(id=name, first="", second="", label=label)
    if task.kind == "choice":
        return Choice(id=name, context="", question="", options=("a", "b"), label=int(gold))
    if task.kind == "tags":
        return Tags(id=name, tokens=tuple("w" for _ in gold), tags=tuple(gold))
    if task.kind == "span":
        answers = tuple(Answer(text=text, start=0) for text in gold)
        return Span(id=name, context="", question="", answers=answers)
    return Retrieval(id=name, query="", positives=tuple(gold))


def prediction(task: Any, given: Any) -> str:
    if task.kind == "pair" and given not in task.labels:
        return str(task.labels[int(given)])
    return " ".join(given) if task.kind == "tags" else given


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['task']}-{case['language']}")
def test_a_set_of_predictions_gets_the_number_of_the_outside_scorer(case: dict[str, Any]) -> None:
    task = catalog.task(case["task"])
    examples = [example(task, str(i), gold) for i, gold in enumerate(case["gold"])]
    predictions = [prediction(task, given) for given in case["predictions"]]
    found = head(task.kind).judged(examples, predictions, task, case["language"])
    frame = judged(examples, found)
    for metric, value in case["values"].items():
        assert metric in task.metrics
        assert score(frame, metric) == pytest.approx(value, abs=1e-9)


def test_every_metric_of_a_target_has_an_outside_number() -> None:
    assert len(CASES) == 21
    compared = {metric for case in CASES for metric in case["values"]}
    # token_accuracy is a plain mean over words; tests/xtb/metrics/test_score.py
    assert compared == {metric for name in catalog.task_names() for metric in catalog.task(name).metrics} - {
        "token_accuracy"
    }
