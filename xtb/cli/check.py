"""``xtb check``: hold the warehouse against its rules."""

import json as jsonlib
from dataclasses import asdict
from typing import Annotated

import typer

from xtb.cli.asking import say
from xtb.cli.options import DATABASE, Database, Json


def command(
    examples: Annotated[int, typer.Option(min=1, help="Faulty rows shown for each check.")] = 3,
    json: Json = False,
    db: Database = DATABASE,
) -> None:
    """Look for rows that contradict each other or the rules; exit code 1 when there are any."""
    from warehouse.check import check, check_names
    from warehouse.connect import open_for_reading
    from warehouse.interrupt import interruptibly
    from warehouse.render import plain, short

    with open_for_reading(db, on_wait=say) as con:
        found = interruptibly(con, lambda: check(con, examples=examples))
    if json:
        report = {"checks": len(check_names()), "violations": [plain(asdict(one)) for one in found]}
        typer.echo(jsonlib.dumps(report, indent=1, ensure_ascii=False))
    else:
        for one in found:
            typer.echo(f"{one.check}: {one.count} times. {one.meaning}")
            for row in one.examples:
                typer.echo("    " + ", ".join(f"{name}={short(cell)}" for name, cell in row.items()))
        kept = len(check_names()) - len(found)
        typer.echo(f"{kept} of {len(check_names())} checks passed")
    raise typer.Exit(1 if found else 0)
