"""From run folders into tables: the one road in.

A run folder holds ``run.json``, perhaps ``encoder.json``, and immutable shards (see ``xtb.run``). What is
new in a folder goes in within one transaction together with its ledger rows, so that a kill leaves all of
it or nothing, and a second load of the same files changes nothing. A file that cannot be taken in is named in
the report and left for the next time; the rest is taken in.

A row that is there already with the same values is not doubled; one with other values is a conflict: the
shard is refused as a whole and named. Of two ``run.json`` of one run the trained one wins, then the later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from warehouse.connect import Connection, transaction
from warehouse.dimensions import DIMENSIONS
from warehouse.errors import UsageError
from warehouse.intake import Ledger, Taken, read_ledger, take_in
from warehouse.rows import FACTS
from warehouse.shard import Verified, verify
from warehouse.sql import quote
from warehouse.survey import RUN_FILE, Survey, batches, run_folders, survey


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
    folders = sorted(run_folders(root))
    finished = [folder for folder in folders if (folder / RUN_FILE).is_file()]
    ledger = read_ledger(con)
    loaded: list[Loaded] = []
    for batch in batches(survey(folder, ledger) for folder in finished):
        verified = verify(con, {path: found.run_id for found in batch for path in found.shards})
        for found in batch:
            if on_folder is not None:
                on_folder(len(loaded), len(finished), found.folder)
            loaded.append(_load(con, found, verified, ledger))
    return LoadReport(
        runs=len(finished),
        unfinished=len(folders) - len(finished),
        new=sum(one.new for one in loaded),
        known=sum(one.known for one in loaded),
        rows={name: sum(one.rows.get(name, 0) for one in loaded) for name in FACTS},
        problems=tuple(problem for one in loaded for problem in one.problems),
    )


def load_run_folder(con: Connection, folder: Path) -> Loaded:
    """Take in what is new in one run folder; a faulty file is reported, not raised."""
    ledger = read_ledger(con)
    found = survey(folder, ledger)
    return _load(con, found, verify(con, dict.fromkeys(found.shards, found.run_id)), ledger)


def load_dimensions(con: Connection, frames: Mapping[str, pl.DataFrame]) -> None:
    """Add the rows of dimension tables; a row with the same key is replaced, others stay.

    Args:
        con: a connection from ``open_for_writing``, migrated.
        frames: table of ``warehouse.dimensions.DIMENSIONS`` -> its rows.
    """
    with transaction(con):
        for name, frame in frames.items():
            con.register("incoming", frame.select(*DIMENSIONS[name].columns))
            con.execute(f"insert or replace into {quote(name)} by name from incoming")
            con.unregister("incoming")


def _load(con: Connection, found: Survey, verified: Verified, ledger: Ledger) -> Loaded:
    faults = [verified.faults[path] for path in found.shards if path in verified.faults]
    mine = set(found.shards)
    # Two folders may hold the same bytes: an empty shard, the encoder.json of a shared encoder.
    shards = [one for one in verified.sound if one.path in mine and one.sha256 not in ledger.hashes]
    records = {table: one for table, one in found.records.items() if one.sha256 not in ledger.hashes}
    known = found.known + len(found.records) + len(mine) - len(faults) - len(records) - len(shards)
    taken = Taken(run_id=found.run_id)
    if shards or records:
        taken = take_in(con, found.run_id, records, shards, ledger)
        ledger.add(taken)
    rows: dict[str, int] = {}
    for table, count in taken.files.values():
        if table in FACTS:
            rows[table] = rows.get(table, 0) + count
    return Loaded(
        run_id=found.run_id,
        new=len(taken.files),
        known=known,
        rows=rows,
        problems=(*found.problems, *faults, *taken.refused),
    )
