"""The run folder: what one run leaves behind, to be killed, copied and ingested at any time.

    runs/<run_id>/run.json                     the columns of ``warehouse.rows.RUN``; replaced atomically
    runs/<run_id>/encoder.json                 the columns of ``warehouse.dimensions.ENCODER``
    runs/<run_id>/<table>-<sha256>.parquet     immutable rows of a table of ``warehouse.rows.FACTS``
    runs/checkpoints/<stage_id>/               weights, shared by runs (see ``xtb.checkpoint``)

A cell is done when its rows are in a published ``score`` shard. Its outcomes are published before; a cell
that has outcomes but no score was interrupted between the two.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.errors import KnownError
from warehouse.rows import CELL_KEY, FACTS, RUN
from xtb import files, versions
from xtb.errors import BadRun
from xtb.layout import is_finished
from xtb.place import pick_device
from xtb.spec import Cell, RunSpec

RECORD = "run.json"
ENCODER = "encoder.json"
PUBLISHED_BY_TRAINING = ("training_log", "stage")
REPAIR = "xtb eval and xtb study run set it aside and measure its cells again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run folder that was read: where it lies, its ``run.json``, and the specification in it."""

    folder: Path
    record: Mapping[str, Any]
    spec: RunSpec

    @property
    def run_id(self) -> str:
        """Its identity."""
        return str(self.record["run_id"])

    @property
    def trained(self) -> bool:
        """Are the weights of its last stage finished?"""
        return bool(self.record["status"] == "trained")


def publish(folder: Path, table: str, rows: pl.DataFrame, metadata: Mapping[str, str] | None = None) -> Path:
    """Write rows as a new shard of a table.

    Args:
        folder: the run folder; made when missing.
        table: a name of ``warehouse.rows.FACTS``.
        rows: at least its columns; types are cast, other columns dropped.
        metadata: text kept in the file's own metadata, e.g. ``seconds``.

    Returns:
        The shard, ``<table>-<sha256 of the file>.parquet``. When this returns the rows are safe.
    """
    schema = FACTS[table].schema
    buffer = io.BytesIO()
    frame = rows.select(pl.col(name).cast(kind) for name, kind in schema.items())
    frame.write_parquet(buffer, compression="zstd", metadata=dict(metadata or {}))
    data = buffer.getvalue()
    path = folder / f"{table}-{hashlib.sha256(data).hexdigest()}.parquet"
    files.write_file(path, data)
    return path


def write_record(
    folder: Path,
    spec: RunSpec,
    *,
    status: str,
    error: str | None,
    started: datetime,
    seconds: float,
    device: str,
) -> None:
    """Write ``run.json``: what was trained, by which code, where, and how it ended.

    ``status`` is ``trained`` or ``failed``; ``seconds`` is the training time of all its stages.
    """
    record = {
        "run_id": spec.run_id,
        "source": "xtb",
        "encoder": spec.encoder,
        "encoder_fingerprint": spec.encoder_fingerprint,
        "regime": spec.regime,
        "intermediate": spec.intermediate,
        "intermediate_language": spec.intermediate_language,
        "robust": spec.robust,
        "robust_stage": spec.robust_stage,
        "target": spec.target,
        "seed": spec.seed,
        "code_version": versions.code_version(),
        "data_source": spec.data_source,
        "config": spec.to_json(),
        "versions": versions.environment_json(),
        "status": status,
        "error": error,
        "started_at": started.astimezone(UTC).isoformat(),
        "seconds": seconds,
        "device": device,
    }
    assert list(record) == list(RUN.columns)
    files.write_file(folder / RECORD, json.dumps(record, indent=1).encode())


def record_failure(spec: RunSpec, error: Exception, runs: Path, device: str, started: datetime) -> None:
    """Write ``run.json`` of a run that could not be trained, here or elsewhere."""
    known = isinstance(error, KnownError)
    meant = pick_device(device) if device == "auto" else device
    write_record(
        runs / spec.run_id,
        spec,
        status="failed",
        error=str(error) if known else f"{type(error).__name__}: {error}",
        started=started,
        seconds=(now() - started).total_seconds(),
        device=versions.device_name(meant),
    )


