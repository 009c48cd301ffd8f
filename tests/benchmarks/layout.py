"""Ways to keep outcomes, side by side: python -m tests.benchmarks.layout [--runs 10] [--at DIR]

Each way holds the same million outcomes a run, written as an evaluation leaves them, in a file of its own,
and is asked the same four questions. CPU seconds of the second of two tries, with two threads; MB on disk.
What was found, and what follows, stands in docs/warehouse_layout.md.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from tests.benchmarks.scale import BEST, write_runs
from warehouse.connect import Connection, open_for_writing
from warehouse.shard import reader

ENUMS = ("run_id", "task", "split", "language", "perturbation", "prediction")
QUESTIONS = {
    "means": "select language, perturbation, avg(correct) from {outcome} group by all",
    "worst case": f"select count(*), avg(worst) from ({BEST}) as found (a, b, c, d, n, clean, worst)",
    "two runs": """
        select perturbation, avg(one.correct - two.correct)
        from {outcome} as one
        inner join {outcome} as two
            using (task, split, language, perturbation, severity, noise_seed, example_id)
        where one.run_id = (select min(run_id) from {outcome})
            and two.run_id = (select max(run_id) from {outcome})
        group by all
    """,
    "one cell": """
        select avg(correct) from {outcome}
        where run_id = (select max(run_id) from {outcome})
            and language = 'sw' and perturbation = 'ocr' and severity = 3
    """,
}
"""What people ask of outcomes: over all runs, by example, of two runs, of one cell."""

CELL = "task, split, language, perturbation, severity, noise_seed"
WAYS = {
    "varchar, by run and cell": f"create table held as from {{source}} order by run_id, {CELL}, example_id",
    "varchar, by example": f"create table held as from {{source}} order by run_id, example_id, {CELL}",
    "varchar, by cell and run": f"create table held as from {{source}} order by {CELL}, run_id, example_id",
    "varchar, shuffled": "create table held as from {source} order by hash(run_id, example_id, severity)",
    "enum, by run and cell": f"create table held as from {{source}} order by run_id, {CELL}, example_id",
    "cell number and a join": f"""
        create table cell as select row_number() over (order by run_id, {CELL}) as cell, * from (
            select distinct run_id, {CELL} from {{source}}
        );
        create table fact as
        select cell.cell, source.* exclude (run_id, {CELL})
        from {{source}} as source inner join cell using (run_id, {CELL})
        order by cell, example_id;
        create view held as
        select cell.* exclude (cell), fact.* exclude (cell) from fact inner join cell using (cell)
    """,
    "Parquet of the run folders": "create view held as from {source}",
    "Parquet by language": """
        copy (from {source} order by run_id, perturbation, severity, example_id) to '{folder}/parquet'
        (format parquet, compression zstd, partition_by (language));
        create view held as from read_parquet('{folder}/parquet/*/*.parquet', hive_partitioning = true)
    """,
}


def lay(con: Connection, way: str, source: str, folder: Path) -> None:
    """Make ``held`` in an empty database."""
    if way.startswith("enum"):
        for name in ENUMS:
            con.execute(f"create type {name}_enum as enum (select distinct {name} from {source} order by 1)")
        typed = ", ".join(f"{name}::{name}_enum as {name}" for name in ENUMS)
        source = f"(select * replace ({typed}) from {source})"
    con.execute(WAYS[way].format(source=source, folder=folder))


def bytes_of(folder: Path, way: str, root: Path) -> int:
    """What a way takes on disk."""
    there = root if way == "Parquet of the run folders" else folder
    return sum(path.stat().st_size for path in there.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--at", type=Path, help="folder of run folders of tests.benchmarks.scale")
    given = parser.parse_args()
    place = Path(tempfile.mkdtemp())
    try:
        root = place / "runs"
        if given.at is None:
            write_runs(root, given.runs * 1_000_000, 0)
        else:
            for folder in sorted(given.at.iterdir())[: given.runs]:
                shutil.copytree(folder, root / folder.name)
        files = reader(sorted(root.glob("*/outcome-*.parquet")))
        print(f"{given.runs} million outcomes; load, then " + ", ".join(QUESTIONS) + "; size")
        for way in WAYS:
            folder = place / "way"
            folder.mkdir()
            with open_for_writing(folder / "held.duckdb") as con:
                con.execute("set threads = 2")
                before = time.process_time()
                lay(con, way, f"(select * exclude (filename) from {files})", folder)
                con.execute("checkpoint")
                spent = [time.process_time() - before]
                for question in QUESTIONS.values():
                    for _ in range(2):
                        before = time.process_time()
                        con.execute(
                            question.format(outcome="held").replace("from outcome", "from held")
                        ).fetchall()
                    spent.append(time.process_time() - before)
            size = bytes_of(folder, way, root) / 1e6
            print(
                f"{way:<28}" + "".join(f"{seconds:8.2f}" for seconds in spent) + f"{size:8.0f} MB", flush=True
            )
            shutil.rmtree(folder)
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
