"""``xtb migrate``: bring a warehouse to the newest schema."""

import json as jsonlib

import typer

from xtb.cli.asking import say
from xtb.cli.options import DATABASE, Database, Json


def command(db: Database = DATABASE, json: Json = False) -> None:
    """Bring the warehouse to the schema of this xtb; makes an empty one when there is none."""
    from warehouse.connect import open_for_writing
    from warehouse.migrate import migrate
    from warehouse.version import latest_version

    with open_for_writing(db, on_wait=say) as con:
        applied = [migration.name for migration in migrate(con)]
    if json:
        typer.echo(jsonlib.dumps({"schema": latest_version(), "applied": applied}))
        return
    for name in applied:
        typer.echo(f"applied {name}")
    typer.echo(f"{db} has schema {latest_version()}; views are laid anew")
