"""What a study of other size would find: power and smallest detectable difference by seeds and languages."""

from itertools import product

import polars as pl

from reports.comparison.estimate import Difference
from reports.errors import Refused
from reports.models import Components, Fit, detectable, power, precision

SEEDS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20)
LANGUAGES = (8, 15, 30)


def components(model: Fit) -> Components:
    """The variances of a primary model that a difference between its regimes meets."""
    variances = {
        (row["group"], row["term1"]): row["variance_or_covariance"]
        for row in model.varcomp.filter(pl.col("term2").is_null()).to_dicts()
    }
    slope = sum(
        value for (group, term), value in variances.items() if group == "language" and "regime" in str(term)
    )
    return Components(
        run=variances.get(("run_id", "(Intercept)"), 0.0), slope=slope, rest=variances["Residual", None]
    )


def power_table(found: Difference, *, tasks: int, languages: int, seeds: int, effect: float) -> pl.DataFrame:
    """Power at ``effect`` and the difference found four times in five, by seeds and languages.

    The variances are those of the fitted model, the tasks as many as now; a run serves one task, so that an
    arm has seeds x tasks runs. This study's own size is among the rows (``own``).

    Returns:
        seeds, languages, power, detectable, std_error, df, own.

    Raises:
        Refused: the model has no variance at all to plan with.
    """
    parts = components(found.model)
    if parts.run + parts.slope + parts.rest <= 0:
        raise Refused(
            "the primary model estimates every variance as nought, which tells nothing of larger studies"
        )
    rows = []
    for n, s in product(sorted({*LANGUAGES, languages}), sorted({*SEEDS, seeds})):
        error, df = precision(parts, runs=s * tasks, languages=n)
        own = (s, n) == (seeds, languages)
        rows.append((s, n, power(effect, error, df), detectable(error, df), error, df, own))
    names = ["seeds", "languages", "power", "detectable", "std_error", "df", "own"]
    return pl.DataFrame(rows, schema=names, orient="row").filter(pl.col("power").is_not_nan())


def seeds_needed(table: pl.DataFrame, languages: int, *, level: float = 0.8) -> int | None:
    """Fewest seeds of the table at which the effect is found with that probability; None if none do."""
    enough = table.filter((pl.col("languages") == languages) & (pl.col("power") >= level))
    return int(enough["seeds"].min()) if enough.height else None  # type: ignore[arg-type]
