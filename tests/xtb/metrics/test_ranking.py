import pytest

from xtb.metrics.ranking import average_precision

# Made with average_precision_at_k of third_party/utils_lareqa.py, google-research/xtreme at 838c13b.
GOLDEN = [
    (["a", "x", "b", "y", "c"], {"a", "b", "c"}, 20, 0.7555555555555555),
    (["x", "a", "b"], {"a", "b"}, 20, 0.5833333333333333),
    (["x", "y"], {"a"}, 20, 0.0),
    (["x", "y", "a"], {"a"}, 2, 0.0),
    (["a", "b", "x"], {"a", "b", "c", "d"}, 2, 1.0),
    (["x", "y", "z", "a"], {"a"}, 20, 0.25),
]


@pytest.mark.parametrize(("ranked", "positives", "k", "value"), GOLDEN)
def test_it_agrees_with_lareqas_code(ranked: list[str], positives: set[str], k: int, value: float) -> None:
    assert average_precision(ranked, positives, k) == pytest.approx(value, abs=1e-12)
