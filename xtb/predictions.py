"""Predictions out of run folders, and predictions of any other system into one, judged as our own are.

There is one road into the warehouse: predictions of others become a run folder for each task, whose
``source`` is the system.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from ingest import catalog
from ingest.results import xtreme_predictions
from ingest.results.xtreme_predictions import PredictionFile
from ingest.source import Source
from ingest.task import Task, take
from warehouse.errors import UsageError
from warehouse.rows import CELL_KEY, RUN
from xtb import files, run, versions
from xtb.cellrows import judged, outcome_rows, score_rows
from xtb.grid import check_language
from xtb.heads import head
from xtb.run import RECORD, Run
from xtb.spec import Cell


def export(found: Run, folder: Path) -> list[Path]:
    """Write the predictions of a run's clean cells in XTREME's layout.

    Returns:
        The files.

    Raises:
        UsageError: the run has no clean cell.
    """
    outcomes = run.read_table(found.folder, "outcome").filter(pl.col("perturbation") == "clean")
    if outcomes.is_empty():
        raise UsageError(f"run {found.run_id[:8]} has no predictions on clean data; measure it: xtb eval")
    written = []
    for cell in outcomes.partition_by(CELL_KEY, maintain_order=True):
        task = catalog.task(cell["task"][0])
        path = xtreme_predictions.file_of(folder, task, cell["split"][0], cell["language"][0])
        predictions = dict(cell.select("example_id", "prediction").iter_rows())
        xtreme_predictions.write(path, task, predictions)
        written.append(path)
    return sorted(written)


def judge(folder: Path, system: str, source: Source, runs: Path, *, limit: int | None = None) -> list[Path]:
    """Judge the predictions of a system, and write a run folder for each task.

    Args:
        folder: predictions in XTREME's layout.
        system: whose they are; ``source`` and ``encoder`` of the runs.
        source: benchmark data with the gold.
        runs: folder of run folders.
        limit: examples of a cell that were predicted (``ingest.task.take``), None for all.

    Returns:
        The run folders.

    Raises:
        IngestError: a file holds other predictions than there are examples, or the gold is missing.
    """
    if system == "xtb":
        raise UsageError("'xtb' names our own runs; give --system another name")
    by_task: dict[str, list[PredictionFile]] = {}
    for file in xtreme_predictions.find(folder):
        by_task.setdefault(file.task, []).append(file)
    return [_judge(name, given, system, source, runs, limit) for name, given in by_task.items()]


def _judge(
    name: str, given: Sequence[PredictionFile], system: str, source: Source, runs: Path, limit: int | None
) -> Path:
    task = catalog.task(name).on(source)
    run_id = _identity(system, name, source, given)
    outcomes, scores = [], []
    for file in given:
        if file.split not in task.splits:
            raise UsageError(f"{file.path}: '{name}' has no split '{file.split}'")
        check_language(task, file.split, file.language)
        cell = Cell(task=name, split=file.split, language=file.language)
        frame = _outcomes(task, file, source, limit)
        outcomes.append(outcome_rows(run_id, cell, frame))
        scores.append(score_rows(run_id, cell, task.metrics, frame))
    target = runs / run_id
    facts = {"limit": json.dumps(limit)}
    run.publish(target, "outcome", pl.concat(outcomes), facts)
    run.publish(target, "score", pl.concat(scores), facts)
    _write_record(target, run_id, name, system, source)
    return target


def _outcomes(task: Task, file: PredictionFile, source: Source, limit: int | None) -> pl.DataFrame:
    examples = take(task.read(source, file.split, file.language), limit)
    predictions = xtreme_predictions.read(file.path, task, [example.id for example in examples])
    found = head(task.kind).judged(examples, predictions, task, file.language)
    nothing = {name: pl.lit(None) for name in ("token_changed", "edits", "eligible", "tokens")}
    return judged(examples, found).with_columns(changed=pl.lit(False), **nothing)


def _identity(system: str, task: str, source: Source, given: Sequence[PredictionFile]) -> str:
    whole = hashlib.sha256(json.dumps([system, task, source.name]).encode())
    for file in given:
        whole.update(f"{file.path.name}\0".encode() + hashlib.sha256(file.path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def _write_record(folder: Path, run_id: str, task: str, system: str, source: Source) -> None:
    known = {
        "run_id": run_id,
        "source": system,
        "encoder": system,
        "regime": "external",
        "intermediate": "none",
        "intermediate_language": "none",
        "robust": "none",
        "robust_stage": "none",
        "target": task,
        "seed": 0,
        "code_version": versions.code_version(),
        "data_source": source.name,
        "config": json.dumps({"format": "xtreme predictions"}),
        "versions": versions.environment_json(),
        "status": "trained",
    }
    record = {name: known.get(name) for name in RUN.columns}
    files.write_file(folder / RECORD, json.dumps(record, indent=1).encode())
