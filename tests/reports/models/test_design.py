import numpy as np
import polars as pl
import pytest

from reports.errors import BadFormula, Refused
from reports.models import fit
from reports.models.design import build
from reports.models.formula import parse


@pytest.fixture
def data() -> pl.DataFrame:
    rng = np.random.default_rng(0)
    rows = [(r, p, s, lang) for r in "ab" for p in "xyz" for s in (1.0, 2.0) for lang in ("l1", "l2", "l3")]
    frame = pl.DataFrame(rows, schema=["regime", "perturbation", "severity", "language"], orient="row")
    return frame.with_columns(score=pl.Series(rng.normal(size=frame.height)))


def test_columns_are_named_and_ordered_as_in_r(data):
    design = build(parse("score ~ regime * perturbation + severity"), data)
    assert design.names == (
        "(Intercept)",
        "regimeb",
        "perturbationy",
        "perturbationz",
        "severity",
        "regimeb:perturbationy",
        "regimeb:perturbationz",
    )


def test_rows_share_cells(data):
    design = build(parse("score ~ regime * perturbation + (1 | language)"), data)
    assert design.columns.shape == (6, 6)
    assert design.n == data.height


def test_columns_that_others_determine_are_dropped_from_the_right(data):
    twice = data.with_columns(double=2 * pl.col("severity"))
    design = build(parse("score ~ severity + double + regime"), twice)
    assert design.dropped == ("double",)
    assert design.names == ("(Intercept)", "severity", "regimeb")


def test_rows_with_missing_values_are_left_out_and_counted(data):
    holes = data.with_columns(
        score=pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise("score"),
        severity=pl.when(pl.int_range(pl.len()) == 5).then(float("nan")).otherwise("severity"),
    )
    model = fit("score ~ severity + (1 | language)", holes)
    assert model.n == data.height - 2
    assert any("2 rows with missing values" in sentence for sentence in model.warnings)


def test_factor_of_a_number_is_a_factor(data):
    design = build(parse("score ~ factor(severity)"), data)
    assert design.names == ("(Intercept)", "factor(severity)2")


def test_a_transformation_of_the_whole_column_sees_all_rows(data):
    """scale() must not be computed on distinct rows only."""
    uneven = data.filter((pl.col("severity") == 1.0) | (pl.col("language") == "l1"))
    design = build(parse("score ~ scale(severity)"), uneven)
    column = (design.columns @ np.eye(2))[design.cell][:, 1]
    assert column.mean() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("formula", "complaint"),
    [
        ("score ~ regim", "Did you mean 'regime'"),
        ("scor ~ regime", "Did you mean 'score'"),
        ("score ~ regime + (1 | lang)", "no column 'lang'"),
        ("score ~ frobnicate(severity)", "unknown function"),
        ("score ~ __import__('os').getcwd()", "no formula|unknown function|more than arithmetic"),
        ("regime ~ severity", "numbers are needed"),
        ("log(score) ~ severity", "not a finite number"),
        ("score ~ log(severity - 1)", "not a finite number"),
        ("cbind(score, severity) ~ 1", "binomial"),
    ],
)
def test_a_formula_that_does_not_fit_the_data_is_refused(formula, complaint, data):
    with pytest.raises(BadFormula, match=complaint):
        fit(formula, data)


def test_a_grouping_of_one_level_is_refused(data):
    with pytest.raises(Refused, match="one level only"):
        fit("score ~ 1 + (1 | language)", data.filter(pl.col("language") == "l1"))


def test_as_many_effects_as_rows_are_refused(data):
    with pytest.raises(Refused, match="cannot be told from the residual"):
        fit("score ~ 1 + (1 | row)", data.with_row_index("row"))


def test_a_response_that_is_reproduced_is_refused(data):
    with pytest.raises(Refused, match="nothing left to model"):
        fit("score ~ severity + (1 | language)", data.with_columns(score=2.0 * pl.col("severity")))


def test_no_rows_are_refused(data):
    with pytest.raises(Refused, match="no row has all of"):
        fit("score ~ severity", data.with_columns(score=pl.lit(None, dtype=pl.Float64)))


@pytest.mark.parametrize("column", ["zero", "negative"])
def test_weights_must_be_positive(column, data):
    weighted = data.with_columns(zero=pl.lit(0.0), negative=pl.lit(-1.0))
    with pytest.raises(BadFormula, match="above zero"):
        fit("score ~ severity", weighted, weights=column)


def test_shares_need_their_trials(data):
    with pytest.raises(BadFormula, match="between 0 and the number of trials"):
        fit("score ~ regime", data.with_columns(score=pl.lit(1.5)), family="binomial")
