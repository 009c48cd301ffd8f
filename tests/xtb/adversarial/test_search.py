"""Searches side by side: budgets are nested, constraints kept, a constant model never fooled."""

from dataclasses import replace
from typing import Any

import pytest

from ingest.example import Span
from tests.xtb.adversarial.battle import constant, fight, right_examples, victim_for
from tests.xtb.toys import EXAMPLES, PAIRS
from xtb.adversarial.distance import cluster_edits, clusters
from xtb.encoder import Encoder


def test_a_constant_model_is_never_fooled_and_an_always_wrong_one_never_attacked(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    constant(victim, 0)
    right = [replace(pair, label=0) for pair in PAIRS[:4]]
    found = fight(victim, "greedy_char", right, budget=60)
    assert [one.fooled for one in found] == [False] * 4
    assert all(one.queries > 0 and one.adversarial is not None for one in found)
    wrong = [replace(pair, label=1) for pair in PAIRS[:4]]
    assert [(one.queries, one.adversarial) for one in fight(victim, "greedy_char", wrong)] == [(0, None)] * 4


@pytest.mark.parametrize("kind", ["pair", "choice", "tags", "retrieval", "span"])
def test_success_within_a_budget_is_found_by_every_larger_one(encoder: Encoder, kind: str) -> None:
    more: dict[str, Any] = {"settings": {"max_edit_rate": 0.5}}
    victim = victim_for(encoder, kind)
    examples = right_examples(victim, kind)[:8]
    by_budget = {
        budget: fight(victim, "greedy_char", examples, budget=budget, **more) for budget in (7, 30, 90)
    }
    for small, large in ((7, 30), (30, 90)):
        for less, many in zip(by_budget[small], by_budget[large], strict=True):
            assert less.queries <= small
            if less.fooled:
                assert (many.fooled, many.queries) == (True, less.queries)
                assert many.adversarial == less.adversarial
            elif many.fooled:
                assert many.queries > small
    assert any(one.queries for one in by_budget[90])


def test_the_order_of_examples_changes_nothing(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    examples = right_examples(victim, "pair")[:6]
    there = fight(victim, "greedy_char", examples, budget=80)
    back = fight(victim, "greedy_char", examples[::-1], budget=80)[::-1]
    assert [(a.adversarial, a.queries) for a in there] == [(b.adversarial, b.queries) for b in back]


def test_texts_keep_the_edit_rate_and_what_is_not_named(encoder: Encoder) -> None:
    victim = victim_for(encoder, "pair")
    examples = right_examples(victim, "pair")[:8]
    found = fight(victim, "greedy_char", examples, settings={"max_edit_rate": 0.1}, fields=("second",))
    for one in found:
        assert one.adversarial is not None
        assert one.adversarial.first == one.example.first  # type: ignore[union-attr]
        before, after = one.example.second, one.adversarial.second  # type: ignore[union-attr]
        assert 0 < cluster_edits(before, after) <= max(1, 0.1 * len(clusters(before)))


def test_losses_are_those_of_training(encoder: Encoder) -> None:
    import torch

    from xtb import heads

    for kind in ("pair", "choice", "tags"):
        victim = victim_for(encoder, kind)
        examples = EXAMPLES[kind][:1]
        features = victim.features(examples)
        batch = victim.model.collate(features)
        with torch.inference_mode():
            loss = heads.loss(victim.task.kind, victim.model(batch), batch)
        assert victim.see(examples)[0].loss == pytest.approx(float(loss), abs=1e-5)


def test_the_loss_of_a_span_in_one_window_is_that_of_training(encoder: Encoder) -> None:
    import torch

    from xtb import heads

    victim = victim_for(
        encoder, "span", defaults=replace(victim_for(encoder, "span").task.defaults, max_length=128)
    )
    span = EXAMPLES["span"][0]
    (feature,) = victim.features([span])
    batch = victim.model.collate([feature])
    with torch.inference_mode():
        loss = 2 * heads.loss("span", victim.model(batch), batch)  # mean of two ends
    assert victim.see([span])[0].loss == pytest.approx(float(loss), abs=1e-4)


def test_a_query_is_fooled_exactly_when_its_loss_is_positive(encoder: Encoder) -> None:
    victim = victim_for(encoder, "retrieval")
    for seen in victim.see(EXAMPLES["retrieval"]):
        assert seen.fooled == (seen.loss > 0)


def test_an_exact_match_is_lost_before_half_of_the_words_are(encoder: Encoder) -> None:
    loose, exact = (victim_for(encoder, "span", goal) for goal in ("", "exact"))
    examples = right_examples(loose, "span")[:6]
    answers = [one.answers[0] for one in examples if isinstance(one, Span)]
    wrong: list[Any] = [
        replace(one, answers=(replace(answer, text=answer.text[:-1]),))  # type: ignore[call-arg]
        for one, answer in zip(examples, answers, strict=True)
    ]
    both = [*examples, *wrong]
    for half, strict in zip(loose.see(both), exact.see(both), strict=True):
        assert half.loss == strict.loss
        assert half.fooled == (half.outcome.correct < 0.5)
        assert strict.fooled == (half.outcome.exact == 0)
    assert any(one.fooled for one in exact.see(wrong))


@pytest.mark.parametrize("name", ["greedy_char", "hotflip"])
def test_a_ranking_is_spoilt_beyond_its_first_rank(encoder: Encoder, name: str) -> None:
    victim = victim_for(encoder, "retrieval", "half_precision")
    examples = right_examples(victim, "retrieval")[:4]
    settings: dict[str, Any] = {"greedy_char": {"max_edit_rate": 0.6}, "hotflip": {"beam": 2, "flips": 2}}
    found = fight(victim, name, examples, settings=settings[name], budget=90)
    assert any(one.adversarial is not None for one in found)
    for one in found:
        assert one.seen is not None
        assert one.fooled == (one.seen.outcome.correct < 0.5)  # one right candidate: rank 3 or later
