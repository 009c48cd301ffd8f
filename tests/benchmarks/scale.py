"""A warehouse at full size: python -m tests.benchmarks.scale [--outcomes N] [--scores N] [--at DIR]

Writes run folders as an evaluation leaves them (through ``xtb.run.publish``), takes them in, holds the
warehouse against its rules and reads every view. Each step is a process of its own with two threads, so that
its CPU time and its peak memory stand alone; less than 4 GB of it is what a laptop must suffice with.

A run with outcomes has 1,000 cells (20 languages, clean and 49 noisy ones) of 1,000 examples; the runs beyond
these have 1,000 scores each and another source, as results that come without outcomes have.
"""

import argparse
import hashlib
import itertools
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from ingest.catalog import dimensions
from tests.support import RUN
from warehouse.check import check, check_names
from warehouse.connect import open_for_reading, open_for_writing
from warehouse.load import load_dimensions, load_runs
from warehouse.migrate import migrate
from warehouse.sql import files, quote
from xtb.run import publish

STEPS = ("load", "again", "worst", "check", "views")
LANGUAGES = (*"ar bg de el en es fr hi ja ko".split(), *"ru sw ta te th tl tr ur vi zh".split())  # noqa: SIM905
NOISES = ("char_swap", "char_delete", "char_insert", "keyboard_substitute", "typo_mix", "lowercase")
NOISES += ("word_swap", "word_delete", "ocr")
CELLS = [("clean", 0), *((noise, severity) for noise in NOISES for severity in range(1, 6))]
CELLS += [("homoglyph", severity) for severity in range(1, 5)]
EXAMPLES = 1000
REGIMES = (("direct", "none"), ("stilts", "mnli"), ("stilts", "squad_v1"), ("multilingual", "none"))
BEST = """
    select run_id, task, split, language, count(*), avg(clean), avg(worst)
    from (
        select
            run_id, task, split, language, example_id, min(correct) as worst,
            min(correct) filter (where perturbation = 'clean') as clean
        from outcome
        where perturbation not in ('word_swap', 'word_delete')
        group by all
    )
    group by all
"""
"""What somebody who knows the risks by heart would write for the view ``worst_case``."""


