"""``xtb doctor``: versions, machine and state of the warehouse."""

import json as jsonlib
from typing import Annotated

import typer

from xtb.cli.options import DATABASE, Database, Json


def command(
    torch: Annotated[
        bool, typer.Option("--torch", help="Also import torch and look for a GPU (seconds).")
    ] = False,
    json: Json = False,
    db: Database = DATABASE,
) -> None:
    """Show versions, disk, row counts, and who holds the warehouse; what a bug report should contain."""
    from xtb.doctor import examine

    found = examine(db, with_torch=torch)
    if json:
        typer.echo(jsonlib.dumps(found, indent=1))
        return
    for name, value in found.items():
        if isinstance(value, dict):
            typer.echo(f"{name}:")
            for key, count in value.items():
                typer.echo(f"    {key:<20} {count:>14,}")
        else:
            typer.echo(f"{name:<18} {value}")
