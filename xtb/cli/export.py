"""``xtb export``: write a view, table or query to a file."""

from pathlib import Path
from typing import Annotated

import typer

from xtb.cli.asking import Format, Params, Spreadsheet, pairs, say
from xtb.cli.options import DATABASE, Database


def command(
    what: Annotated[str, typer.Argument(metavar="NAME_OR_SQL", help="A view, table or named query, or SQL.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The file; its suffix says the format (.csv .parquet .json .md .tex)."
        ),
    ],
    param: Params = None,
    form: Format = None,
    spreadsheet: Spreadsheet = False,
    db: Database = DATABASE,
) -> None:
    """Write a view, table or query to a file: CSV, Parquet, JSON, Markdown or LaTeX (booktabs)."""
    from warehouse.connect import open_sandboxed
    from warehouse.export import form_of, write_file
    from warehouse.query import resolve

    chosen = form or form_of(output)
    with open_sandboxed(db, on_wait=say) as con:
        sql, values = resolve(con, what, pairs(param))
        write_file(con, sql, values, output, form=chosen, spreadsheet=spreadsheet)
    typer.echo(output)
