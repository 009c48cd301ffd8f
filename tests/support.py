"""Synthetic run folders for tests of what comes after training: small, consistent, without any model."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.rows import ATTACK_KEY, FACTS, METRICS

RUN: dict[str, Any] = {
    "run_id": "r1",
    "source": "xtb",
    "encoder": "mini",
    "encoder_fingerprint": "f0",
    "regime": "direct",
    "intermediate": "none",
    "intermediate_language": "none",
    "robust": "none",
    "robust_stage": "none",
    "target": "xnli",
    "seed": 1,
    "code_version": "0.1.0",
    "data_source": "mini",
    "config": "{}",
    "versions": '{"python": "3.11"}',
    "status": "trained",
    "error": None,
    "started_at": datetime(2026, 1, 1, tzinfo=UTC).isoformat(),
    "seconds": 10.0,
    "device": "cpu",
}
"""The fields of ``run.json`` where a test does not say otherwise."""


def write_run_folder(
    root: Path,
    run_id: str = "r1",
    *,
    task: str = "xnli",
    languages: Sequence[str] = ("en", "de"),
    perturbations: Mapping[str, Sequence[int]] = {"typo_mix": (1, 3)},
    examples: int = 4,
    correct: Any = None,
    stages: Sequence[Mapping[str, Any]] | None = None,
    shards: int = 1,
    **run: Any,
) -> Path:
    """Write the folder of a run that was trained and evaluated on every cell.

    Args:
        root: folder of run folders.
        run_id: also the folder's name.
        task, languages: evaluated on split ``test``.
        perturbations: name -> severities, beside the clean cell.
        examples: examples a cell.
        correct: (language, perturbation, severity, example number) -> float; stable noise when None.
        stages: columns of ``stage`` by stage; a single target stage when None.
        shards: number of score and outcome shards the cells are spread over.
        run: columns of ``run.json``.
    """
    folder = root / run_id
    cells = [
        (language, perturbation, severity)
        for language in languages
        for perturbation, severities in {"clean": (0,), **perturbations}.items()
        for severity in severities
    ]
    score_of = correct or _noise
    for part in range(shards):
        outcomes = [
            outcome_row(run_id, task, *cell, number, float(score_of(*cell, number)))
            for cell in cells[part::shards]
            for number in range(examples)
        ]
        write_shard(folder, "outcome", outcomes)
        write_shard(folder, "score", scores_of(outcomes))
    given = stages if stages is not None else [{"role": "target", "task": task}]
    write_shard(folder, "stage", [stage_row(run_id, position, **one) for position, one in enumerate(given)])
    write_shard(
        folder, "training_log", [{"run_id": run_id, "position": 0, "step": s, "loss": 1.0} for s in (10, 20)]
    )
    write_record(folder, run_id=run_id, target=task, **run)
    return folder


def write_record(folder: Path, **run: Any) -> Path:
    """Write ``run.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "run.json"
    path.write_text(json.dumps({**RUN, **run}))
    return path


def write_shard(folder: Path, table: str, rows: Sequence[Mapping[str, Any]] | pl.DataFrame) -> Path:
    """Write one shard under the name its content gives it."""
    schema = FACTS[table].schema
    if not isinstance(rows, pl.DataFrame):
        rows = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    buffer = io.BytesIO()
    rows.write_parquet(buffer, compression="zstd")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}-{hashlib.sha256(buffer.getvalue()).hexdigest()}.parquet"
    path.write_bytes(buffer.getvalue())
    return path


def attack_row(run_id: str, **more: Any) -> dict[str, Any]:
    """A finished attack of one example that fooled the run."""
    key = {"run_id": run_id, "task": "xnli", "split": "test", "language": "de", "victim_run_id": run_id}
    key |= {"attack": "greedy_char", "settings": "max_edit_rate=0.1", "seed": 0, "budget": 500}
    return {**key, "n": 1, "clean_right": 1, "fooled": 1, "verified": 1, "error": None, **more}


def attack_outcome_row(run_id: str, example: str, *, right: bool = True, **more: Any) -> dict[str, Any]:
    """One example of such an attack: right on the clean text, and fooled after ``queries`` where given."""
    fooled = "queries" in more
    return {
        **{name: value for name, value in attack_row(run_id).items() if name in ATTACK_KEY},
        "example_id": example,
        "clean_right": right,
        "fooled": fooled,
        "verified": True if fooled else None,
        "clean_correct": float(right),
        "queries": 500 if right else 0,
        "original": '{"first": "a"}' if right else None,
        "adversarial": '{"first": "b"}' if right else None,
        **more,
    }


