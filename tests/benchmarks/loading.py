"""Taking outcomes in against COPY of the same Parquet: python -m tests.benchmarks.loading [rows]

Both run in one process, on fresh files, one after the other and twice in turn; the ratio of the CPU times is
the number to look at (1.5 is what is promised for 10 million rows).
"""

import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.support import RUN
from warehouse.connect import open_for_writing, open_in_memory
from warehouse.load import load_runs
from warehouse.migrate import migrate

PER_RUN = 1_000_000


def write_runs(root: Path, rows: int) -> None:
    """Run folders of at most a million outcomes each, sorted by cell as an evaluation leaves them."""
    for run in range(max(1, rows // PER_RUN)):
        folder = root / f"run{run:05d}"
        folder.mkdir(parents=True)
        raw = folder / "raw"
        with open_in_memory() as con:
            con.execute(
                f"""
                copy (
                    select
                        '{folder.name}' as run_id, 'xnli' as task, 'test' as split, 'l' || l as language,
                        case when p = 0 then 'clean' else 'p' || ((p - 1) // 5) end as perturbation,
                        (case when p = 0 then 0 else (p - 1) % 5 + 1 end)::tinyint as severity,
                        (p > 0)::int as noise_seed, 'xnli-test-' || e as example_id,
                        ((hash({run}, l, p, e) >> 20) % 10 < 7)::int::double as correct,
                        ['yes', 'maybe', 'no'][((hash({run}, e, p) >> 20) % 3)::int + 1] as prediction,
                        p > 0 as changed, p > 0 as token_changed, ((hash(e, p) >> 20) % 9)::int as edits,
                        ((hash(e) >> 20) % 90)::int as eligible,
                        (20 + (hash(e, l) >> 20) % 60)::int as tokens,
                        null::double as exact, 1::int as units, null::int as hits, null::int as predicted,
                        null::int as gold
                    from range(20) as a(l), range(50) as b(p), range({min(rows, PER_RUN) // 1000}) as c(e)
                    order by l, p, e
                ) to '{raw}' (format parquet, compression zstd)
                """
            )
        raw.rename(folder / f"outcome-{hashlib.sha256(raw.read_bytes()).hexdigest()}.parquet")
        (folder / "run.json").write_text(json.dumps({**RUN, "run_id": folder.name}))


def timed(work: Callable[[Path], None], place: Path) -> tuple[float, float]:
    """CPU seconds and MB of the file of one load into a fresh warehouse."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    db = place / "xtb.duckdb"
    with open_for_writing(db) as con:
        migrate(con)
    before = time.process_time()
    work(db)
    return time.process_time() - before, db.stat().st_size / 1e6


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "runs"
        write_runs(root, rows)

        def copy(db: Path) -> None:
            with open_for_writing(db) as con:
                con.execute(f"copy outcome from '{root}/*/*.parquet' (format parquet)")

        def ingest(db: Path) -> None:
            with open_for_writing(db) as con:
                report = load_runs(con, root)
            assert not report.problems
            assert report.rows["outcome"] == rows, report

        for _ in range(2):
            copied, size = timed(copy, Path(scratch) / "copy")
            taken, _ = timed(ingest, Path(scratch) / "ingest")
            print(
                f"{rows:,} outcomes: COPY {copied:.2f} s CPU, ingest {taken:.2f} s CPU, "
                f"ratio {taken / copied:.2f}; {rows / taken:,.0f} rows/s; {size:.0f} MB"
            )


if __name__ == "__main__":
    main()
