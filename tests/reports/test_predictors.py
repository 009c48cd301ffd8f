from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from reports.comparison.design import design
from reports.comparison.predictors import predictors
from reports.comparison.rows import summary
from reports.figures import languages
from reports.question import question
from reports.wording import points
from tests.reports.synthetic import NOISELESS, data, varied

TRUTH = varied(NOISELESS, tasks=("a",), perturbations=("typo_mix",), severities=(3,), seeds=2)
ASKED = question("english_intermediate")


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return summary(design(data(TRUTH), ASKED, ("direct", "stilts")).scores)


def planted(rows: pl.DataFrame, slope: pl.Expr, spread: float = 0.0) -> pl.DataFrame:
    """The rows with a difference between the regimes that follows a property of the language."""
    rng = np.random.default_rng(3)
    noise = pl.Series(rng.normal(0, 1e-4, rows.height))
    own = {code: rng.normal(0, spread) for code in sorted(set(rows["language"]))}
    apart = slope + pl.col("language").replace_strict(own, return_dtype=pl.Float64)
    treated = pl.col("regime").cast(pl.String) == "stilts"
    return rows.with_columns(change=pl.when(treated).then(apart).otherwise(0.0) + noise)


def told(frame: pl.DataFrame) -> dict[str, dict]:
    return {row["term"]: row for row in frame.to_dicts()}


def test_a_planted_slope_is_told_per_step(rows):
    found = told(predictors(planted(rows, 0.2 * pl.col("distance")), "change", {}))
    assert found["distance"]["estimate"] == pytest.approx(0.02, abs=2e-4)
    assert found["distance"]["p_adjusted"] < 0.05
    found = told(predictors(planted(rows, 0.03 * pl.col("pretraining_gib").log10()), "change", {}))
    assert found["pretraining"]["estimate"] == pytest.approx(0.03, abs=2e-4)
    found = told(predictors(planted(rows, 0.05 * (pl.col("script") != "Latn")), "change", {}))
    assert found["script"]["estimate"] == pytest.approx(0.05, abs=2e-4)


def test_the_language_is_the_unit_of_the_test(rows):
    """The slope and its interval are those of the least squares line over the languages' differences."""
    from scipy.stats import linregress

    one = planted(rows, 0.1 * pl.col("distance"), spread=0.02)
    means = one.group_by("language", "distance", "regime").agg(pl.col("change").mean())
    wide = means.pivot(on="regime", index=["language", "distance"], values="change")
    line = linregress(wide["distance"], wide["stilts"] - wide["direct"])
    found = told(predictors(one, "change", {}))["distance"]
    assert found["estimate"] == pytest.approx(0.1 * line.slope, rel=1e-3)
    assert found["std_error"] == pytest.approx(0.1 * line.stderr, rel=0.02)
    assert found["df"] <= wide.height - 2
    assert found["p_value"] == pytest.approx(line.pvalue, abs=0.02)


def test_what_cannot_be_asked_is_said(rows):
    few = rows.filter(pl.col("language").is_in(["de", "sw", "ru"]))
    assert "needs 6" in told(predictors(few, "change", {}))["distance"]["note"]
    latin = rows.with_columns(script=pl.lit("Latn"))
    assert "on one side" in told(predictors(latin, "change", {}))["script"]["note"]
    unknown = rows.with_columns(pretraining_gib=pl.lit(None, pl.Float64))
    row = told(predictors(unknown, "change", {}))["pretraining"]
    assert row["estimate"] is None
    assert row["languages"] == 0


def test_the_figure_shows_what_could_be_asked_and_says_what_could_not(planted, rows):
    unknown = rows.with_columns(pretraining_gib=pl.lit(None, pl.Float64))
    table = replace(planted.tables["predictors"], frame=predictors(unknown, "change", {}))
    answer = replace(planted, tables={**planted.tables, "predictors": table})
    figure = next(one for one in languages.figures(answer) if one.id == "predictors")
    slope = points(told(table.frame)["distance"]["estimate"], signed=True)
    assert f"syntactic distance to English {slope} points per 0.1 farther" in figure.caption
    assert "Not asked: text in CC-100" in figure.caption
