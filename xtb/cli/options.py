"""Options that several commands share, so that they are named and explained once."""

from pathlib import Path
from typing import Annotated

import typer

Database = Annotated[
    Path, typer.Option("--db", envvar="XTB_DB", help="The warehouse file.", show_default="xtb.duckdb")
]
DATABASE = Path("xtb.duckdb")

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", envvar="XTB_DATA", help="Mirror folder of benchmark data; without it the Hugging Face hub."
    ),
]

Runs = Annotated[Path, typer.Option("--runs", envvar="XTB_RUNS", help="Folder of run folders.")]
RUNS = Path("runs")

Wait = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds to wait for another process that does the same.")
]
WAIT = 3600.0

Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")]
