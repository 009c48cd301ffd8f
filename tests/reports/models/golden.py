"""Stored fits of R: where they lie, and how close ours has to come (tests/golden/lme4/README.md)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from reports.models import Fit, fit

CARRIED = Path(__file__).parents[2] / "golden" / "lme4"
BESIDE = Path(__file__).parents[4] / "shared" / "reference" / "lme4"
"""The classic sets are under GPL and stay outside the project."""

SIMULATED_LINEAR = (
    "scores_robustness",
    "scores_slopes_missing",
    "scores_rank_deficient",
    "scores_weighted",
    "english_vs_target",
    "difficulty",
    "scores_maximal_singular",
)
CLASSIC_LINEAR = (
    "sleepstudy_slopes",
    "sleepstudy_uncorrelated",
    "penicillin",
    "pastes",
    "dyestuff2",
)
SMALL_LINEAR = SIMULATED_LINEAR + CLASSIC_LINEAR
LINEAR = (*SMALL_LINEAR, pytest.param("insteval", marks=pytest.mark.slow))  # 73,421 rows, 4,100 levels
BINOMIAL = ("counts_overdispersed", "pawsx_items", "cbpp")


@dataclass(frozen=True)
class Reference:
    name: str
    data: pl.DataFrame
    json: dict[str, Any]

    def fit(self, **options: Any) -> Fit:
        """Our fit of the same model."""
        family = "binomial" if "laplace" in self.json else "gaussian"
        return fit(
            self.json["formula"],
            self.data,
            family=family,
            weights=self.json.get("weights"),
            levels=self.json["factors"],
            **options,
        )


def load(name: str) -> Reference | None:
    """A reference set, None when it is not on this machine."""
    folder = CARRIED if (CARRIED / f"{name}.json").exists() else BESIDE
    if not (folder / f"{name}.json").exists():
        return None
    content = json.loads((folder / f"{name}.json").read_text())
    text = dict.fromkeys(content["factors"], pl.String)
    return Reference(name, pl.read_csv(folder / content["data"], schema_overrides=text), content)


def column(rows: list[dict[str, Any]], name: str) -> np.ndarray:
    """A column of a list of records, null as NaN."""
    return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=float)


def assert_close(
    ours: np.ndarray, theirs: np.ndarray, *, absolute: float = 0.0, relative: float = 0.0
) -> None:
    """Equal within a tolerance, NaN where theirs is NaN."""
    np.testing.assert_allclose(ours, theirs, atol=absolute, rtol=relative, equal_nan=True)
