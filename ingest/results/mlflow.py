"""MLflow runs: an ``mlruns`` folder of files, or the ``mlflow.db`` (SQLite) that newer versions make.

A metric's name says split, data set and metric, as training scripts log them (``eval_accuracy``,
``test/xnli_de/f1``: see ``metric_name``); its last step counts, as MLflow shows it. Where the name has no
data set, the parameter ``task``, ``task_name`` or ``dataset_name`` says it. Metrics that are no score
(losses, times, system metrics) are passed over. Runs that were deleted or have not finished are refused.

The database is opened read-only, its views and triggers are not trusted, and a query that runs away is
ended.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from ingest.results import files, metric_name
from ingest.results.documents import plain
from ingest.results.place import Place
from ingest.results.reading import Reader, Reading
from ingest.results.values import Unfit, number_in

META = "meta.yaml"
_SMALL = 2**18
_STEPS = 200_000_000  # of SQLite's virtual machine in one query: about ten seconds
_FINISHED = ("FINISHED", 3)
_TABLES = frozenset({"runs", "params", "tags", "latest_metrics"})
_ENCODER = (
    "model_name_or_path",
    "_name_or_path",
    "pretrained_model_name_or_path",
    "encoder",
    "model_name",
    "model",
)
_TASK = ("task", "task_name", "dataset_name")
_LANGUAGE = ("language", "lang")
_HEX = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run, from either store; the value of a metric comes with its place."""

    place: Place
    run_id: str
    info: Mapping[str, Any]
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, tuple[Any, Place]] = field(default_factory=dict)


def recognises(path: Path) -> bool:
    """Is there a run's folder, or a database of MLflow?"""
    return any(_runs_below(path)) or any(_is_mlflow(file) for file in _databases(path)[:5])


def read(path: Path, reading: Reading) -> None:
    """Take every run at or below ``path``."""
    for meta in _runs_below(path):
        try:
            _take(_from_files(meta, reading), reading)
        except Unfit as unfit:
            reading.reject(Place(file=meta), unfit)
    for file in _databases(path):
        try:
            for run in _from_database(file):
                _take(run, reading)
        except Unfit as unfit:
            reading.reject(Place(file=file), unfit)


def _take(run: _Run, reading: Reading) -> None:
    if run.info.get("lifecycle_stage", "active") != "active":
        reading.reject(run.place, f"run {run.run_id!a:.60} was deleted")
        return
    if run.info.get("status") not in _FINISHED:
        reading.reject(run.place, f"run {run.run_id!a:.60} has not finished")
        return
    start, end = (run.info.get(name) for name in ("start_time", "end_time"))
    seconds = (
        (end - start) / 1000 if isinstance(start, int) and isinstance(end, int) and end >= start else None
    )
    model = reading.model(
        run.place,
        run.run_id,
        _first(run.params, _ENCODER) or _first(run.tags, _ENCODER),
        seed=number_in(_first(run.params, ("seed", "random_seed", "training/seed"))),
        started_at=start / 1000 if isinstance(start, int) and abs(start) < 2**53 else None,
        seconds=seconds,
        code_version=run.tags.get("mlflow.source.git.commit"),
        config=plain({"format": "mlflow", "run": run.run_id, "name": run.tags.get("mlflow.runName")}),
    )
    if model is None:
        return
    task, language = _first(run.params, _TASK), _first(run.params, _LANGUAGE)
    for key, (value, place) in run.metrics.items():
        if not metric_name.is_score(key):
            continue
        logged = metric_name.logged(key)
        if logged is None and "split" in reading.given.cell:
            logged = metric_name.logged(f"test_{key}")  # what was said goes before it
        if logged is None:
            reading.reject(
                place,
                f"the name {key!a:.60} says no split, as eval_accuracy does; give it with --set split=NAME",
            )
            continue
        named = logged.dataset or None
        within = named.split("_")[-1] if named is not None and "task" in reading.given.cell else None
        model.score(
            place,
            task=named if named is not None else reading.given.cell.get("task", task),
            split=logged.split,
            language=within if named is not None else language,
            metric=logged.metric,
            value=value,
            n=_samples(run.metrics, key),
        )


def _samples(metrics: Mapping[str, tuple[Any, Place]], key: str) -> Any:
    """Examples, where the Trainer logged them beside its scores."""
    found = metrics.get(re.split(r"[_/.]", key, maxsplit=1)[0] + "_samples")
    return None if found is None else found[0]


