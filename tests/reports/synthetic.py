"""Warehouses with a known truth, built from the row formats alone."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from reports.answer import Data
from reports.frames import coded
from warehouse.connect import Connection, open_for_writing, open_in_memory
from warehouse.dimensions import ENCODER, LANGUAGE, METRIC, PERTURBATION, PERTURBATION_LEVEL, TASK
from warehouse.load import load_dimensions
from warehouse.migrate import migrate
from warehouse.rows import METRICS, RUN, SCORE, STAGE
from warehouse.table import Table

LANGUAGES = {
    "en": ("English", "Latn", 0.0, 300.8),
    "de": ("German", "Latn", 0.42, 66.6),
    "sw": ("Swahili", "Latn", 0.61, 1.6),
    "ru": ("Russian", "Cyrl", 0.49, 278.0),
    "hi": ("Hindi", "Deva", 0.59, 20.2),
    "ar": ("Arabic", "Arab", 0.57, 28.0),
    "zh": ("Chinese", "Hans", 0.55, 63.5),
    "th": ("Thai", "Thai", 0.53, 71.7),
    "el": ("Greek", "Grek", 0.45, 46.9),
}
CITATION = "Author, A. (2020). A benchmark. Proceedings."
COSTS = {"typo_mix": 0.12, "char_swap": 0.08, "diacritic_strip": 0.04, "uppercase": 0.06}


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is planted, in shares of 1.

    ``gain``: how much less each regime loses under noise than direct, mean over levels and perturbations.
    ``lift``: how much higher its clean score is. ``unsolved``: difficulty of intermediate tasks;
    ``slope``: gain per unit of it.
    """

    regimes: Sequence[str] = ("direct", "stilts")
    gain: dict[str, float] = field(default_factory=dict)
    lift: dict[str, float] = field(default_factory=dict)
    languages: Sequence[str] = tuple(LANGUAGES)
    tasks: Sequence[str] = ("task_a", "task_b", "task_c")
    perturbations: Sequence[str] = ("typo_mix", "char_swap", "diacritic_strip")
    severities: Sequence[int] = (1, 3, 5)
    seeds: int = 3
    intermediates: Sequence[str] = ("task_i",)
    unsolved: dict[str, float] = field(default_factory=dict)
    slope: float = 0.0
    run_sd: float = 0.01
    fragility_sd: float = 0.005
    slope_sd: float = 0.005
    n: int = 1000
    synthetic: bool = False
    control: bool = False
    text: str = ""
    seed: int = 1


@contextmanager
def warehouse(truth: Truth, path: Path | None = None) -> Iterator[Connection]:
    """A migrated warehouse that holds the truth's runs and scores."""
    with open_for_writing(path) if path else open_in_memory() as con:
        migrate(con)
        fill(con, truth)
        yield con


def fill(con: Connection, truth: Truth) -> None:
    """Put dimensions, runs, stages and scores in."""
    load_dimensions(con, _dimensions(truth))
    runs, stages, scores = facts(truth)
    for table, rows in ((RUN, runs), (STAGE, stages), (SCORE, scores)):
        insert(con, table, rows)


