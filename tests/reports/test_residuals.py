import numpy as np
import polars as pl
import pytest
from scipy.stats import probplot

from reports.comparison.residuals import MOST_POINTS, by_language, quantiles


def rows(n: int) -> pl.DataFrame:
    rng = np.random.default_rng(5)
    return pl.DataFrame(
        {
            "language": [("de", "sw", "hi")[i % 3] for i in range(n)],
            "run_id": [f"run-{i}" for i in range(n)],
            "fitted": rng.normal(size=n),
            "residual": rng.normal(size=n),
            "standardised": rng.normal(size=n),
            "leverage": rng.uniform(size=n),
        }
    )


def test_quantiles_are_sorted_and_keep_the_ends():
    given = rows(5 * MOST_POINTS)
    found = quantiles(given)
    assert found.height == MOST_POINTS
    assert found["standardised"].is_sorted()
    assert found["standardised"][0] == given["standardised"].min()
    assert found["standardised"][-1] == given["standardised"].max()


def test_a_normal_sample_lies_on_the_line():
    given = rows(150)
    found = quantiles(given)
    (theirs, values), _ = probplot(given["standardised"])  # Filliben's positions, close to these
    assert found["standardised"].to_list() == pytest.approx(list(values))
    assert found["normal"].to_list()[10:-10] == pytest.approx(list(theirs)[10:-10], abs=0.01)


def test_the_weights_of_the_languages_sum_to_one():
    given = rows(90)
    found = by_language(given)
    assert found["share"].sum() == pytest.approx(1.0)
    assert found["leverage"].sum() == pytest.approx(given["leverage"].sum())
    assert found["rows"].to_list() == [30, 30, 30]


def test_the_leverages_of_a_report_sum_to_its_parameters(planted):
    """Between the fixed effects alone and all rows; every language of the design has its line."""
    frame = planted.tables["leverage"].frame
    assert sorted(frame["language"]) == planted.design["languages"]
    assert 2 < frame["leverage"].sum() < frame["rows"].sum()
