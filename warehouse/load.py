"""From run folders into tables: the one road in.

A run folder holds ``run.json``, perhaps ``encoder.json``, and immutable shards (see ``xtb.run``). What is
new in a folder goes in within one transaction together with its ledger rows, so that a kill leaves all of
it or nothing, and a second load of the same files changes nothing. A file that cannot be taken in is named in
the report and left for the next time; the rest is taken in.

A row that is there already with the same values is not doubled; one with other values is a conflict: the
shard is refused as a whole and named. Of two ``run.json`` of one run the trained one wins, then the later.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from warehouse.connect import Connection, transaction
from warehouse.errors import BadShard, UsageError
from warehouse.intake import take_in
from warehouse.record import Record, read_record
from warehouse.rows import DIMENSIONS, ENCODER, FACTS, RUN
from warehouse.shard import name_of, verify
from warehouse.sql import quote

RUN_FILE = "run.json"
ENCODER_FILE = "encoder.json"
STATUSES = ("trained", "failed")
_NEEDED = (
    "source",
    "encoder",
    "regime",
    "intermediate",
    "intermediate_language",
    "robust",
    "robust_stage",
    "target",
    "seed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one run folder gave.

    Attributes:
        run_id: the run.
        new: files taken in now, ``run.json`` and ``encoder.json`` among them.
        known: files that were in before.
        rows: rows added, by table.
        problems: one line for each file that was left out.
    """

    run_id: str
    new: int = 0
    known: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a folder of run folders gave; counts as in ``Loaded``, summed."""

    runs: int
    unfinished: int  # folders with shards but no run.json: still being trained
    new: int
    known: int
    rows: Mapping[str, int]
    problems: tuple[str, ...]


def load_runs(
    con: Connection, root: Path, *, on_folder: Callable[[int, int, Path], None] | None = None
) -> LoadReport:
    """Take in what is new in the run folders below ``root``, or in ``root`` when it is one.

    Args:
        con: a connection from ``open_for_writing``, migrated.
        root: a run folder, or any folder above some.
        on_folder: called before each with its number from 0, how many there are, and the folder.

    Raises:
        UsageError: there is no such folder.
    """
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}; give a folder of run folders, such as runs/")
    folders = sorted(_folders(root))
    finished = [folder for folder in folders if (folder / RUN_FILE).is_file()]
    known = _ledger(con)
    loaded = []
    for position, folder in enumerate(finished):
        if on_folder is not None:
            on_folder(position, len(finished), folder)
        loaded.append(_load(con, folder, known))
    rows = {name: sum(one.rows.get(name, 0) for one in loaded) for name in FACTS}
    return LoadReport(
        runs=len(finished),
        unfinished=len(folders) - len(finished),
        new=sum(one.new for one in loaded),
        known=sum(one.known for one in loaded),
        rows=rows,
        problems=tuple(problem for one in loaded for problem in one.problems),
    )


def load_run_folder(con: Connection, folder: Path) -> Loaded:
    """Take in what is new in one run folder; a problem never raises but is reported."""
    return _load(con, folder, _ledger(con))


def load_dimensions(con: Connection, frames: Mapping[str, pl.DataFrame]) -> None:
    """Add the rows of dimension tables; a row with the same key is replaced, others stay.

    Args:
        con: a connection from ``open_for_writing``, migrated.
        frames: table of ``warehouse.rows.DIMENSIONS`` -> its rows.
    """
    with transaction(con):
        for name, frame in frames.items():
            con.register("incoming", frame.select(*DIMENSIONS[name].columns))
            con.execute(f"insert or replace into {quote(name)} by name from incoming")
            con.unregister("incoming")


def _load(con: Connection, folder: Path, known: set[str]) -> Loaded:
    """One folder; ``known`` is the ledger and grows with what is taken in."""
    try:
        run = _read_run(folder / RUN_FILE)
    except BadShard as error:
        return Loaded(run_id=folder.name, problems=(str(error),))
    problems: list[str] = []
    records = [("run", run)]
    if (folder / ENCODER_FILE).is_file():
        try:
            records.append(("encoder", read_record(folder / ENCODER_FILE, ENCODER)))
        except BadShard as error:
            problems.append(str(error))
    run_id = str(run.values["run_id"])
    fresh = [(table, record) for table, record in records if record.sha256 not in known]
    old = len(records) - len(fresh)
    shards = []
    for path in sorted(path for path in folder.glob("*.parquet") if not path.name.startswith(".")):
        try:
            if name_of(path)[1] in known:
                old += 1
            else:
                shards.append(verify(con, path, run_id))
        except BadShard as error:
            problems.append(str(error))
    if not fresh and not shards:
        return Loaded(run_id=run_id, known=old, problems=tuple(problems))
    taken, rows, refused = take_in(con, run_id, fresh, shards)
    known.update(taken)
    return Loaded(run_id=run_id, new=len(taken), known=old, rows=rows, problems=(*problems, *refused))


def _read_run(path: Path) -> Record:
    record = read_record(path, RUN)
    if record.values["status"] not in STATUSES:
        raise BadShard(f"{path}: status is neither {' nor '.join(STATUSES)}")
    empty = [name for name in _NEEDED if record.values[name] is None]
    if empty:
        raise BadShard(f"{path}: {', '.join(empty)} is null")
    return record


def _folders(root: Path) -> Iterator[Path]:
    """Folders at or below ``root`` with a ``run.json`` or shards, but no hidden ones and no checkpoints."""
    for place, below, names in os.walk(root):
        below[:] = [name for name in below if name != "checkpoints" and not name.startswith(".")]
        if RUN_FILE in names or any(_looks_like_shard(name) for name in names):
            below.clear()
            yield Path(place)


def _looks_like_shard(name: str) -> bool:
    return name.endswith(".parquet") and name.split("-")[0] in FACTS


def _ledger(con: Connection) -> set[str]:
    return {row[0] for row in con.execute("select sha256 from shard").fetchall()}
