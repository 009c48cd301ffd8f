"""``xtb compare``: two runs on the same examples."""

import json as jsonlib
import sys
from typing import Annotated, Any, Literal

import typer

from xtb.cli.asking import say
from xtb.cli.options import DATABASE, Database, Json

_POINTS = ("a", "b", "difference", "low", "high")


def command(
    a: Annotated[str, typer.Argument(metavar="RUN_A", help="Id of a run, or a unique beginning of it.")],
    b: Annotated[str, typer.Argument(metavar="RUN_B", help="The other one.")],
    by: Annotated[
        Literal["language", "perturbation", "severity"],
        typer.Option(help="A row for each language; perturbation and language; or severity too."),
    ] = "language",
    perturbation: Annotated[
        str | None,
        typer.Option(
            help="Only this perturbation; all: every one but clean and the controls. "
            "Without it clean by language, else all there are."
        ),
    ] = None,
    task: Annotated[str | None, typer.Option(help="Only this task.")] = None,
    language: Annotated[str | None, typer.Option(help="Only this language.")] = None,
    bootstrap: Annotated[
        int, typer.Option(min=0, help="Draws of a bootstrap over examples; 0: t intervals.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Coverage of the intervals.")] = 0.95,
    json: Json = False,
    db: Database = DATABASE,
) -> None:
    """Compare two runs example by example: the paired difference A - B in each language, with intervals.

    An example's translations and noisy versions count as one unit. Single cells of right and wrong are tested
    by McNemar's exact test, else by t; p values are adjusted over languages (Holm).
    """
    from reports.run_pair import compare
    from warehouse.connect import open_for_reading
    from warehouse.interrupt import interruptibly
    from warehouse.render import write_table

    with open_for_reading(db, on_wait=say) as con:
        pair = interruptibly(
            con,
            lambda: compare(
                con,
                a,
                b,
                by=by,
                task=task,
                language=language,
                perturbation=perturbation,
                draws=bootstrap,
                seed=seed,
                level=level,
            ),
        )
    if json:
        found = {"a": pair.a, "b": pair.b, "difference": "a - b", "level": level, "notes": pair.notes}
        typer.echo(jsonlib.dumps({**found, "rows": pair.table.to_dicts()}, indent=1, ensure_ascii=False))
        return
    for letter, run in (("A", pair.a), ("B", pair.b)):
        what = " ".join(
            f"{name}={run[name]}" for name in run if name not in ("run_id", "source", "data_source")
        )
        typer.echo(f"{letter}: {run['run_id']}  {what}")
    typer.echo(f"points of 100; intervals of {level:.0%}" + (f" by {bootstrap} draws" if bootstrap else ""))
    write_table(pair.table.columns, (_shown(row) for row in pair.table.iter_rows(named=True)), sys.stdout)
    for note in pair.notes:
        say(note)


def _shown(row: dict[str, Any]) -> list[Any]:
    """A row for reading: points with two decimals, p values with three digits."""
    row = {**row, "language": row["language"] or "(mean)"}
    row |= {name: None if row[name] is None else round(100 * row[name], 2) for name in _POINTS}
    row["std_error"] = None if row["std_error"] is None else round(100 * row["std_error"], 3)
    row |= {name: None if row[name] is None else float(f"{row[name]:.3g}") for name in ("p", "p_holm")}
    return list(row.values())