def write_runs(root: Path, outcomes: int, scores: int) -> None:
    """Run folders with so many outcomes and scores in all."""
    with_outcomes = outcomes // (len(LANGUAGES) * len(CELLS) * EXAMPLES)
    for number in range(max(with_outcomes, scores // (len(LANGUAGES) * len(CELLS)))):
        regime, intermediate = REGIMES[number % len(REGIMES)]
        # ids as real ones are: with a common beginning DuckDB's statistics of strings (8 bytes) tell nothing
        folder = root / hashlib.sha256(str(number).encode()).hexdigest()[:16]
        if (folder / "run.json").exists():
            continue
        folder.mkdir(parents=True)
        generator = np.random.default_rng(number)
        scored = [_language(folder, language, generator, number < with_outcomes) for language in LANGUAGES]
        publish(folder, "score", pl.concat(scored))
        record = {
            "run_id": folder.name,
            "source": "xtb" if number < with_outcomes else "elsewhere",
            "encoder": f"encoder{number // 40}",
            "regime": regime,
            "intermediate": intermediate,
            "seed": number // len(REGIMES) % 10,
        }
        stage = {
            "run_id": folder.name,
            "position": 0,
            "stage_id": folder.name,
            "role": "target",
            "task": "xnli",
        }
        stage |= {"perturbation": "clean", "severity": 0, "dev_metric": "accuracy", "dev_score": 0.8}
        publish(folder, "stage", _whole("stage", pl.DataFrame([stage])))
        (folder / "run.json").write_text(json.dumps({**RUN, **record}))


def _language(folder: Path, language: str, generator: np.random.Generator, outcomes: bool) -> pl.DataFrame:
    """Publish the outcomes of all cells of a language; their scores."""
    skill = 0.85 - 0.06 * np.array([severity for _, severity in CELLS])
    cells = pl.DataFrame(
        {
            "run_id": folder.name,
            "task": "xnli",
            "split": "test",
            "language": language,
            "perturbation": [noise for noise, _ in CELLS],
            "severity": [severity for _, severity in CELLS],
            "noise_seed": [int(severity > 0) for _, severity in CELLS],
        }
    )
    if not outcomes:
        share = generator.binomial(EXAMPLES, np.clip(skill, 0, 1)) / EXAMPLES
    else:
        right = generator.random((len(CELLS), EXAMPLES)) < skill[:, None]
        share = right.mean(axis=1)
        number = np.tile(np.arange(EXAMPLES), len(CELLS))
        noisy = np.repeat(cells["severity"].to_numpy() > 0, EXAMPLES)
        labels = np.array(["entailment", "neutral", "contradiction"])
        said = (number + np.where(right.ravel(), 0, 1 + generator.integers(0, 2, right.size))) % 3
        rows = cells[np.repeat(np.arange(len(CELLS)), EXAMPLES)].with_columns(
            example_id=pl.Series([f"xnli-test-{i:05d}" for i in range(EXAMPLES)])[number],
            correct=right.ravel().astype(float),
            prediction=pl.Series(labels)[said],
            changed=noisy,
            token_changed=noisy,
            edits=np.where(noisy, generator.integers(0, 9, right.size), 0),
            eligible=20 + number % 90,
            tokens=20 + number % 60 + noisy,
            units=1,
        )
        publish(folder, "outcome", _whole("outcome", rows))
    return _whole(
        "score",
        cells.with_columns(
            metric=pl.lit("accuracy"),
            value=share,
            n=EXAMPLES,
            unchanged=pl.when(pl.col("severity") > 0).then(0).otherwise(EXAMPLES),
        ),
    )


def _whole(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """With NULL in the columns that are not given."""
    from warehouse.rows import FACTS

    missing = [name for name in FACTS[table].columns if name not in rows.columns]
    return rows.with_columns(pl.lit(None).alias(name) for name in missing)


def step(name: str, place: Path) -> None:
    """One step in this process; prints what it took."""
    db = place / "xtb.duckdb"
    wall = time.perf_counter()
    if name in ("load", "again"):
        with open_for_writing(db) as con:
            con.execute("set threads = 2")
            migrate(con)
            load_dimensions(con, dimensions())
            report = load_runs(con, place / "runs")
        assert not report.problems, report.problems[:3]
        print(f"  {report.runs:,} runs, {report.new:,} new files, {report.rows}")
    else:
        with open_for_reading(db) as con:
            con.execute("set threads = 2")
            if name == "check":
                spent: list[tuple[float, str]] = []
                found = check(
                    con, on_check=lambda position, count, check: spent.append((time.process_time(), check))
                )
                spent.append((time.process_time(), ""))
                assert len(spent) == len(check_names()) + 1
                for (before, which), (after, _) in itertools.pairwise(spent):
                    print(f"  {which:<24} {after - before:8.2f} s CPU")
                assert not found, found
            asked = {
                "views": {view: _hashed(con, view) for view in files("views")},
                "worst": {"worst_case": _hashed(con, "worst_case"), "by hand": f"from ({BEST})"},
            }
            for what, sql in asked.get(name, {}).items():
                before, peak = time.process_time(), _peak()
                result = con.execute(sql).fetchall()
                shown = f"{result[0][0]:>12,} rows" if what in files("views") else ""
                more = f" (peak now {_peak():.2f} GB)" if _peak() > peak else ""
                print(f"  {what:<24} {time.process_time() - before:8.2f} s CPU {shown}{more}")
    print(
        f"{name}: {time.process_time():.1f} s CPU, {time.perf_counter() - wall:.1f} s wall, "
        f"peak {_peak():.2f} GB, file {db.stat().st_size / 1e6:,.0f} MB",
        flush=True,
    )


def _hashed(con: object, view: str) -> str:
    """A query that has to make every column of every row."""
    columns = [row[0] for row in con.execute(f"describe {view}").fetchall()]  # type: ignore[attr-defined]
    return f"select count(*), bit_xor(hash({', '.join(map(quote, columns))})) from {view}"


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--outcomes", type=int, default=10_000_000)
    parser.add_argument("--scores", type=int, default=500_000)
    parser.add_argument(
        "--at", type=Path, help="a folder that is kept; runs that are there are not written again"
    )
    parser.add_argument("--step", choices=STEPS)
    given = parser.parse_args()
    if given.step:
        step(given.step, given.at)
        return
    place = given.at or Path(tempfile.mkdtemp())
    try:
        write_runs(place / "runs", given.outcomes, given.scores)
        size = sum(path.stat().st_size for path in place.rglob("*.parquet"))
        print(f"{given.outcomes:,} outcomes, {given.scores:,} scores: run folders of {size / 1e6:,.0f} MB")
        for name in STEPS:
            again = [sys.executable, "-m", "tests.benchmarks.scale", "--at", str(place), "--step", name]
            subprocess.run(again, check=True)
    finally:
        if given.at is None:
            shutil.rmtree(place)


if __name__ == "__main__":
    main()
