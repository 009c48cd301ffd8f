import json
from pathlib import Path
from typing import Any

import pytest

from warehouse.errors import UsageError
from xtb.metrics.mlqa import normaliser
from xtb.metrics.squad import judge

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "answers.json"
CASES: list[dict[str, Any]] = [case for case in json.loads(GOLDEN.read_text())["cases"] if "mlqa" in case]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["prediction"])
def test_it_agrees_with_the_official_script(case: dict[str, Any]) -> None:
    judged = judge(case["prediction"], case["golds"], normaliser(case["language"]))
    assert judged == pytest.approx(tuple(case["mlqa"]), abs=1e-12)


def test_all_seven_languages_are_compared() -> None:
    assert {case["language"] for case in CASES} == {"ar", "de", "en", "es", "hi", "vi", "zh"}


def test_another_language_is_refused() -> None:
    with pytest.raises(UsageError, match="'sw'"):
        normaliser("sw")
