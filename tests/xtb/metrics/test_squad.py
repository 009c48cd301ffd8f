import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xtb.metrics.squad import judge, judge2, normalise

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "answers.json"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text())["cases"]


@pytest.mark.parametrize("case", [case for case in CASES if "squad1" in case], ids=lambda c: c["prediction"])
def test_version_1_agrees_with_the_official_script(case: dict[str, Any]) -> None:
    assert judge(case["prediction"], case["golds"]) == pytest.approx(tuple(case["squad1"]), abs=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["prediction"])
def test_version_2_agrees_with_the_official_script(case: dict[str, Any]) -> None:
    assert judge2(case["prediction"], case["golds"]) == pytest.approx(tuple(case["squad2"]), abs=1e-12)


def test_the_golden_file_covers_languages_and_unanswerable_questions() -> None:
    assert len(CASES) == 27
    assert len({case["language"] for case in CASES}) == 10
    assert sum(not case["golds"] for case in CASES) == 3


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_but_new_articles(text: str) -> None:
    once = normalise(text)
    assert once == " ".join(once.split())
    assert judge(text, [text]).exact == 1.0


@given(st.text(max_size=20), st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_scores_stay_between_0_and_1(prediction: str, golds: list[str]) -> None:
    for judged in (judge(prediction, golds), judge2(prediction, golds)):
        assert 0 <= judged.f1 <= 1
        assert judged.exact in (0, 1)
