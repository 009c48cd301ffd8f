"""Other people's results into run folders, from where they take the one road into the warehouse.

A folder is named by what tells the run from others, its shards by their content: the same file read again
writes the same folder, and a warehouse that is lost is rebuilt from the folders, without the files.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.results import formats
from ingest.results.given import given
from ingest.results.model import ForeignRun
from ingest.results.reading import Reject
from warehouse.errors import UsageError
from warehouse.render import write_csv
from warehouse.rows import FACTS, RUN
from warehouse.survey import run_folders
from xtb import files, run
from xtb.run import RECORD

_COLUMNS = ("file", "line", "reason", "row")


@dataclass(slots=True, kw_only=True)
class Taken:
    """Run folders to take in, each with the path it came of, and the rows that were refused on the way."""

    folders: dict[Path, str] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)


def take(
    paths: Sequence[Path], form: str | None, said: Mapping[str, str], runs: Path, mapping: Path | None = None
) -> Taken:
    """Read results, and write those of others as run folders.

    Args:
        paths: files or folders; one that holds run folders stays itself.
        form: a source of ``ingest.results.formats``; None to recognise each path.
        said: what the files do not say, by column.
        runs: folder of run folders.
        mapping: what the columns of a table mean.

    Raises:
        UsageError: a path looks like nothing known, or like several formats.
    """
    taken, known = Taken(), given(said)
    for path in paths:
        if form is None and path.is_dir() and next(run_folders(path), None) is not None:
            taken.folders[path] = str(path)
            continue
        source = form or formats.recognise(path)
        reading = formats.read(source, path, known, mapping)
        taken.folders |= {write(found, runs): f"{path} ({source})" for found in reading.runs()}
        taken.rejects += reading.rejects
    return taken


def write(found: ForeignRun, runs: Path) -> Path:
    """Write one run; ``run.json`` comes last, so that a folder cut short counts as unfinished.

    Returns:
        The run folder.
    """
    folder = runs / found.run_id
    for table in FACTS:
        if rows := found.tables.get(table):
            run.publish(folder, table, run.frame(table, rows))
    record = {name: found.record.get(name) for name in RUN.columns}
    files.write_file(folder / RECORD, json.dumps(record, indent=1).encode())
    return folder


def must_take_rejects(path: Path) -> None:
    """See that refused rows can be written there, before anything is done.

    Raises:
        UsageError: another ending than ``write_rejects`` knows, or no such folder.
    """
    if path.suffix not in (".csv", ".jsonl"):
        raise UsageError(f"--rejects {path}: end the name in .csv or .jsonl")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent}")


def write_rejects(path: Path, rejects: Sequence[Reject]) -> None:
    """Write every refused row: as CSV, or JSON Lines where the name ends in ``.jsonl``.

    Raises:
        UsageError: as ``must_take_rejects``.
    """
    must_take_rejects(path)
    rows = [tuple(getattr(one, name) for name in _COLUMNS) for one in rejects]
    if path.suffix == ".csv":
        out = io.StringIO(newline="")
        write_csv(_COLUMNS, rows, out, spreadsheet=True)
        data = out.getvalue()
    else:
        data = "".join(json.dumps(dict(zip(_COLUMNS, row, strict=True))) + "\n" for row in rows)
    files.write_file(path, data.encode("utf-8", "backslashreplace"))
