"""``xtb report``: answers as self-contained HTML pages."""

from pathlib import Path
from typing import Annotated

import typer

from xtb.cli.options import DATABASE, Database


def command(
    questions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUESTION ...|all]", help="Questions to answer; all by default."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder of the pages.")] = Path("report"),
    db: Database = DATABASE,
) -> None:
    """Answer research questions from the warehouse as self-contained HTML pages."""
    from reports.page import asked, gather, write  # loads altair
    from warehouse.connect import open_for_reading

    wanted = asked(questions or [])
    with open_for_reading(db) as con:
        data = gather(con, wanted)
    for path in write([one.analyse(one, found) for one, found in zip(wanted, data, strict=True)], out):
        typer.echo(path)
