"""Tables of studies not run yet: how many seeds and languages would be needed?"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from reports.errors import BadFormula
from reports.models.calibrate import Calibration, calibrate

FORMULA = "value ~ regime + perturbation + (1 + regime | language) + (1 | task) + (1 | run)"
SDS = {"language": 5.0, "language.slope": 1.0, "task": 5.0, "run": 1.0, "Residual": 2.0}
"""Typical standard deviations in points of accuracy; give your own where you know them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A study of two regimes: every run is measured on every language, task and perturbation."""

    languages: int = 8
    tasks: int = 3
    seeds: int = 3
    perturbations: int = 3

    def table(self) -> pl.DataFrame:
        """Its rows, with a response that is not used."""
        if min(self.languages, self.tasks, self.seeds, self.perturbations) < 2:
            raise BadFormula(f"{self}: every count must be two or more")
        rows = itertools.product(
            ("direct", "stilts"),
            range(self.seeds),
            range(self.tasks),
            range(self.languages),
            range(self.perturbations),
        )
        names = ["regime", "seed", "task", "language", "perturbation"]
        frame = pl.DataFrame(list(rows), schema=names, orient="row")
        return frame.select(
            "regime",
            pl.format("p{}", "perturbation").alias("perturbation"),
            pl.format("l{}", "language").alias("language"),
            pl.format("t{}", "task").alias("task"),
            pl.format("{}_{}", "regime", "seed").alias("run"),
            (pl.int_range(pl.len()).hash(0) % 1000).cast(pl.Float64).alias("value"),
        )


def plan(
    design: Plan,
    *,
    sds: Mapping[str, float] | None = None,
    draws: int = 400,
    alpha: float = 0.05,
    seed: int = 0,
) -> Calibration:
    """Error rates and power of a planned study under stated standard deviations (see ``SDS``)."""
    stated = SDS | dict(sds or {})
    return calibrate(FORMULA, design.table(), sds=stated, draws=draws, alpha=alpha, seed=seed)


def power_curve(
    design: Plan,
    effect: float,
    *,
    seeds: Sequence[int] = (2, 3, 5, 10),
    languages: Sequence[int] = (8, 15, 30),
    sds: Mapping[str, float] | None = None,
    draws: int = 200,
    seed: int = 0,
) -> pl.DataFrame:
    """Power of the default model for each number of seeds and languages.

    Returns:
        seeds, languages, power (at ``effect``), power_se, detectable (effect found 80 % of the time),
        error_rate.
    """
    rows = []
    for s, n in itertools.product(seeds, languages):
        found = plan(replace(design, seeds=s, languages=n), sds=sds, draws=draws, seed=seed)
        power, error = float(found.rejections(effect)[-1]), float(found.rejections()[-1])
        rows.append((s, n, power, (power * (1 - power) / draws) ** 0.5, float(found.detectable()[-1]), error))
    names = ["seeds", "languages", "power", "power_se", "detectable", "error_rate"]
    return pl.DataFrame(rows, schema=names, orient="row")
