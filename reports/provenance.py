"""What made the numbers of a report: encoders, data, code, software, configurations, files."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import polars as pl

OWN = ("xtb-warehouse", "polars", "duckdb", "numpy", "scipy", "altair", "vl-convert-python")


def provenance(runs: pl.DataFrame, coverage: pl.DataFrame | None = None) -> dict[str, Any]:
    """Facts about a question's runs; the same runs give the same facts.

    Args:
        runs: rows of ``queries/runs.sql``.
        coverage: rows of ``queries/coverage.sql``, for the benchmarks to cite.

    Returns:
        ``encoders`` (name -> fingerprint), ``data_sources``, ``code_versions``, ``devices``,
        ``training_software`` (package -> versions met), ``report_software``, ``newest`` (start of the
        newest run, ISO 8601), ``shards`` (count), ``shards_sha256`` (over all files of all runs),
        ``citations`` (of the benchmarks measured), ``configurations`` (one for each regime, target and
        intermediate task that differs but for the seed).
    """
    encoders = runs.select("encoder", "encoder_fingerprint").unique().sort("encoder")
    hashes = "\n".join(sorted(runs["shards_sha256"].drop_nulls().to_list()))
    newest = runs["started_at"].max()
    return {
        "encoders": dict(encoders.iter_rows()),
        "data_sources": _distinct(runs, "data_source"),
        "code_versions": _distinct(runs, "code_version"),
        "devices": _distinct(runs, "device"),
        "training_software": _versions(runs["versions"].drop_nulls().to_list()),
        "report_software": _own(),
        "newest": newest.isoformat(timespec="seconds") if isinstance(newest, datetime) else None,
        "shards": int(runs["shards"].sum()),
        "shards_sha256": hashlib.sha256(hashes.encode()).hexdigest() if hashes else None,
        "citations": _distinct(coverage, "citation") if coverage is not None else [],
        "configurations": configurations(runs),
    }


def configurations(runs: pl.DataFrame) -> list[dict[str, Any]]:
    """The distinct run specifications, seeds apart, with the seeds each was run with.

    Returns:
        ``regime, target, intermediate, seeds`` and ``stages`` (as in the run's configuration).
    """
    found: dict[str, dict[str, Any]] = {}
    for row in runs.sort("regime", "target", "intermediate", "seed", "run_id").iter_rows(named=True):
        stages = _config(row["config"]).get("stages", [])
        label = {key: row[key] for key in ("regime", "target", "intermediate", "encoder")}
        entry = found.setdefault(
            json.dumps([label, stages], sort_keys=True), {**label, "seeds": [], "stages": stages}
        )
        entry["seeds"].append(row["seed"])
    return list(found.values())


def unlike_target_stages(runs: pl.DataFrame) -> list[str]:
    """Targets whose last stage was trained with different settings in the runs given, noise apart."""
    seen: dict[str, set[str]] = {}
    for row in runs.iter_rows(named=True):
        stages = [
            stage for stage in _config(row["config"]).get("stages", []) if stage.get("role") == "target"
        ]
        plain = [{k: v for k, v in s.items() if k not in NOISE} for s in stages]
        if plain:
            key = f"{row['target']}|{row['encoder_fingerprint']}|{row['data_source']}"
            seen.setdefault(key, set()).add(json.dumps(plain, sort_keys=True))
    return sorted({key.split("|")[0] for key, ways in seen.items() if len(ways) > 1})


NOISE = ("robust", "perturbation", "severity", "noise_rate", "languages")


def _config(text: str | None) -> Mapping[str, Any]:
    try:
        value = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _distinct(runs: pl.DataFrame, column: str) -> list[str]:
    return sorted(runs[column].drop_nulls().unique().to_list())


def _versions(texts: list[str]) -> dict[str, str]:
    """Each package with every version met."""
    met: dict[str, set[str]] = {}
    for text in texts:
        for package, number in _config(text).items():
            met.setdefault(str(package), set()).add(str(number))
    return {package: ", ".join(sorted(met[package])) for package in sorted(met)}


def _own() -> dict[str, str]:
    found = {}
    for package in OWN:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
