"""CPU time of a report page over many scores: python -m tests.benchmarks.report [--runs N] [--db FILE].

Runs of direct, STILTs after two tasks, and multilingual training, 40 an encoder, each with 1,000 scores (20
languages, clean and 49 noisy cells): 5,000 runs make the five million scores that a report should take under
60 s for. The warehouse is made where FILE is not there yet, and kept. Prints seconds of CPU and by the clock
for reading, analysing and writing.
"""

import argparse
import itertools
import tempfile
import time
from pathlib import Path

from reports.page import asked, gather, write
from tests.benchmarks.views import fill
from warehouse.connect import open_for_reading, open_for_writing
from warehouse.migrate import migrate


def make(db: Path, runs: int) -> None:
    """A warehouse of that many runs."""
    with open_for_writing(db) as con:
        migrate(con)
        fill(con, runs)
        con.execute("update run set intermediate_language = 'en' where intermediate <> 'none'")


def measure(db: Path, folder: Path) -> None:
    """Write the report of one question and print what it took."""
    marks = [("start", time.process_time(), time.perf_counter())]

    def mark(name: str) -> None:
        marks.append((name, time.process_time(), time.perf_counter()))

    with open_for_reading(db) as con:
        scores = con.execute("select count(*) from score").fetchall()[0][0]
        questions = asked(["english_intermediate"])
        data = gather(con, questions)
    mark("read")
    answers = [one.analyse(one, found) for one, found in zip(questions, data, strict=True)]
    mark("analyse")
    size = sum(path.stat().st_size for path in write(answers, folder))
    mark("write")
    print(f"{scores:,} scores; {answers[0].refusal or answers[0].headline}")
    for (_, cpu, clock), (name, cpu_after, clock_after) in itertools.pairwise(marks):
        print(f"{name:10} {cpu_after - cpu:8.1f} s of CPU {clock_after - clock:8.1f} s")
    (_, cpu, clock), (_, cpu_after, clock_after) = marks[0], marks[-1]
    print(f"{'report':10} {cpu_after - cpu:8.1f} s of CPU {clock_after - clock:8.1f} s, {size / 1e6:.1f} MB")


def main() -> None:
    """Make the warehouse where it is missing, and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--db", type=Path, help="warehouse to keep and use again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = given.db or Path(folder) / "xtb.duckdb"
        if not db.exists():
            make(db, given.runs)
        measure(db, Path(folder) / "report")


if __name__ == "__main__":
    main()