def stage_row(run_id: str, position: int, **columns: Any) -> dict[str, Any]:
    """A stage; English, clean, 100 examples, where a test does not say otherwise."""
    return {
        "run_id": run_id,
        "position": position,
        "stage_id": f"{run_id}-{position}",
        "role": "target",
        "task": "xnli",
        "languages": "en",
        "perturbation": "clean",
        "severity": 0,
        "robust": "none",
        "train_examples": 100,
        "steps": 10,
        "learning_rate": 1e-3,
        "batch_tokens": 512,
        "dev_metric": "accuracy",
        "dev_score": 0.8,
        "dev_chance": 1 / 3,
        "seconds": 5.0,
        **columns,
    }


def outcome_row(
    run_id: str, task: str, language: str, perturbation: str, severity: int, number: int, correct: float
) -> dict[str, Any]:
    """One example of split ``test``; every second one is changed by a perturbation."""
    noisy = perturbation != "clean"
    return {
        "run_id": run_id,
        "task": task,
        "split": "test",
        "language": language,
        "perturbation": perturbation,
        "severity": severity,
        "noise_seed": 1 if noisy else 0,
        "example_id": f"{task}-{number:04d}",
        "correct": correct,
        "prediction": "entailment" if correct > 0.5 else "neutral",
        "changed": noisy and number % 2 == 0,
        "token_changed": noisy and number % 2 == 0,
        "edits": 1 if noisy else 0,
        "eligible": 10,
        "tokens": 20,
        "units": 1,
    }


def scores_of(outcomes: Sequence[Mapping[str, Any]], metric: str = "accuracy") -> list[dict[str, Any]]:
    """One score a cell, the mean of ``correct``."""
    assert METRICS[metric] == "mean_correct"
    cells: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    names = ("run_id", "task", "split", "language", "perturbation", "severity", "noise_seed")
    for row in outcomes:
        cells.setdefault(tuple(row[name] for name in names), []).append(row)
    return [
        {
            **dict(zip(names, cell, strict=True)),
            "metric": metric,
            "value": sum(row["correct"] for row in rows) / len(rows),
            "n": len(rows),
            "unchanged": sum(not row["changed"] for row in rows),
        }
        for cell, rows in cells.items()
    ]


def dimensions() -> dict[str, pl.DataFrame]:
    """Rows of the dimension tables that the folders above refer to."""
    return {
        "task": pl.DataFrame(
            {
                "task": ["xnli", "mnli"],
                "kind": "pair",
                "metric": "accuracy",
                "chance": [1 / 3, 1 / 3],
                "trained_on": "mnli",
                "overlap": "mnli",
                "synthetic": False,
                "licence": "",
                "citation": "",
            }
        ),
        "language": _frame(
            "language",
            [{"code": code, "name": code, "synthetic": False} for code in ("en", "de", "sw", "zh")],
        ),
        "perturbation": _frame(
            "perturbation",
            [
                {"perturbation": "clean", "risk": "none", "control": False},
                {"perturbation": "typo_mix", "risk": "low", "control": False},
                {"perturbation": "word_swap", "risk": "medium", "control": False},
                {"perturbation": "unicode_nfd", "risk": "none", "control": True},
            ],
        ),
        "perturbation_level": _frame(
            "perturbation_level",
            [{"perturbation": "clean", "severity": 0, "rate": 0.0}]
            + [
                {"perturbation": name, "severity": severity, "rate": severity / 10}
                for name in ("typo_mix", "word_swap", "unicode_nfd")
                for severity in range(1, 6)
            ],
        ),
    }


def _frame(table: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    from warehouse.dimensions import DIMENSIONS

    schema = DIMENSIONS[table].schema
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _noise(language: str, perturbation: str, severity: int, number: int) -> float:
    digest = hashlib.sha256(f"{language}/{perturbation}/{severity}/{number}".encode()).digest()
    return float(digest[0] < 256 * (0.9 - 0.1 * severity))


def tables(con: Any) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, sorted, but for when they were taken in."""
    names = [*FACTS, "run", "encoder", "shard"]
    columns = {
        "shard": "sha256, run_id, table_name, rows",
        "run": "columns(* exclude started_at), epoch_us(started_at)",
    }
    return {
        name: con.execute(f"select {columns.get(name, '*')} from {name} order by all").fetchall()
        for name in names
    }


def break_file(path: Path) -> None:
    """Turn one byte in the middle of a file, keeping its name."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
