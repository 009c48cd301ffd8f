"""A grouped query gives the fit of its rows."""

import numpy as np
import polars as pl
import pytest

from reports.errors import BadFormula, Refused
from reports.models import fit, fit_query, means, parametric_bootstrap, r_squared, residuals
from warehouse.connect import open_in_memory
from warehouse.query import query


def both(formula, data, **options):
    with open_in_memory() as con:
        con.register("t", data.to_arrow())
        grouped = fit_query(formula, "select * from t;", lambda sql: query(con, sql), **options)
    return fit(formula, data, **options), grouped


@pytest.fixture
def rows(reference) -> pl.DataFrame:
    """Every row of a score table twice, a point apart, with holes."""
    data = reference("scores_robustness").data
    twice = pl.concat([data, data.with_columns(pl.col("score") + 1.0)])
    return twice.with_columns(
        regime=pl.when(pl.int_range(pl.len()) == 5).then(None).otherwise("regime"),
        score=pl.when(pl.int_range(pl.len()) == 9).then(float("nan")).otherwise("score"),
        w=1.0 + pl.int_range(pl.len()) % 3,
    )


@pytest.mark.parametrize("options", [{}, {"weights": "w"}, {"reml": False}, {"ddf": "kenward-roger"}])
def test_linear(options, rows):
    plain, grouped = both("score ~ regime * severity + (1 | language) + (1 | run)", rows, **options)
    assert len(grouped.design.cell) < len(plain.design.cell)
    assert grouped.n == plain.n == rows.height - 2
    assert grouped.criterion == pytest.approx(plain.criterion, abs=1e-7)
    assert grouped.bic == pytest.approx(plain.bic, abs=1e-7)
    for column in ("estimate", "std_error", "df", "p_value"):
        assert np.allclose(grouped.fixed[column], plain.fixed[column], rtol=1e-7, atol=1e-10)
    assert grouped.warnings == plain.warnings
    assert r_squared(grouped).conditional == pytest.approx(r_squared(plain).conditional, abs=1e-9)
    assert np.allclose(means(grouped, "regime")["estimate"], means(plain, "regime")["estimate"])


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("pawsx_items", "correct ~ regime * perturbation + (1 | language) + (1 | run)"),
        ("counts_overdispersed", "cbind(successes, trials - successes) ~ regime + (1 | language)"),
        ("counts_overdispersed", "successes | trials(trials) ~ regime + (1 | language)"),
    ],
)
def test_binomial(name, formula, reference):
    plain, grouped = both(formula, reference(name).data, family="binomial")
    assert len(grouped.design.cell) < plain.n == grouped.n
    assert grouped.criterion == pytest.approx(plain.criterion, abs=1e-7)
    assert np.allclose(grouped.coefficients, plain.coefficients, atol=1e-7)


@pytest.mark.parametrize(
    "formula", ["log(score) ~ regime + (1 | run)", "score ~ scale(severity) + (1 | run)"]
)
def test_what_needs_every_row_gets_it(formula, reference):
    plain, grouped = both(formula, reference("scores_robustness").data)
    assert len(grouped.design.cell) == plain.n
    assert grouped.criterion == pytest.approx(plain.criterion, abs=1e-9)


def test_what_needs_single_rows_refuses_a_grouped_fit(rows):
    _, grouped = both("score ~ regime + (1 | language)", rows)
    for verb in (residuals, parametric_bootstrap):
        with pytest.raises(Refused, match="the rows themselves"):
            verb(grouped)


@pytest.mark.parametrize(
    ("formula", "complaint"),
    [
        ("scor ~ regime", "Did you mean 'score'"),
        ("score ~ regim", "Did you mean 'regime'"),
        ("regime ~ severity", "numbers are needed"),
    ],
)
def test_mistakes_are_told_as_for_rows(formula, complaint, rows):
    with pytest.raises(BadFormula, match=complaint):
        both(formula, rows)


def test_weights_must_be_positive(rows):
    with pytest.raises(BadFormula, match="above zero"):
        both("score ~ regime", rows.with_columns(w=pl.lit(0.0)), weights="w")