def insert(con: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    """Rows of a table as they are, missing columns null."""
    frame = pl.DataFrame([{**dict.fromkeys(table.columns), **row} for row in rows], schema=table.schema)
    con.register("incoming", frame)
    con.execute(f"insert into {table.name} by name select * from incoming")
    con.unregister("incoming")


def facts(truth: Truth) -> tuple[list[dict[str, object]], list[dict[str, object]], list[dict[str, object]]]:
    """Rows of runs, stages and scores."""
    rng = np.random.default_rng(truth.seed)
    level = {task: 0.62 + 0.08 * i for i, task in enumerate(truth.tasks)}
    tongue = {code: rng.normal(0, 0.03) for code in truth.languages}
    dear = {code: np.exp(rng.normal(0, 0.2)) for code in truth.languages}
    slope = {(r, code): rng.normal(0, truth.slope_sd) for r in truth.regimes for code in truth.languages}
    runs: list[dict[str, object]] = []
    stages: list[dict[str, object]] = []
    scores: list[dict[str, object]] = []
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    mean_level = float(np.mean(truth.severities))
    for regime, task, intermediate, tongue_of, seed in _planned(truth):
        run_id = f"{regime}-{intermediate}-{task}-{seed}".replace(" ", "_")
        if tongue_of not in ("none", "en"):
            run_id += f"-{tongue_of}"
        begun = start + timedelta(hours=len(runs))
        runs.append(_run(run_id, regime, task, intermediate, tongue_of, seed, begun, truth))
        stages += _stages(run_id, regime, task, intermediate, seed, truth)
        lift = truth.lift.get(regime, 0.0) + rng.normal(0, truth.run_sd)
        hard = truth.unsolved.get(intermediate, 0.5) - 0.5
        frail = rng.normal(0, truth.fragility_sd) - truth.gain.get(regime, 0.0) - truth.slope * hard
        for code in truth.languages:
            clean = level[task] + tongue[code] + lift + slope[regime, code]
            scores.append(_score(run_id, task, code, "clean", 0, clean, truth, rng))
            for name in truth.perturbations:
                for severity in truth.severities:
                    cost = (COSTS[name] * dear[code] + frail) * severity / mean_level
                    value = clean - cost + slope[regime, code]
                    scores.append(_score(run_id, task, code, name, severity, value, truth, rng))
            if truth.control:
                twin = next(s for s in reversed(scores) if s["perturbation"] == "clean")
                scores.append({**twin, "perturbation": "unicode_nfd", "severity": 1})
    return runs, stages, scores


def _planned(truth: Truth) -> Iterator[tuple[str, str, str, str, int]]:
    """Regime, target, intermediate task, its language and seed of every run."""
    for regime in truth.regimes:
        plain = regime in ("direct", "multilingual")
        own = truth.languages[1:] if regime == "stilts_native" else ("none" if plain else "en",)
        for task in truth.tasks:
            for intermediate in ("none",) if plain else truth.intermediates:
                for language in own:
                    for seed in range(1, truth.seeds + 1):
                        yield regime, task, intermediate, language, seed


def _run(
    run_id: str,
    regime: str,
    task: str,
    intermediate: str,
    language: str,
    seed: int,
    start: datetime,
    truth: Truth,
) -> dict[str, object]:
    noisy = regime == "noisy stilts"
    stage = {"role": "target", "task": task, "learning_rate": 2e-5, "epochs": 3.0, "batch_tokens": 4096}
    return {
        "run_id": run_id,
        "source": "xtb",
        "encoder": "tiny" + truth.text,
        "encoder_fingerprint": "f" * 64,
        "regime": "stilts" if noisy else regime,
        "intermediate": intermediate,
        "intermediate_language": language,
        "robust": "augment" if noisy else "none",
        "robust_stage": "intermediate" if noisy else "none",
        "target": task,
        "seed": seed,
        "code_version": "0.1.0+abc",
        "data_source": "mini",
        "config": json.dumps({"seed": seed, "stages": [stage]}),
        "versions": json.dumps({"python": "3.11.7", "torch": "2.13.0"}),
        "status": "trained",
        "started_at": start,
        "seconds": 60.0 + seed,
        "device": "cpu",
    }


def _stages(
    run_id: str, regime: str, task: str, intermediate: str, seed: int, truth: Truth
) -> list[dict[str, object]]:
    common = {"run_id": run_id, "languages": "en", "perturbation": "clean", "severity": 0, "robust": "none"}
    target = {
        **common,
        "stage_id": run_id,
        "role": "target",
        "task": task,
        "train_examples": 1000,
        "steps": 100,
    }
    if intermediate == "none":
        return [{**target, "position": 0}]
    first = {**common, "position": 0, "stage_id": f"{regime}-{intermediate}-{seed}", "role": "intermediate"}
    if intermediate in truth.unsolved:
        left = truth.unsolved[intermediate]
        first |= {"dev_score": 1 - left * 0.67, "dev_chance": 0.33, "train_loss": left}
    return [{**first, "task": intermediate}, {**target, "position": 1}]


def _score(
    run_id: str,
    task: str,
    language: str,
    perturbation: str,
    severity: int,
    value: float,
    truth: Truth,
    rng: np.random.Generator,
) -> dict[str, object]:
    share = float(np.clip(value, 0.01, 0.99))
    noisy = float(np.clip(share + rng.normal(0, np.sqrt(share * (1 - share) / truth.n)), 0, 1))
    return {
        "run_id": run_id,
        "task": task,
        "split": "test",
        "language": language,
        "perturbation": perturbation,
        "severity": severity,
        "noise_seed": 0,
        "metric": "accuracy",
        "value": noisy,
        "n": truth.n,
        "unchanged": truth.n if perturbation == "clean" else truth.n // 10,
    }


def _dimensions(truth: Truth) -> dict[str, pl.DataFrame]:
    def frame(table: Table, rows: list[dict[str, object]]) -> pl.DataFrame:
        return pl.DataFrame([{**dict.fromkeys(table.columns), **row} for row in rows], schema=table.schema)

    tasks = [*truth.tasks, *truth.intermediates]
    rates = {0: 0.0, 1: 0.02, 2: 0.05, 3: 0.1, 4: 0.2, 5: 0.3}
    return {
        "task": frame(
            TASK,
            [
                {
                    "task": task,
                    "kind": "pair",
                    "metric": "accuracy",
                    "chance": 0.33,
                    "trained_on": task,
                    "overlap": "",
                    "synthetic": truth.synthetic,
                    "citation": CITATION,
                }
                for task in tasks
            ],
        ),
        "language": frame(
            LANGUAGE,
            [
                {
                    "code": code,
                    "name": name + truth.text,
                    "script": script,
                    "syntax_distance_en": distance,
                    "cc100_gib": gib,
                }
                for code, (name, script, distance, gib) in LANGUAGES.items()
            ],
        ),
        "perturbation": frame(
            PERTURBATION,
            [
                {"perturbation": "clean", "risk": "none", "control": False},
                *({"perturbation": name, "risk": "low", "control": False} for name in COSTS),
                {"perturbation": "unicode_nfd", "risk": "none", "control": True},
            ],
        ),
        "perturbation_level": frame(
            PERTURBATION_LEVEL,
            [{"perturbation": name, "severity": s, "rate": rates[s]} for name in COSTS for s in range(1, 6)],
        ),
        "encoder": frame(ENCODER, [{"encoder": "tiny" + truth.text, "encoder_fingerprint": "f" * 64}]),
        "metric": frame(METRIC, [{"metric": name, "aggregate": how} for name, how in METRICS.items()]),
    }


def data(truth: Truth) -> Data:
    """What a question would read from the truth's warehouse, made without one."""
    run_rows, stage_rows, score_rows = facts(truth)
    runs = pl.DataFrame([{**dict.fromkeys(RUN.columns), **row} for row in run_rows], schema=RUN.schema)
    scores = pl.DataFrame(score_rows)
    clean = scores.filter(pl.col("perturbation") == "clean")
    twins = clean.select("run_id", "task", "language", pl.col("value").alias("clean"))
    first = [(row["run_id"], row["stage_id"]) for row in stage_rows if row["role"] == "intermediate"]
    shared = pl.DataFrame(first, schema={"run_id": pl.String, "stage_id": pl.String}, orient="row")
    tongues = pl.DataFrame(
        [(c, n + truth.text, *rest) for c, (n, *rest) in LANGUAGES.items()],
        schema=["language", "name", "script", "distance", "pretraining_gib"],
        orient="row",
    )
    regime = pl.when(pl.col("robust") == "none").then("regime").otherwise(pl.lit("noisy stilts"))
    described = runs.with_columns(regime=regime).join(shared, on="run_id", how="left")
    cells = (
        scores.filter(pl.col("perturbation") != "clean")
        .join(twins, on=["run_id", "task", "language"])
        .join(described.drop("target"), on="run_id")
        .join(tongues, on="language")
        .with_columns(
            checkpoint=pl.coalesce("stage_id", "run_id"),
            overlapping=pl.lit(False),
            chance=pl.lit(0.33),
            synthetic=pl.lit(truth.synthetic),
            control=pl.col("perturbation") == "unicode_nfd",
        )
        .select(CELLS)
        .sort("task", "language", "perturbation", "severity", "regime", "run_id")
    )
    coverage = (
        scores.join(described.select("run_id", "regime"), on="run_id")
        .group_by("regime", "task", "language")
        .agg(pl.col("run_id").n_unique().alias("runs"), pl.len().alias("scores"), pl.len().alias("expected"))
        .with_columns(citation=pl.lit(CITATION))
        .sort("regime", "task", "language")
    )
    listed = described.with_columns(shards=pl.lit(0), shards_sha256=pl.lit(None, pl.String)).drop("stage_id")
    sql = dict.fromkeys(("cells", "coverage", "runs"), "")
    return Data(cells=coded(cells), coverage=coverage, runs=listed, sql=sql)


CELLS = (
    "regime",
    "run_id",
    "seed",
    "encoder",
    "encoder_fingerprint",
    "data_source",
    "intermediate",
    "checkpoint",
    "overlapping",
    "task",
    "metric",
    "chance",
    "synthetic",
    "language",
    "name",
    "script",
    "distance",
    "pretraining_gib",
    "perturbation",
    "control",
    "severity",
    "value",
    "clean",
    "n",
    "unchanged",
)

NOISELESS = Truth(run_sd=0.0, fragility_sd=0.0, slope_sd=0.0, n=1_000_000)
"""No difference between regimes and hardly any noise: what is planted is what is there."""


def varied(truth: Truth, **fields: Any) -> Truth:
    """The truth with other values in some fields."""
    return replace(truth, **fields)


def changed(found: Data, **frames: pl.DataFrame) -> Data:
    """The data with other frames."""
    return replace(found, **frames)
