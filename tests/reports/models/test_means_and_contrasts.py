"""Marginal means and contrasts against emmeans."""

from typing import Any

import numpy as np
import pytest

from reports.models import Fit, contrasts, means
from tests.reports.models.golden import BINOMIAL, LINEAR, Reference, assert_close, column, load

ADJUSTMENTS = {
    "none": "p.value",
    "holm": "p_holm",
    "BH": "p_BH",
    "bonferroni": "p_bonferroni",
    "tukey": "p_tukey",
}


def blocks() -> list[Any]:
    """Every emmeans table of the references on this machine, named by set and position."""
    out = []
    for name in (*LINEAR, *BINOMIAL):
        found = load(name)
        for position, block in enumerate((found and found.json.get("emmeans")) or []):
            title = f"{name}-{'-'.join(block['specs'])}-{block['ddf']}-{block.get('type', '')}"
            out.append(pytest.param(name, position, id=title))
    return out


def arguments(reference: Reference, position: int, fitted: Any) -> tuple[dict[str, Any], Fit, dict[str, Any]]:
    block = reference.json["emmeans"][position]
    binomial = block["ddf"] == "asymptotic"
    model = fitted(reference.name) if binomial else fitted(reference.name, ddf=block["ddf"])
    at = {name: value if isinstance(value, list) else [value] for name, value in (block["at"] or {}).items()}
    scale = block.get("type") or "link"
    return block, model, {"specs": block["specs"], "by": block["by"] or [], "at": at, "scale": scale}


def aligned(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]], keys: list[str]
) -> list[dict[str, Any]]:
    """Our rows in their order."""

    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(float(row[k]) if isinstance(row[k], int | float) else row[k] for k in keys)

    mine: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in ours:
        mine.setdefault(key(row), []).append(row)
    return [mine[key(row)].pop(0) for row in theirs]


@pytest.mark.parametrize(("name", "position"), blocks())
def test_means(name, position, reference, fitted):
    block, model, options = arguments(reference(name), position, fitted)
    theirs = block["emmeans"]
    ours = aligned(means(model, **options).to_dicts(), theirs, [*block["specs"], *options["by"]])
    middle = next(k for k in theirs[0] if k in ("emmean", "response"))
    low = next(k for k in theirs[0] if k in ("lower.CL", "asymp.LCL"))
    loose = name == "scores_maximal_singular"
    assert_close(column(ours, "estimate"), column(theirs, middle), absolute=1e-4 if loose else 1e-6)
    assert_close(column(ours, "std_error"), column(theirs, "SE"), relative=1e-4 if loose else 1e-5)
    assert_close(column(ours, "p_value"), column(theirs, "p.value"), absolute=1e-5)
    assert_close(column(ours, "conf_low"), column(theirs, low), absolute=1e-3 if loose else 1e-4)
    if block["ddf"] != "asymptotic":
        assert_close(column(ours, "df"), column(theirs, "df"), relative=1e-4)


@pytest.mark.parametrize(("name", "position"), blocks())
def test_contrasts(name, position, reference, fitted):
    block, model, options = arguments(reference(name), position, fitted)
    theirs, by = block["contrasts"], options["by"]
    for adjust, key in ADJUSTMENTS.items():
        if key in theirs[0]:
            ours = aligned(
                contrasts(model, method=block["method"], adjust=adjust, **options).to_dicts(), theirs, by
            )
            assert_close(column(ours, "p_adjusted"), column(theirs, key), absolute=1e-5)
    middle = next(k for k in theirs[0] if k in ("estimate", "odds.ratio"))
    assert_close(column(ours, "estimate"), column(theirs, middle), absolute=1e-6, relative=1e-6)
    assert_close(column(ours, "std_error"), column(theirs, "SE"), relative=1e-5)
    if block["ddf"] != "asymptotic":
        assert_close(column(ours, "df"), column(theirs, "df"), relative=1e-4)
    if by:
        for adjust, key in {"holm": "p_holm_one_family", "BH": "p_BH_one_family"}.items():
            table = contrasts(model, method=block["method"], adjust=adjust, across_by=True, **options)
            ours = aligned(table.to_dicts(), theirs, by)
            assert_close(column(ours, "p_adjusted"), column(theirs, key), absolute=1e-5)


def test_single_step_agrees_with_tukey_where_both_hold(fitted):
    """In a balanced design Tukey's distribution is the joint one."""
    model = fitted("scores_slopes_missing")
    tukey = contrasts(model, "perturbation", adjust="tukey")["p_adjusted"].to_numpy()
    joint = contrasts(model, "perturbation", adjust="single-step")["p_adjusted"].to_numpy()
    assert np.allclose(tukey, joint, atol=2e-3)


def test_reference_contrasts_subtract_the_reference(fitted):
    model = fitted("english_vs_target")
    table = contrasts(model, "regime", method="reference", reference="english")
    assert table["contrast"].to_list() == ["direct - english", "target - english"]


def test_means_that_the_data_cannot_tell_are_null(fitted):
    table = means(fitted("scores_rank_deficient"), "perturbation", at={"severity": [0, 2]}, by=["severity"])
    empty = table.filter((table["perturbation"] == "clean") & (table["severity"] == 2.0))
    assert empty["estimate"].is_null().all()
