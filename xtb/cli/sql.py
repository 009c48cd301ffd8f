"""``xtb sql``: ask the warehouse."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from warehouse.errors import UsageError
from xtb.cli.asking import Format, Params, Spreadsheet, pairs, say
from xtb.cli.options import DATABASE, Database, Json


def command(
    query: Annotated[
        str | None,
        typer.Argument(
            help="SQL, or the name of a query, view or table; - reads it from standard input. Left out on a "
            "terminal: a shell with history and completion.",
            show_default=False,
        ),
    ] = None,
    param: Params = None,
    form: Format = None,
    json: Json = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Rows shown by the table format.")] = 1000,
    spreadsheet: Spreadsheet = False,
    schema: Annotated[
        bool,
        typer.Option("--schema", help="Show tables and views with their columns, or only the one named."),
    ] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="List the named queries with their parameters.")
    ] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Let the query write, read files and change settings.")
    ] = False,
    db: Database = DATABASE,
) -> None:
    """Ask the warehouse with SQL or a named query.

    The query reads the warehouse and nothing else: no files, no settings, no writing. Values for $name in
    the SQL come from --param name=value.
    """
    from warehouse.catalogue import list_queries, list_schema
    from warehouse.connect import open_for_writing, open_sandboxed
    from warehouse.export import BINARY, form_of, write, write_file
    from warehouse.interrupt import interruptibly
    from warehouse.query import resolve, rows

    chosen = "json" if json else form or (form_of(output) if output is not None else "table")
    if chosen in BINARY and output is None:
        raise UsageError(f"--format {chosen} needs --output FILE")
    shown = limit if chosen == "table" and output is None else None
    if listed:
        write(list_queries(), chosen, sys.stdout)
        return
    if query is None and not schema and output is None and sys.stdin.isatty() and sys.stdout.isatty():
        from xtb.cli.shell import run_shell

        run_shell(db)
        return
    text = "" if schema and query is None else _given(query)
    door = open_for_writing(db, make=False, on_wait=say) if unsafe else open_sandboxed(db, on_wait=say)
    with door as con:
        if schema:
            write(list_schema(con, text), chosen, sys.stdout)
            return
        sql, values = resolve(con, text, pairs(param))
        if output is not None:
            interruptibly(
                con, lambda: write_file(con, sql, values, output, form=chosen, spreadsheet=spreadsheet)
            )
        elif interruptibly(
            con,
            lambda: write(rows(con, sql, values), chosen, sys.stdout, spreadsheet=spreadsheet, limit=shown),
        ):
            say(f"only the first {limit} rows are shown; raise --limit, or use --format csv")


def _given(query: str | None) -> str:
    if query is not None and query != "-":
        return query
    if sys.stdin.isatty():
        raise UsageError('no query; write one, e.g. xtb sql "from leaderboard", or see: xtb sql --list')
    text = sys.stdin.read()
    if not text.strip():
        raise UsageError("standard input holds no query")
    return text
