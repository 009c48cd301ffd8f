"""What ``xtb analyze --calibrate`` does: measure an analysis on simulated tables of the user's own design."""

import json as jsonlib
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from warehouse.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from reports.models import Calibration

PLAN = ("languages", "tasks", "seeds", "perturbations")


def numbers(option: str, texts: list[str] | None) -> dict[str, float]:
    """``name=number`` texts, several to one option where commas part them.

    Raises:
        UsageError: one is something else.
    """
    found: dict[str, float] = {}
    for text in (part for given in texts or () for part in given.split(",")):
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise UsageError(f"{option} {text}: write it as name=number") from None
    return found


def planned(texts: list[str], sds: dict[str, float], draws: int, seed: int) -> "Calibration":
    """Calibrate a study that has not been run."""
    from reports.models import Plan, plan

    given = numbers("--plan", texts)
    for name, value in given.items():
        if name not in PLAN or not value.is_integer():
            raise UsageError(f"--plan {name}={value:g}: a plan has whole numbers of {', '.join(PLAN)}")
    design = Plan(**{name: int(value) for name, value in given.items()})
    return plan(design, sds=sds, draws=draws, seed=seed)


def of_question(name: str, db: Path) -> tuple[str, "pl.DataFrame"]:
    """The formula of a question's primary contrast and the rows it is fitted to."""
    from reports.comparison.calibrated import primary
    from reports.question import question
    from warehouse.connect import open_for_reading

    asked = question(name)
    with open_for_reading(db) as con:
        data = asked.read(asked, con)
    return primary(asked, data)


def show(found: "Calibration", effect: float | None, formula: str, as_json: bool) -> None:
    """Print the table, and in words what it says of the chosen model."""
    from reports.models import records, text_table

    table = found.table(effect)
    few = found.runs_per_arm < 3
    if as_json:
        content = {
            "formula": formula,
            "effect": effect,
            "alpha": found.alpha,
            "sds": dict(found.sds),
            "singular": found.singular,
            "runs_per_arm": found.runs_per_arm,
            "analyses": records(table),
        }
        typer.echo(jsonlib.dumps(content))
        return
    sds = ", ".join(f"{name} {value:.3g}" for name, value in found.sds.items())
    typer.echo(f"{formula}\nsimulated without an effect of the treatment; standard deviations: {sds}\n")
    typer.echo(text_table(table))
    chosen = table.filter(table["analysis"] == "chosen model, Satterthwaite").row(0, named=True)
    typer.echo(
        "\nThe chosen model with Satterthwaite's df finds an effect where there is none in "
        f"{chosen['error_rate']:.1%} of tables (nominal {found.alpha:.0%}); an effect of "
        f"{chosen['detectable']:.3g} is found 80% of the time. Singular fits: {found.singular:.0%}."
    )
    if few:
        typer.echo(
            f"caution: {found.runs_per_arm} runs in an arm; fewer than three cannot tell run from regime"
        )
