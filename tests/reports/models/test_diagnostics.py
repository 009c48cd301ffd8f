import json

import numpy as np
import polars as pl
import pytest
from scipy.linalg import block_diag

from reports.models import group_leverage, leave_one_out, residuals
from tests.reports.models.golden import CARRIED


def projection(model):
    """sigma^2 P, the long way: P takes y to its whitened residuals."""
    design = model.design
    X = design.columns[design.cell]
    V = np.diag(model.sigma**2 / design.observed.weights)
    for block, sigma in zip(design.blocks, model.model.sigmas, strict=True):
        z = (block.effects * block.scale)[design.cell]
        Z = np.zeros((design.n, len(block.levels) * block.width))
        for a in range(block.width):
            Z[np.arange(design.n), block.codes * block.width + a] = z[:, a]
        V += Z @ np.kron(np.eye(len(block.levels)), sigma) @ Z.T
    inverse = np.linalg.inv(V)
    return inverse - inverse @ X @ np.linalg.inv(X.T @ inverse @ X) @ X.T @ inverse


@pytest.mark.parametrize("name", ["scores_slopes_missing", "scores_weighted", "english_vs_target"])
def test_residuals_and_leverage_are_those_of_the_definition(name, fitted):
    model = fitted(name)
    P = projection(model)
    weights, rows = model.design.observed.weights, residuals(model)
    assert np.allclose(
        rows["residual"], model.sigma**2 / weights * (P @ model.design.observed.value), atol=1e-8
    )
    assert np.allclose(rows["leverage"], 1 - model.sigma**2 * np.diagonal(P) / weights, atol=1e-9)


def test_shares_of_leverage_add_up(fitted):
    table = group_leverage(fitted("scores_slopes_missing"), "language")
    assert table["share"].sum() == pytest.approx(1.0)
    assert table.height == 14


def test_leaving_a_language_out_is_a_fit_without_it(reference, fitted):
    from reports.models import fit

    known, model = reference("scores_slopes_missing"), fitted("scores_slopes_missing")
    table = leave_one_out(model, "language")
    without = known.data.filter(known.data["language"] != "l03")
    again = fit(known.json["formula"], without, levels=known.json["factors"])
    rows = table.filter(table["left_out"] == "l03")
    assert np.allclose(rows["estimate"], again.coefficients, atol=1e-6)
    assert table.height == 14 * len(model.coefficients)


@pytest.mark.parametrize("number", range(2))
def test_binomial_residuals_are_those_of_lme4(number, fitted):
    known = json.loads((CARRIED / "residuals.json").read_text())["residuals"][number]
    rows = residuals(fitted(known["data"]))
    # lme4 1.1-31 leaves mu (1 - mu) out of its leverage, which so goes above 1
    rows = rows.with_columns(leverage=pl.col("leverage") / (pl.col("fitted") * (1 - pl.col("fitted"))))
    for name in ("fitted", "pearson", "deviance", "leverage"):
        ours = rows[name]
        first = [row[name] for row in known["first"]]
        assert ours.head(8).to_list() == pytest.approx(first, rel=1e-4, abs=1e-5)
        assert (ours**2).sum() == pytest.approx(known["squares"][name], rel=1e-4)


def test_binomial_leverage_is_that_of_weighted_least_squares(fitted):
    model = fitted("counts_overdispersed")
    design, rows = model.design, residuals(model)
    blocks = []
    for block, sigma in zip(design.blocks, model.model.sigmas, strict=True):
        z = (block.effects * block.scale)[design.cell]
        Z = np.zeros((design.n, len(block.levels) * block.width))
        for a in range(block.width):
            Z[np.arange(design.n), block.codes * block.width + a] = z[:, a]
        blocks.append((Z, np.kron(np.eye(len(block.levels)), np.linalg.inv(sigma))))
    X = design.columns[design.cell]
    both = np.hstack([X, *(Z for Z, _ in blocks)])
    mean, trials = rows["fitted"].to_numpy(), design.observed.trials
    weights = trials * mean * (1 - mean)
    penalty = block_diag(np.zeros((X.shape[1], X.shape[1])), *(inverse for _, inverse in blocks))
    solved = np.linalg.solve(both.T @ (weights[:, None] * both) + penalty, both.T)
    assert np.allclose(rows["leverage"], weights * np.einsum("np,pn->n", both, solved), atol=1e-7)
    assert np.allclose(rows["standardised"], rows["deviance"] / np.sqrt(1 - rows["leverage"]))
    assert group_leverage(model, "language")["share"].sum() == pytest.approx(1.0)