def _first(found: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((found[name] for name in names if found.get(name) not in (None, "", "None")), None)


def _runs_below(path: Path) -> list[Path]:
    """The ``meta.yaml`` of runs; those of experiments have no ``metrics`` beside them."""
    return [
        file for file in files.below(path, lambda name: name == META) if (file.parent / "metrics").is_dir()
    ]


def _from_files(meta: Path, reading: Reading) -> _Run:
    info = _yaml(meta)
    folder = meta.parent
    metrics: dict[str, tuple[Any, Place]] = {}
    for file in _inside(folder / "metrics", reading):
        try:
            metrics[file.relative_to(folder / "metrics").as_posix()] = _last(file)
        except Unfit as unfit:
            reading.reject(Place(file=file), unfit)
    return _Run(
        place=Place(file=meta),
        run_id=str(info.get("run_id", info.get("run_uuid", folder.name))),
        info=info,
        params=_texts(folder / "params", reading),
        tags=_texts(folder / "tags", reading),
        metrics=metrics,
    )


def _texts(folder: Path, reading: Reading) -> dict[str, str]:
    found = {}
    for file in _inside(folder, reading):
        try:
            found[file.relative_to(folder).as_posix()] = files.read_text(file, _SMALL).strip()
        except Unfit as unfit:
            reading.reject(Place(file=file), unfit)
    return found


def _inside(folder: Path, reading: Reading) -> list[Path]:
    if folder.is_symlink():
        reading.reject(Place(file=folder), "is a link, which is not followed")
        return []
    return files.below(folder, lambda name: True) if folder.is_dir() else []


def _last(file: Path) -> tuple[Any, Place]:
    """The value of the last step, the later of two: a line is ``milliseconds value [step ...]``."""
    latest: tuple[tuple[int, int], Any, Place] | None = None
    for number, line in files.lines(file):
        words = line.decode("utf-8", "replace").split()
        numbers = [number_in(word) for word in (words[0], *words[2:3])]
        if len(words) < 2 or not all(isinstance(one, int) for one in numbers):
            raise Unfit(f"line {number} is no line of a metric")
        rank = (numbers[1] if len(numbers) > 1 else 0, numbers[0])
        if latest is None or rank >= latest[0]:
            latest = rank, number_in(words[1]), Place(file=file, line=number)
    if latest is None:
        raise Unfit("holds no value")
    return latest[1], latest[2]


def _yaml(file: Path) -> dict[str, Any]:
    text = files.read_text(file, _SMALL)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise Unfit("has YAML aliases, which a description of a run does not need and a bomb does")
        found = yaml.safe_load(text)
    except Unfit:
        raise
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise Unfit(f"is no YAML ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise Unfit(f"holds a {type(found).__name__}, not what a run is described by")
    return {key: one for key, one in found.items() if isinstance(key, str)}


def _databases(path: Path) -> list[Path]:
    return files.below(path, lambda name: name.endswith((".db", ".sqlite", ".sqlite3")))


def _is_mlflow(file: Path) -> bool:
    try:
        with closing(_opened(file)) as con:
            _must_be_mlflow(con)
    except Unfit:
        return False
    return True


def _from_database(file: Path) -> Iterator[_Run]:
    with closing(_opened(file)) as con:
        _must_be_mlflow(con)
        params, tags = _pairs(con, "params"), _pairs(con, "tags")
        metrics: dict[str, dict[str, tuple[Any, Place]]] = {}
        for run, key, value, is_nan, row in _asked(
            con, "select run_uuid, key, value, is_nan, rowid from latest_metrics order by 1, 2"
        ):
            shown = float("nan") if is_nan else value
            metrics.setdefault(str(run), {})[str(key)] = shown, Place(file=file, line=_line(row))
        for number, (run, *rest) in enumerate(
            _asked(
                con, "select run_uuid, status, start_time, end_time, lifecycle_stage from runs order by 1"
            ),
            1,
        ):
            run_id = str(run)
            yield _Run(
                place=Place(file=file, line=number),
                run_id=run_id,
                info=dict(zip(("status", "start_time", "end_time", "lifecycle_stage"), rest, strict=True)),
                params=params.get(run_id, {}),
                tags=tags.get(run_id, {}),
                metrics=metrics.get(run_id, {}),
            )


def _pairs(con: sqlite3.Connection, table: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for run, key, value in _asked(con, f"select run_uuid, key, value from {table} order by 1, 2"):  # noqa: S608
        if isinstance(value, str):
            found.setdefault(str(run), {})[str(key)] = value
    return found


def _opened(file: Path) -> sqlite3.Connection:
    try:
        con = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)
        con.execute("pragma trusted_schema = off")
        con.execute("pragma cell_size_check = on")
        con.text_factory = lambda data: data.decode("utf-8", "replace")
        left = iter(range(_STEPS // 10_000))
        con.set_progress_handler(lambda: int(next(left, None) is None), 10_000)
    except (sqlite3.Error, ValueError) as error:
        raise Unfit(f"cannot be opened as SQLite ({error})") from error
    return con


def _must_be_mlflow(con: sqlite3.Connection) -> None:
    tables = {name for (name,) in _asked(con, "select name from sqlite_master where type = 'table'")}
    if not tables >= _TABLES:
        raise Unfit(f"is no database of MLflow: it has no table {', '.join(sorted(_TABLES - tables))}")


def _asked(con: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    try:
        return con.execute(sql).fetchmany(files.ROW_LIMIT)
    except (sqlite3.Error, OverflowError, ValueError, MemoryError) as error:
        raise Unfit(f"cannot be read as SQLite ({error})") from error


def _line(row: Any) -> int:
    return row if isinstance(row, int) and 0 <= row < 2**31 else 0


READER = Reader(source="mlflow", what="MLflow runs: mlruns/ or mlflow.db", recognises=recognises, read=read)
