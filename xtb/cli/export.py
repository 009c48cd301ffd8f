"""``xtb export``: write a view, table or query to a file."""

from pathlib import Path
from typing import Annotated

import typer

from xtb.cli.asking import Format, Params, Spreadsheet, pairs, say
from xtb.cli.options import DATABASE, RUNS, Database, Runs


def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="NAME_OR_SQL", help="A view, table or named query, or SQL; with --predictions a run."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The file; its suffix says the format (.csv .parquet .json .md .tex)."
        ),
    ],
    param: Params = None,
    form: Format = None,
    spreadsheet: Spreadsheet = False,
    predictions: Annotated[
        str | None,
        typer.Option(help="xtreme: a run's predictions on clean data, as XTREME's evaluate.py reads them."),
    ] = None,
    runs: Runs = RUNS,
    db: Database = DATABASE,
) -> None:
    """Write a view, table or query to a file: CSV, Parquet, JSON, Markdown or LaTeX (booktabs).

    With --predictions xtreme, write the predictions of a run into a folder instead.
    """
    if predictions is not None:
        _export_predictions(what, predictions, output, runs)
        return
    from warehouse.connect import open_sandboxed
    from warehouse.export import form_of, write_file
    from warehouse.interrupt import interruptibly
    from warehouse.query import resolve

    chosen = form or form_of(output)
    with open_sandboxed(db, on_wait=say) as con:
        sql, values = resolve(con, what, pairs(param))
        interruptibly(con, lambda: write_file(con, sql, values, output, form=chosen, spreadsheet=spreadsheet))
    typer.echo(output)


def _export_predictions(name: str, form: str, folder: Path, runs: Path) -> None:
    from warehouse.errors import UnknownName
    from xtb.predictions import export
    from xtb.run import find_run

    if form != "xtreme":
        raise UnknownName("format of predictions", form, ("xtreme",), "xtb export --help")
    written = export(find_run(runs, name), folder)
    typer.echo(f"{folder}: {len(written)} files")
