import numpy as np
import pytest

from reports.errors import BadFormula
from reports.models import group_leverage, leave_one_out, residuals


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


def test_binomial_models_have_no_such_residuals(fitted):
    with pytest.raises(BadFormula, match="linear"):
        residuals(fitted("pawsx_items"))
