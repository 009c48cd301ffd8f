"""Runs in the schema of Every Eval Ever 0.3: a document each, and its outcomes as instance-level lines.

Files lie as in its datastore, ``data/<target>/<developer>/<model>/<uuid>.json`` with
``<uuid>_samples.jsonl``, which is where ``every_eval_ever validate`` asks for them. The same run gives the
same files. What the schema has no field for (regime, seed, perturbation, ...) stands among
``additional_details``, from where ``ingest.results.every_eval_ever`` reads it again.

The warehouse holds no texts of benchmarks, so the input of a line is empty and says so; lines are of metrics
that are means over examples.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.connect import Connection, Sandbox
from warehouse.query import query, rows
from warehouse.rows import CELL_KEY, METRICS
from xtb.exports.chosen import hub, scores
from xtb.files import write_file

SCHEMA = "0.3.0"
_RUN = (
    "run_id",
    "regime",
    "intermediate",
    "intermediate_language",
    "robust",
    "robust_stage",
    "target",
    "seed",
)
_COLUMN = {"mean_correct": "correct", "mean_exact": "exact"}
_Row = Mapping[str, Any]


def export(con: Connection | Sandbox, runs: pl.DataFrame, folder: Path, organization: str) -> list[Path]:
    """Write the documents of some runs.

    Args:
        con: the warehouse.
        runs: rows of ``run``.
        folder: where to; ``data`` is made in it.
        organization: who provides the results.

    Returns:
        The documents; a run without any score has none.
    """
    written = []
    for run in runs.iter_rows(named=True):
        if (path := _write(con, run, folder, organization)) is not None:
            written.append(path)
    return written


def _write(con: Connection | Sandbox, run: _Row, folder: Path, organization: str) -> Path | None:
    measured = scores(con, run["run_id"])
    if measured.is_empty():
        return None
    developer, model = _named(run)
    place = folder / "data" / _part(str(run["target"])) / _part(developer) / _part(model)
    digest = hashlib.sha256(str(run["run_id"]).encode()).digest()
    name = uuid.UUID(bytes=digest[:16], version=4)
    document = _document(con, run, measured, organization)
    samples = place / f"{name}_samples.jsonl"
    lines = "".join(_lines(con, run, document, measured)).encode()
    if lines:
        write_file(samples, lines)
        document["detailed_evaluation_results"] = {
            "format": "jsonl",
            "file_path": samples.relative_to(folder).as_posix(),
            "hash_algorithm": "sha256",
            "checksum": hashlib.sha256(lines).hexdigest(),
            "total_rows": lines.count(b"\n"),
        }
    path = place / f"{name}.json"
    write_file(path, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def _document(
    con: Connection | Sandbox, run: _Row, measured: pl.DataFrame, organization: str
) -> dict[str, Any]:
    own = run["source"] == "xtb"
    published = str(run["source"]).startswith("published")
    taken_in = query(
        con, "select epoch(min(loaded_at)) as at from shard where run_id = $run_id", {"run_id": run["run_id"]}
    )
    at = str(int(taken_in["at"][0] or 0))
    details = {name: str(run[name]) for name in _RUN if run[name] is not None}
    document: dict[str, Any] = {
        "schema_version": SCHEMA,
        "evaluation_id": f"{run['target']}/{run['encoder']}/{run['run_id']}/{at}",
        "retrieved_timestamp": at,
        "source_metadata": {
            "source_name": str(run["source"]),
            "source_type": "documentation" if published else "evaluation_run",
            "source_organization_name": organization,
            "evaluator_relationship": "other",
        },
        "eval_library": {
            "name": "xtb" if own else str(run["source"]),
            "version": str(run["code_version"] or "unknown"),
        },
        "model_info": {
            "name": str(run["encoder"]),
            "id": str(run["encoder"]),
            "developer": _named(run)[0],
            "additional_details": {
                "deployment_type": "self_deployed" if own else "unknown",
                "model_availability": "unknown",
                **details,
            },
        },
        "evaluation_results": [_result(row) for row in measured.iter_rows(named=True)],
    }
    if run["started_at"] is not None:
        document["evaluation_timestamp"] = run["started_at"].isoformat()
    return document


def _result(row: _Row) -> dict[str, Any]:
    place = hub(row["task"], row["split"])
    source: dict[str, Any] = {"dataset_name": row["task"], "source_type": "other"}
    if place is not None:
        source |= {"source_type": "hf_dataset", "hf_repo": place.repo, "hf_split": row["split"]}
        source |= {} if row["n"] is None else {"samples_number": row["n"]}
    return {
        "evaluation_result_id": _result_id(row),
        "evaluation_name": _evaluation(row),
        "source_data": {**source, "additional_details": {name: str(row[name]) for name in CELL_KEY}},
        "metric_config": {
            "metric_id": row["metric"],
            "metric_name": row["metric"],
            "metric_unit": "proportion",
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0.0,
            "max_score": 1.0,
        },
        "score_details": {
            "score": row["value"],
            **({} if row["n"] is None else {"uncertainty": {"num_samples": row["n"]}}),
        },
    }


def _lines(
    con: Connection | Sandbox, run: _Row, document: Mapping[str, Any], measured: pl.DataFrame
) -> Iterator[str]:
    """The outcomes under every metric that they are the terms of."""
    metrics: dict[tuple[Any, ...], list[_Row]] = {}
    for row in measured.iter_rows(named=True):
        if METRICS[row["metric"]] in _COLUMN:
            metrics.setdefault(tuple(row[name] for name in CELL_KEY), []).append(row)
    outcomes = rows(
        con,
        """
        select
            task, split, language, perturbation, severity, noise_seed,
            example_id, prediction, correct, exact
        from outcome where run_id = $run_id order by all
        """,
        {"run_id": run["run_id"]},
    )
    for batch in outcomes.batches:
        for *cell, example, prediction, correct, exact in batch:
            for measured_as in metrics.get(tuple(cell), ()):
                column = _COLUMN[METRICS[measured_as["metric"]]]
                term = correct if column == "correct" else exact
                if term is not None:
                    line = _line(run, document, measured_as, example, prediction, term)
                    yield json.dumps(line, ensure_ascii=False) + "\n"


def _line(
    run: _Row, document: Mapping[str, Any], row: _Row, example: str, prediction: str | None, term: float
) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA,
        "evaluation_id": document["evaluation_id"],
        "model_id": str(run["encoder"]),
        "evaluation_name": _evaluation(row),
        "evaluation_result_id": _result_id(row),
        "sample_id": example,
        "interaction_type": "single_turn",
        "input": {"raw": "", "reference": []},
        "output": {"raw": [] if prediction is None else [prediction]},
        "answer_attribution": [],
        "evaluation": {"score": term, "is_correct": term == 1.0},
        "metadata": {"input": "not stored; see source_data and sample_id"},
    }


def _evaluation(row: _Row) -> str:
    name = f"{row['task']}_{row['language']}"
    if row["perturbation"] == "clean":
        return name
    return f"{name} {row['perturbation']} {row['severity']} seed {row['noise_seed']}"


def _result_id(row: _Row) -> str:
    return "/".join(str(row[name]) for name in (*CELL_KEY, "metric"))


def _named(run: _Row) -> tuple[str, str]:
    """Developer and model, as the hub's ids have them."""
    developer, _, model = str(run["encoder"]).rpartition("/")
    return developer or "unknown", model


def _part(name: str) -> str:
    """A name as one part of a path.

    >>> _part("../../etc"), _part(".."), _part("xlm-r base")
    ('_.._etc', '_', 'xlm-r_base')
    """
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[:100]
    return safe or "_"
