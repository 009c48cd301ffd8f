"""``xtb ingest``: take run folders into the warehouse."""

import json as jsonlib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from warehouse.errors import UnknownName, UsageError
from xtb.cli.asking import say
from xtb.cli.options import DATABASE, RUNS, Data, Database, Json, Runs


def command(
    paths: Annotated[list[Path], typer.Argument(help="Run folders, or folders above some, such as runs/.")],
    form: Annotated[
        str, typer.Option("--format", help="runs, or xtreme: predictions of a system in XTREME's layout.")
    ] = "runs",
    system: Annotated[
        str | None, typer.Option(help="xtreme: whose predictions they are; the folder's name by default.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="xtreme: examples of a cell, where a sample was predicted.")
    ] = None,
    data: Data = None,
    runs: Runs = RUNS,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for others to close the file.")] = 60,
    json: Json = False,
    db: Database = DATABASE,
) -> None:
    """Take what is new in run folders into the warehouse; makes the file when there is none.

    Running it again changes nothing. A damaged file is named and left out, the rest goes in; the exit code
    is 1 then.

    With --format xtreme the folders hold predictions of another system; they are scored against the benchmark
    data, written as run folders below --runs, and taken in from there.
    """
    from warehouse.interrupt import interruptibly
    from warehouse.load import load_runs
    from xtb.intake import open_for_intake

    for path in paths:
        if not path.is_dir():
            raise UsageError(
                f"there is no folder {path}; give run folders, or a folder above some, such as runs/"
            )
    if form not in ("runs", "xtreme"):
        raise UnknownName("format", form, ("runs", "xtreme"), "xtb ingest --help")
    if form == "xtreme":
        from ingest.source import open_source
        from xtb.predictions import judge

        source = open_source(data)
        paths = [
            folder
            for path in paths
            for folder in judge(path, system or path.resolve().name, source, runs, limit=limit)
        ]
    with open_for_intake(db, wait_seconds=wait, on_wait=say) as con:
        reports = interruptibly(con, lambda: [load_runs(con, path, on_folder=_progress) for path in paths])
    problems = [problem for report in reports for problem in report.problems]
    if not any(report.runs for report in reports):
        unfinished = sum(report.unfinished for report in reports)
        hint = f" ({unfinished} are still being trained)" if unfinished else ""
        raise UsageError(
            f"no finished run folder below {', '.join(map(str, paths))}{hint}; a run has a run.json"
        )
    if json:
        typer.echo(jsonlib.dumps({"db": str(db), "folders": [asdict(one) for one in reports]}, indent=1))
    else:
        for path, report in zip(paths, reports, strict=True):
            rows = (
                ", ".join(f"{count:,} {name}" for name, count in report.rows.items() if count)
                or "no new rows"
            )
            late = f"; {report.unfinished} still being trained" if report.unfinished else ""
            new = f"{report.new} new files ({rows}), {report.known} known"
            typer.echo(f"{path}: {report.runs} runs, {new}{late} -> {db}")
    for problem in problems:
        say(f"left out: {problem}")
    raise typer.Exit(1 if problems else 0)


def _progress(number: int, total: int, folder: Path) -> None:
    if sys.stderr.isatty():
        end = "\n" if number == total - 1 else "\r"
        sys.stderr.write(f"run {number + 1} of {total}: {folder.name[:40]:<40}{end}")
