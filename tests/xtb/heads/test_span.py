from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import catalog
from ingest.example import Answer, Span
from ingest.source import open_source
from tests.xtb.toys import SPANS, TEXTS, toy_task
from warehouse.errors import UsageError
from xtb.encoder import Encoder, load_encoder
from xtb.heads import loss, span, units
from xtb.heads.base import NEVER
from xtb.model import build_model

TASK = toy_task("span")


def ask(context: str, answer: str | None, question: str = "Who?") -> Span:
    answers = () if answer is None else (Answer(text=answer, start=context.index(answer)),)
    return Span(id="1", context=context, question=question, answers=answers)


def test_a_length_without_room_for_a_context_is_refused(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    with pytest.raises(UsageError, match="maximal length of 8 leaves no token for the context"):
        span.features([ask("a b c", "b", question="Who, and when?")], model.inputs, TASK, max_length=8)


@pytest.mark.parametrize(("max_length", "stride"), [(128, 128), (48, 16), (24, 128), (12, 0)])
def test_windows_cover_the_context_and_share_their_ends(
    encoder: Encoder, max_length: int, stride: int
) -> None:
    model = build_model(encoder, TASK, seed=0)
    features = span.features(SPANS, model.inputs, TASK, max_length=max_length, stride=stride)
    for i, example in enumerate(SPANS):
        wanted = model.inputs.located([example.context])[0]
        covered: list[tuple[int, int]] = []
        for feature in (feature for feature in features if feature.example == i):
            row, layout = feature.rows[0], list(zip(*feature.layout, strict=True))
            assert len(row.ids) <= max_length
            assert row.end - row.second == len(layout)
            room = max_length - row.second - 1
            shared = min(stride, room // 2) if covered else 0
            assert covered[len(covered) - shared :] == layout[:shared]
            covered += layout[shared:]
        assert covered == list(zip(wanted.firsts, wanted.pasts, strict=True))


@pytest.mark.parametrize("text", TEXTS[:8])
def test_any_piece_of_any_script_is_found_again(encoder: Encoder, text: str) -> None:
    model = build_model(encoder, TASK, seed=0)
    located = model.inputs.located([text])[0]
    spans = list(zip(located.firsts, located.pasts, strict=True))
    for first in range(0, len(spans), 2):
        for _, past in spans[first : first + 5]:
            start = spans[first][0]
            answer = text[start:past].strip()
            if not answer:
                continue
            example = Span(id="1", context=text, question="Who?", answers=(Answer(text=answer, start=start),))
            feature = span.features([example], model.inputs, TASK, max_length=128)[0]
            begin, end = (target - feature.rows[0].second for target in feature.targets)
            assert span._text(text, feature, begin, end) == answer


@pytest.mark.real_data
@pytest.mark.parametrize("folder", ["tiny_encoder", "tiny_bert"])
@pytest.mark.parametrize("language", ["en", "ar", "de", "hi", "ru", "th", "tr", "vi", "zh"])
def test_xquads_answers_lie_within_their_tokens(
    request: pytest.FixtureRequest, mirror: Path, folder: str, language: str
) -> None:
    encoder = load_encoder(str(request.getfixturevalue(folder)))
    task = catalog.task("xquad")
    examples = task.read(open_source(mirror), "test", language)[:60]
    inputs = build_model(encoder, task, seed=0).inputs
    found = {}
    for feature in span.features(examples, inputs, task, max_length=384, stride=128):
        if feature.targets.tolist() != [0, 0]:
            begin, end = (target - feature.rows[0].second for target in feature.targets)
            context = cast(Span, examples[feature.example]).context
            found[feature.example] = span._text(context, feature, begin, end)
    for i, example in enumerate(examples):
        assert cast(Span, example).answers[0].text.strip() in found[i]


def test_marks_that_the_tokenizer_drops_stay_with_their_letter(tiny_bert: Path) -> None:
    model = build_model(load_encoder(str(tiny_bert)), TASK, seed=0)
    text = "Die Ko\u0308chin tra\u0308gt A\u0308pfel"  # decomposed: BERT's normaliser drops the marks
    for word in text.split():
        feature = span.features([ask(text, word)], model.inputs, TASK, max_length=64)[0]
        begin, end = (target - feature.rows[0].second for target in feature.targets)
        assert span._text(text, feature, begin, end) == word


def test_an_answer_inside_tokens_takes_the_tokens_it_touches(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    text = "The river froze in January."
    answer = Answer(text="ive", start=5)
    example = Span(id="1", context=text, question="?", answers=(answer,))
    feature = span.features([example], model.inputs, TASK, max_length=64)[0]
    begin, end = (target - feature.rows[0].second for target in feature.targets)
    assert "ive" in span._text(text, feature, begin, end)


def test_windows_without_the_answer_point_at_their_first_token(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    features = span.features(SPANS, model.inputs, TASK, max_length=32, stride=4)
    for feature in features:
        first = next(other for other in features if other.example == feature.example)
        assert (feature.targets.tolist() != [0, 0]) == (feature is first)  # the answer is the first words
    unanswerable = span.features([ask(TEXTS[0], None)], model.inputs, TASK, max_length=64)
    assert [feature.targets.tolist() for feature in unanswerable] == [[0, 0]]


def test_the_loss_is_the_mean_of_begin_and_end(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0).eval()
    features = span.features(SPANS, model.inputs, TASK, max_length=48, stride=8)
    batch = model.collate(features)
    with torch.inference_mode():
        outputs = model(batch)
        value = float(loss("span", outputs, batch))
    terms = []
    for feature, logits in zip(features, outputs.double().numpy(), strict=True):
        real = logits[: feature.length]
        for side in (0, 1):
            terms.append(np.log(np.exp(real[:, side]).sum()) - real[feature.targets[side], side])
    assert value == pytest.approx(np.mean(terms), abs=1e-6)
    assert units("span", batch) == 2 * len(features)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(40, 70))
def test_the_best_span_is_the_best_of_all(seed: int, rows: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    outputs = torch.from_numpy(rng.normal(size=(rows, width, 2)).astype(np.float32))
    second = rng.integers(2, 10, rows)
    end = second + rng.integers(0, width - 10, rows)
    batch = {"span": torch.from_numpy(np.stack([second, end], axis=1))}
    for row, found in enumerate(span.results(outputs, batch)):
        begin, close = outputs[row].numpy().T
        best = max(
            (
                (begin[a] + close[b], a - second[row], b - second[row])
                for a in range(second[row], end[row])
                for b in range(a, min(a + span.ANSWER, end[row]))
            ),
            default=None,
        )
        assert found[3] == pytest.approx(begin[0] + close[0])
        if best is None:
            assert found[2] == pytest.approx(NEVER)
        else:
            assert tuple(found[:3]) == pytest.approx((best[1], best[2], best[0]))


def rows(*found: tuple[float, float, float, float]) -> list[list[np.ndarray]]:
    return [[np.array(one, dtype=np.float32)] for one in found]


def test_the_best_window_answers(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    text = " ".join(["river"] * 10 + ["January"] * 10)
    features = span.features([ask(text, "January")], model.inputs, TASK, max_length=32, stride=4)
    assert len(features) >= 3
    scores = [(0.0, 0.0, float(-abs(i - 1)), 9.0) for i in range(len(features))]
    outcome = span.outcomes([ask(text, "January")], features, rows(*scores), TASK, "en")[0]
    firsts, pasts = features[1].layout
    assert outcome.prediction == text[firsts[0] : pasts[0]]


def test_no_answer_is_given_only_where_some_questions_have_none(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    examples = [ask(TEXTS[0], "The"), ask(TEXTS[1], None)]
    features = span.features(examples, model.inputs, TASK, max_length=128)
    found = rows((0, 0, 1.0, 5.0), (0, 0, 1.0, 5.0))
    with_refusal = span.outcomes(examples, features, found, TASK, "en")
    assert [(o.prediction, o.correct, o.exact) for o in with_refusal] == [("", 1.0, 1.0), ("", 1.0, 1.0)]
    without = span.outcomes(examples[:1], features[:1], found[:1], TASK, "en")
    assert without[0].prediction != ""


def test_mlqa_is_scored_by_its_own_rules(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0)
    text = "Die Köchin trägt süße Äpfel."
    example = ask(text, ["die", "Äpfel"][1])
    feature = span.features([example], model.inputs, TASK, max_length=128)
    whole = (0.0, float(len(feature[0].layout[0]) - 1), 1.0, 0.0)
    plain = span.outcomes([example], feature, rows(whole), TASK, "de")[0]
    mlqa = span.outcomes([example], feature, rows(whole), toy_task("span", metrics=("mlqa_f1",)), "de")[0]
    assert plain.prediction == mlqa.prediction == text
    assert plain.correct == pytest.approx(2 * (1 / 5) / (1 / 5 + 1))
    assert mlqa.correct == pytest.approx(2 * (1 / 4) / (1 / 4 + 1))  # "die" does not count


def test_a_context_without_tokens_gives_no_answer(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=0).eval()
    example = Span(id="1", context="", question="Who?", answers=(Answer(text="x", start=0),))
    features = span.features([example], model.inputs, TASK, max_length=32)
    batch = model.collate(features)
    with torch.inference_mode():
        results = [[result] for result in span.results(model(batch), batch)]
    assert span.outcomes([example], features, results, TASK, "en")[0].prediction == ""


def test_views_of_a_span_count_from_the_context(encoder: Encoder) -> None:
    model = build_model(encoder, TASK, seed=1)
    spans = [
        Span(id="a", context="The river froze in January.", question=question, answers=())
        for question in ("Who froze?", "Who really froze in the old winter of that year?")
    ] + [Span(id="b", context="Boats.", question="What?", answers=())]
    features = span.features(spans, model.inputs, TASK, max_length=64)
    assert span.comparable(features[0], features[1])
    assert not span.comparable(features[0], features[2])
    batch = model.collate(features)
    outputs = torch.randn(3, batch["input_ids"].shape[1], 2, generator=torch.Generator().manual_seed(1))
    found = span.view(outputs, batch)
    for row, feature in enumerate(features):
        (line,) = feature.rows
        for end in (0, 1):
            logits = torch.cat([outputs[row, :1, end], outputs[row, line.second : line.end, end]])
            chances = found[2 * row + end]
            torch.testing.assert_close(chances[: len(logits)], logits.log_softmax(-1))
            assert (chances[len(logits) :] < -1e8).all()
