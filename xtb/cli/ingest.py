"""``xtb ingest``: take run folders into the warehouse."""

import json as jsonlib
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from warehouse.errors import UsageError
from xtb.cli.asking import pairs, say
from xtb.cli.options import DATABASE, RUNS, Data, Database, Json, Runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.results.reading import Reject
    from warehouse.load import LoadReport

_SHOWN = 5
PUBLISHED = "published"


def command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Run folders, or folders above some, such as runs/; or results of other tools; or the word "
            "published: what others have published and xtb ships."
        ),
    ],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="runs, xtreme, lm-eval, lighteval, every-eval-ever, mlflow, hf-trainer, jiant, table; "
            "recognised when left out.",
        ),
    ] = None,
    said: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="COLUMN=VALUE",
            help="Results of others: what the files do not say, such as language=de or regime=stilts.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--map", help="Tables of others: TOML file that says what their columns mean."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Results of others: write every row that was refused to this .csv or .jsonl."),
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="xtreme: whose predictions they are; the folder's name by default.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="xtreme: examples of a cell, where a sample was predicted.")
    ] = None,
    anew: Annotated[
        bool,
        typer.Option(
            "--rebuild", help="Make the warehouse anew from all these run folders, in place of the old."
        ),
    ] = False,
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
    data. Results of other tools are read row by row, and rows that cannot be are named and left out. Both are
    written as run folders below --runs and taken in from there.

    xtb ingest published takes in what others have published and xtb carries, with its sources; a folder of
    that name is ./published.
    """
    from warehouse.interrupt import interruptibly
    from warehouse.load import load_runs
    from xtb.intake import open_for_intake

    if PUBLISHED in map(str, paths):
        if len(paths) > 1:
            raise UsageError(f"'{PUBLISHED}' stands alone: take folders in with another call")
        from xtb.cli.shipped import take_in_published

        take_in_published(db, wait, as_json=json)
        return
    for path in paths:
        if not (path.is_dir() if form in ("runs", "xtreme") else path.exists()):
            raise UsageError(
                f"there is no folder {path}; give run folders, or a folder above some, such as runs/"
            )
    refused: list[Reject] = []
    by_name: dict[Path, str] = {}
    if form == "xtreme":
        from ingest.source import open_source
        from xtb.predictions import judge

        source = open_source(data)
        paths = [
            folder
            for path in paths
            for folder in judge(path, system or path.resolve().name, source, runs, limit=limit)
        ]
    elif form != "runs":
        from xtb.foreign import must_take_rejects, take, write_rejects

        if rejects is not None:
            must_take_rejects(rejects)

        if mapping is not None:
            form = form or "table"
        taken = take(paths, form, pairs(said, "--set"), runs, mapping)
        paths, refused, by_name = list(taken.folders), taken.rejects, taken.folders
        if rejects is not None:
            write_rejects(rejects, refused)
        _tell(refused, rejects)
    if anew:
        reports = _rebuild(db, paths, wait)
    else:
        with open_for_intake(db, wait_seconds=wait, on_wait=say) as con:
            reports = interruptibly(
                con, lambda: [load_runs(con, path, on_folder=_progress) for path in paths]
            )
    problems = [problem for report in reports for problem in report.problems]
    if refused and not paths:
        raise UsageError("nothing could be taken in")
    if not any(report.runs for report in reports):
        unfinished = sum(report.unfinished for report in reports)
        hint = f" ({unfinished} are still being trained)" if unfinished else ""
        raise UsageError(
            f"no finished run folder below {', '.join(map(str, paths))}{hint}; a run has a run.json"
        )
    if json:
        found = {"db": str(db), "folders": [asdict(one) for one in reports], "rejected": len(refused)}
        typer.echo(jsonlib.dumps(found, indent=1))
    else:
        for name, report in _shown_reports(paths, reports, by_name):
            rows = (
                ", ".join(f"{count:,} {table}" for table, count in report.rows.items() if count)
                or "no new rows"
            )
            late = f"; {report.unfinished} still being trained" if report.unfinished else ""
            new = f"{report.new} new files ({rows}), {report.known} known"
            typer.echo(f"{name}: {report.runs} runs, {new}{late} -> {db}")
    for problem in problems:
        say(f"left out: {problem}")
    raise typer.Exit(1 if problems or refused else 0)


def _shown_reports(
    paths: "Sequence[Path]", reports: "Sequence[LoadReport]", by_name: "Mapping[Path, str]"
) -> "Iterator[tuple[str, LoadReport]]":
    """A line for each path; the run folders of one file of others share it."""
    together: dict[str, list[LoadReport]] = {}
    for path, report in zip(paths, reports, strict=True):
        together.setdefault(by_name.get(path, str(path)), []).append(report)
    for name, some in together.items():
        yield (
            name,
            replace(
                some[0],
                runs=sum(one.runs for one in some),
                unfinished=sum(one.unfinished for one in some),
                new=sum(one.new for one in some),
                known=sum(one.known for one in some),
                rows={table: sum(one.rows[table] for one in some) for table in some[0].rows},
            ),
        )


def _rebuild(db: Path, paths: "Sequence[Path]", wait: float) -> "list[LoadReport]":
    from warehouse.connect import open_for_writing
    from warehouse.interrupt import interruptibly
    from warehouse.rebuild import in_place_of, rebuild
    from xtb.intake import open_for_intake

    old = db if db.exists() else None
    if old is not None:
        with open_for_writing(old, make=False, wait_seconds=wait, on_wait=say):
            pass  # others have closed it; the new file attaches it for writing, which does not wait
    with in_place_of(db) as new, open_for_intake(new, wait_seconds=wait, on_wait=say) as con:
        done = interruptibly(con, lambda: rebuild(con, paths, old, on_folder=_progress))
    if done.carried:
        say(f"{done.carried} runs that these folders do not hold were carried over from the old {db}")
    return list(done.reports)


def _tell(refused: "Sequence[Reject]", rejects: Path | None) -> None:
    for one in refused[:_SHOWN]:
        say(f"refused: {one.file}{f':{one.line}' if one.line else ''}: {one.reason}")
    if refused:
        where = f"all are in {rejects}" if rejects else "--rejects FILE writes them all"
        say(f"{len(refused):,} rows were refused; {where}")


def _progress(number: int, total: int, folder: Path) -> None:
    if sys.stderr.isatty():
        end = "\n" if number == total - 1 else "\r"
        sys.stderr.write(f"run {number + 1} of {total}: {folder.name[:40]:<40}{end}")
