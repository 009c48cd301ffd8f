import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score

from ingest.example import Tags
from tests.xtb.toys import TAGGED, toy_task
from xtb.batching import IGNORE
from xtb.encoder import Encoder
from xtb.heads import loss, tags, units
from xtb.heads.tags import _parts
from xtb.model import build_model

TASK = toy_task("tags")


@pytest.mark.parametrize("max_length", [128, 12, 4])
def test_every_word_is_judged_once_at_its_first_subword(encoder: Encoder, max_length: int) -> None:
    model = build_model(encoder, TASK, seed=0)
    features = tags.features(TAGGED, model.inputs, TASK, max_length=max_length)
    seen: dict[int, list[int]] = {}
    for feature in features:
        row = feature.rows[0]
        assert len(row.ids) <= max_length
        for position, word in zip(*feature.layout, strict=True):
            sentence = TAGGED[feature.example]
            first = encoder.tokenizer([sentence.tokens[word]], is_split_into_words=True)["input_ids"][1]
            assert row.ids[position] == first
            assert feature.targets[position] == TASK.labels.index(sentence.tags[word])
            seen.setdefault(feature.example, []).append(word)
        others = set(range(len(row.ids))) - set(feature.layout[0])
        assert all(feature.targets[position] == IGNORE for position in others)
    assert seen == {i: list(range(len(s.tokens))) for i, s in enumerate(TAGGED)}


@given(st.lists(st.integers(1, 9), max_size=30), st.integers(1, 12))
def test_parts_fit_and_leave_out_no_word(lengths: list[int], room: int) -> None:
    lengths = [min(length, room) for length in lengths]
    parts = list(_parts(lengths, room))
    assert [word for first, past in parts for word in range(first, past)] == list(range(len(lengths)))
    for first, past in parts:
        assert sum(lengths[first:past]) <= room


def test_the_loss_is_the_mean_over_words(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0).eval()
    features = tags.features(TAGGED, model.inputs, TASK, max_length=64)
    batch = model.collate(features)
    with torch.inference_mode():
        outputs = model(batch)
        value = float(loss("tags", outputs, batch))
    terms = []
    for feature, logits in zip(features, outputs.double().numpy(), strict=True):
        for position, word in zip(*feature.layout, strict=True):
            gold = TASK.labels.index(TAGGED[feature.example].tags[word])
            terms.append(np.log(np.exp(logits[position]).sum()) - logits[position, gold])
    assert value == pytest.approx(np.mean(terms), abs=1e-6)
    assert units("tags", batch) == len(terms) == sum(len(s.tokens) for s in TAGGED)


def test_outcomes_add_up_to_seqeval_and_token_accuracy(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0).eval()
    features = tags.features(TAGGED, model.inputs, TASK, max_length=16)
    batch = model.collate(features)
    with torch.inference_mode():
        results = [[result] for result in tags.results(model(batch), batch)]
    judged = tags.outcomes(TAGGED, features, results, TASK, "en")
    predicted = [outcome.prediction.split(" ") for outcome in judged]
    gold = [list(sentence.tags) for sentence in TAGGED]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = f1_score(gold, predicted)
    hits = sum(outcome.hits or 0 for outcome in judged)
    counted = sum((outcome.predicted or 0) + (outcome.gold or 0) for outcome in judged)
    assert 2 * hits / counted == pytest.approx(whole, abs=1e-12)
    pairs = [(a, b) for x, y in zip(predicted, gold, strict=True) for a, b in zip(x, y, strict=True)]
    accuracy = sum(o.correct * o.units for o in judged) / sum(o.units for o in judged)
    assert accuracy == pytest.approx(np.mean([a == b for a, b in pairs]), abs=1e-12)


def test_a_sentence_without_words_is_no_error(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    empty = Tags(id="e", tokens=(), tags=())
    assert tags.features([empty], model.inputs, TASK, max_length=16) == []
    outcome = tags.outcomes([empty], [], [], TASK, "en")[0]
    assert (outcome.prediction, outcome.units) == ("", 0)


def test_a_tag_that_the_labels_lack_is_not_trained_on(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    strange = Tags(id="s", tokens=("river",), tags=("B-NEW",))
    assert set(tags.features([strange], model.inputs, TASK, max_length=16)[0].targets) == {IGNORE}


def test_words_without_a_predicted_tag_are_wrong_and_in_no_entity() -> None:
    (sentence, *_) = TAGGED
    (outcome,) = tags.judged([sentence], [sentence.tags[0]], TASK, "en")
    assert outcome.correct == 1 / len(sentence.tags)
    assert outcome.units == len(sentence.tags)
    (none,) = tags.judged([sentence], [""], TASK, "en")
    assert (none.correct, none.hits, none.predicted) == (0, 0, 0)
