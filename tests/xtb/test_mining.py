import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.example import Retrieval
from xtb.heads import Vectors, retrieval, tuned
from xtb.mining import best_threshold, mine

GOLDEN = json.loads((Path(__file__).resolve().parents[1] / "golden" / "scorers.json").read_text())["mining"]
Floats = NDArray[np.float32]


def vectors() -> tuple[Floats, Floats, list[str], list[str], list[tuple[int, int]]]:
    """As tests/golden/make_scorers.py draws them: 20 of 70 sentences are translated, two are there twice."""
    draw = np.random.default_rng(5)
    x, y = draw.standard_normal((70, 12)), draw.standard_normal((90, 12))
    gold = [(i, 2 * i) for i in range(0, 40, 2)]
    for i, j in gold:
        y[j] = x[i] + 0.75 * draw.standard_normal(12)
    first, second = [f"satz {i}" for i in range(70)], [f"sentence {i}" for i in range(90)]
    first[9], second[33] = first[8], second[32]
    x[9], y[33] = x[8], y[32]
    unit = [(m / np.linalg.norm(m, axis=1, keepdims=True)).astype(np.float32) for m in (x, y)]
    return unit[0], unit[1], first, second, gold


def test_pairs_and_margins_are_those_of_xtremes_code() -> None:
    x, y, first, second, _ = vectors()
    found = {f"x{pair.first}\ty{pair.second}": pair.margin for pair in mine(x, y, first, second)}
    assert found.keys() == GOLDEN["margins"].keys()
    assert found == pytest.approx(GOLDEN["margins"], abs=1e-6)  # float32


def test_the_tuned_threshold_and_its_f1_are_those_of_xtremes_code() -> None:
    x, y, first, second, gold = vectors()
    positives = {i: (f"y{j}",) for i, j in gold}
    examples = [
        Retrieval(id=f"x{i}", query=text, positives=positives.get(i, ())) for i, text in enumerate(first)
    ]
    pool = Vectors([f"y{j}" for j in range(90)], y, second)
    threshold = tuned(examples, x, pool)
    assert threshold == pytest.approx(GOLDEN["threshold"], abs=1e-6)
    predictions = retrieval.mined(x, first, pool._replace(threshold=threshold))
    hits = sum(given in item.positives for given, item in zip(predictions, examples, strict=True))
    assert 2 * hits / (sum(map(bool, predictions)) + 20) == pytest.approx(GOLDEN["f1"], abs=1e-9)


def test_a_sentence_that_occurs_twice_is_in_no_pair() -> None:
    x, y, first, second, _ = vectors()
    pairs = mine(x, y, first, second)
    assert not {8, 9} & {pair.first for pair in pairs}
    assert not {32, 33} & {pair.second for pair in pairs}


def test_each_sentence_is_in_one_pair_at_most() -> None:
    x, y, first, second, _ = vectors()
    pairs = mine(x, y, first, second)
    assert len({pair.first for pair in pairs}) == len({pair.second for pair in pairs}) == len(pairs)
    assert [pair.margin for pair in pairs] == sorted((pair.margin for pair in pairs), reverse=True)


def test_nothing_to_mine_gives_no_pairs() -> None:
    x, _, first, _, _ = vectors()
    assert mine(x, x[:0], first, []) == []
    assert best_threshold([], [], 3) == 0.0


def test_a_threshold_at_the_last_pair_is_its_own_margin() -> None:
    assert best_threshold([1.5, 1.25], [True, True], 2) == 1.25
