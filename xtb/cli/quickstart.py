"""``xtb quickstart``: from nothing to a warehouse and a report, on the built-in benchmark."""

import os
from pathlib import Path
from typing import Annotated

import typer

from xtb.cli.options import Json


def command(
    out: Annotated[Path, typer.Option("--out", help="Folder for runs, warehouse and report.")] = Path(
        "quickstart"
    ),
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes; one a core by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Pretrain, train, perturb, evaluate and answer on the built-in benchmark; offline, in minutes.

    Stopped and started again it goes on where it was.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from xtb.cli.progress import shown
    from xtb.cli.work import print_json
    from xtb.quickstart import quickstart
    from xtb.stop import on_signal

    with on_signal() as stop, shown() as report:
        made = quickstart(out, workers=workers, stop=stop, report=report)
    if json:
        print_json({"database": made.database, "pages": made.pages, "answers": made.answers})
        return
    for answer in made.answers:
        typer.echo(f"{answer}\n")
    typer.echo(f"warehouse  {made.database}")
    typer.echo(f"report     {made.pages[0]}")
    typer.echo(f'\nAsk it: xtb sql "from leaderboard" --db {made.database}')
