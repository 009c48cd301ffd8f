"""What lies in run folders and is not in the warehouse yet."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.dimensions import ENCODER
from warehouse.errors import BadShard
from warehouse.intake import Ledger
from warehouse.record import Record, read_record
from warehouse.rows import FACTS, RUN
from warehouse.shard import name_of

RUN_FILE = "run.json"
ENCODER_FILE = "encoder.json"
STATUSES = ("trained", "failed")
_FILES = 200
_BYTES = 100 * 2**20
_NEEDED = (
    "source",
    "encoder",
    "regime",
    "intermediate",
    "intermediate_language",
    "robust",
    "robust_stage",
    "target",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What lies in a run folder and is not in the ledger yet."""

    folder: Path
    run_id: str
    records: Mapping[str, Record] = field(default_factory=dict)
    shards: tuple[Path, ...] = ()
    known: int = 0
    problems: tuple[str, ...] = ()


def survey(folder: Path, ledger: Ledger) -> Survey:
    """Look at one run folder; no shard is opened yet."""
    try:
        run = _read_run(folder / RUN_FILE)
    except BadShard as error:
        return Survey(folder=folder, run_id=folder.name, problems=(str(error),))
    records = {"run": run}
    problems: list[str] = []
    if (folder / ENCODER_FILE).is_file():
        try:
            records["encoder"] = read_record(folder / ENCODER_FILE, ENCODER)
        except BadShard as error:
            problems.append(str(error))
    shards: dict[Path, str] = {}
    for path in sorted(path for path in folder.glob("*.parquet") if not path.name.startswith(".")):
        try:
            shards[path] = name_of(path)[1]
        except BadShard as error:
            problems.append(str(error))
    new = {table: record for table, record in records.items() if record.sha256 not in ledger.hashes}
    fresh = tuple(path for path, sha256 in shards.items() if sha256 not in ledger.hashes)
    return Survey(
        folder=folder,
        run_id=str(run.values["run_id"]),
        records=new,
        shards=fresh,
        known=len(records) - len(new) + len(shards) - len(fresh),
        problems=tuple(problems),
    )


def _read_run(path: Path) -> Record:
    record = read_record(path, RUN)
    if record.values["status"] not in STATUSES:
        raise BadShard(f"{path}: status is neither {' nor '.join(STATUSES)}")
    empty = [name for name in _NEEDED if record.values[name] is None]
    if record.values["seed"] is None and record.values["source"] == "xtb":
        empty.append("seed")
    if empty:
        raise BadShard(f"{path}: {', '.join(empty)} is null")
    return record


def batches(surveys: Iterable[Survey]) -> Iterator[list[Survey]]:
    """Folders whose shards are looked at together: at most so many files or bytes, one folder at least."""
    batch: list[Survey] = []
    files = size = 0
    for one in surveys:
        bytes_ = sum(path.stat().st_size for path in one.shards)
        if batch and (files + len(one.shards) > _FILES or size + bytes_ > _BYTES):
            yield batch
            batch, files, size = [], 0, 0
        batch.append(one)
        files, size = files + len(one.shards), size + bytes_
    if batch:
        yield batch


def run_folders(root: Path) -> Iterator[Path]:
    """Folders at or below ``root`` with a ``run.json`` or shards, but no hidden ones and no checkpoints."""
    for place, below, names in os.walk(root):
        below[:] = [name for name in below if name != "checkpoints" and not name.startswith(".")]
        if RUN_FILE in names or any(_looks_like_shard(name) for name in names):
            below.clear()
            yield Path(place)


def _looks_like_shard(name: str) -> bool:
    return name.endswith(".parquet") and name.split("-")[0] in FACTS