def is_trained(spec: RunSpec, runs: Path) -> bool:
    """Are the run folder and the weights there, and all that training publishes undamaged?"""
    folder = runs / spec.run_id
    if not (folder / RECORD).is_file() or not is_finished(runs, spec.stage_id(len(spec.stages) - 1)):
        return False
    if any(damaged(folder, table) for table in PUBLISHED_BY_TRAINING):
        return False
    try:
        return read_run(folder).trained
    except BadRun:  # the weights are there, so that writing it again is quick
        return False


def read_run(folder: Path) -> Run:
    """Read a run folder.

    Raises:
        BadRun: no ``run.json`` there, or it is damaged or of another source.
    """
    try:
        record = json.loads((folder / RECORD).read_text())
        return Run(folder=folder, record=record, spec=RunSpec.from_json(record["config"]))
    except FileNotFoundError:
        raise BadRun(f"{folder} is no run folder: it has no {RECORD}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadRun(
            f"{folder / RECORD} is damaged ({error}); train the run again, which keeps its weights and cells"
        ) from error


def find_run(runs: Path, name: str) -> Run:
    """The run that ``name`` means: a run folder, a run id, or the beginning of one.

    Raises:
        BadRun: there is none, or more than one.
    """
    if (Path(name) / RECORD).is_file():
        return read_run(Path(name))
    found = [folder for folder in run_folders(runs) if folder.name.startswith(name)]
    if not found:
        raise BadRun(
            f"no run '{name}' in {runs}, which has {len(run_folders(runs))} runs. Train one: xtb train"
        )
    if len(found) > 1:
        some = ", ".join(folder.name for folder in found[:3])
        raise BadRun(f"'{name}' begins {len(found)} run ids ({some}, ...); give more of it")
    return read_run(found[0])


def run_folders(runs: Path) -> list[Path]:
    """All run folders below ``runs``, by name."""
    return sorted(path.parent for path in runs.glob(f"*/{RECORD}"))


def shards(folder: Path, table: str) -> list[Path]:
    """The shards of a table whose content is what their names say."""
    return _parted(folder, table)[0]


def damaged(folder: Path, table: str) -> list[Path]:
    """The other ones."""
    return _parted(folder, table)[1]


def read_table(folder: Path, table: str) -> pl.DataFrame:
    """All rows of a table that the run folder holds.

    Raises:
        BadRun: a shard is damaged.
    """
    broken = damaged(folder, table)
    if broken:
        raise BadRun(f"{broken[0]} is damaged: its content is not what its name says. {REPAIR}")
    return read_sound(folder, table)


def read_sound(folder: Path, table: str) -> pl.DataFrame:
    """The rows of a table in shards that are not damaged."""
    return pl.concat([FACTS[table].empty(), *map(pl.read_parquet, shards(folder, table))])


def metadata(folder: Path, table: str) -> list[dict[str, str]]:
    """What the shards of a table that are not damaged say about themselves."""
    return [dict(pl.read_parquet_metadata(shard)) for shard in shards(folder, table)]


def cells_of(frame: pl.DataFrame) -> set[Cell]:
    """The distinct cells of a frame of scores or outcomes."""
    return {Cell(**row) for row in frame.select(CELL_KEY).unique().iter_rows(named=True)}


def cells_done(folder: Path) -> set[Cell]:
    """The cells whose scores are published and undamaged; they need no second evaluation."""
    return cells_of(read_sound(folder, "score"))


def scores_of(folder: Path, cells: Iterable[Cell]) -> pl.DataFrame:
    """The published scores of these cells."""
    schema = {name: FACTS["score"].columns[name] for name in CELL_KEY}
    keys = pl.DataFrame([asdict(cell) for cell in cells], schema=schema)
    return read_table(folder, "score").join(keys, on=list(CELL_KEY), how="semi").sort(*CELL_KEY, "metric")


def frame(table: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as a typed frame of a table; columns that are missing become NULL."""
    schema = FACTS[table].schema
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


def _parted(folder: Path, table: str) -> tuple[list[Path], list[Path]]:
    sound: list[Path] = []
    broken: list[Path] = []
    for shard in sorted(folder.glob(f"{table}-*.parquet")):
        with suppress(FileNotFoundError):  # set aside by another process since it was listed
            whole = shard.stem.rpartition("-")[2] == files.sha256(shard)
            (sound if whole else broken).append(shard)
    return sound, broken
