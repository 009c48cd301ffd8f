"""Killed and crowded: whatever happens to the processes, every run is there once, whole, or not at all."""

import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.killing import killed
from tests.support import dimensions, tables, write_run_folder
from warehouse.check import check
from warehouse.connect import open_for_reading, open_for_writing
from warehouse.load import load_dimensions, load_runs
from warehouse.migrate import migrate

INGEST = """
    import sys
    from pathlib import Path
    from tests.support import dimensions
    from warehouse.connect import open_for_writing
    from warehouse.load import load_dimensions, load_runs
    from warehouse.migrate import migrate
    db, root = Path(sys.argv[1]), Path(sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
    with open_for_writing(db, wait_seconds=120) as con:
        migrate(con)
        load_dimensions(con, dimensions())
        load_runs(con, root, on_folder=lambda number, total, folder: print(number, flush=True))
    print("done", flush=True)
"""


def ingest_process(db: Path, root: Path) -> "subprocess.Popen[str]":
    """A process that waits for a line on standard input, then takes in ``root``."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(INGEST), str(db), str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def start(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def taken_in_at_once(root: Path, db: Path) -> object:
    with open_for_writing(db) as con:
        migrate(con)
        load_dimensions(con, dimensions())
        load_runs(con, root)
        return tables(con)


def kill_and_go_on(tmp_path: Path, kills: int, seed: int) -> int:
    """Kill loads at random moments of a growing folder; returns how many were killed with work undone."""
    draw = random.Random(seed)
    root, db = tmp_path / "runs", tmp_path / "xtb.duckdb"
    hit = 0
    for number in range(kills):
        for run in range(4):
            write_run_folder(root, f"r{number}_{run}", examples=20, seed=number * 4 + run, shards=2)
        process = ingest_process(db, root)
        start(process)
        time.sleep(draw.choice([0.0, draw.uniform(0, 0.1), draw.uniform(0, 0.6)]))
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        hit += "done" not in out
        if db.exists() and db.stat().st_size:
            with open_for_writing(db) as con:
                migrate(con)
                load_dimensions(con, dimensions())
                assert check(con) == []
                whole = "select count(*) from shard where table_name <> 'encoder' group by run_id"
                assert {row[0] for row in con.execute(whole).fetchall()} <= {1 + 6}  # run.json and six shards
    with open_for_writing(db) as con:
        migrate(con)  # all may have been killed before they began
        load_dimensions(con, dimensions())
        load_runs(con, root)
        assert check(con) == []
        found = tables(con)
    assert found == taken_in_at_once(root, tmp_path / "whole.duckdb")
    return hit


def test_a_killed_ingest_loses_and_doubles_nothing(tmp_path: Path) -> None:
    kill_and_go_on(tmp_path, kills=2, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("ordeal", "kills", "rivals"), [("INGEST", 120, 1), ("INGEST", 20, 3), ("MIGRATION", 60, 1)]
)
def test_many_killed_loads_and_migrations_lose_and_double_nothing(
    ordeal: str, kills: int, rivals: int, tmp_path: Path
) -> None:
    assert killed(f"tests.warehouse.ordeals:{ordeal}", tmp_path, kills=kills, seed=2, rivals=rivals)


def test_several_ingests_at_once_give_what_one_gives(tmp_path: Path) -> None:
    """They also race to make the file."""
    for number in range(6):
        write_run_folder(tmp_path / "runs", f"r{number}", seed=number)
    db = tmp_path / "xtb.duckdb"
    processes = [ingest_process(db, tmp_path / "runs") for _ in range(3)]
    for process in processes:
        start(process)
    for process in processes:
        out, err = process.communicate(timeout=300)
        assert (process.returncode, out.splitlines()[-1:]) == (0, ["done"]), err
    with open_for_reading(db) as con:
        assert check(con) == []
        found = tables(con)
    assert found == taken_in_at_once(tmp_path / "runs", tmp_path / "whole.duckdb")


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_taken_in(tmp_path: Path) -> None:
    """Loads into a small tmpfs of growing size; whatever went in is whole, and the last load completes it."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", place], check=False).returncode:
        pytest.skip("no right to mount a tmpfs")
    try:
        for number in range(60):
            write_run_folder(tmp_path / "runs", f"r{number}", seed=number, examples=50)
        refused = 0
        for size in (512, 900, 1300, 1500, 1700, 2000, 2500, 3000, 4000, 20_000):
            subprocess.run(["mount", "-o", f"remount,size={size}k", place], check=True)
            process = ingest_process(place / "xtb.duckdb", tmp_path / "runs")
            start(process)
            _, err = process.communicate()
            if process.returncode:
                refused += 1
                assert "WarehouseError: no space left" in err.splitlines()[-1], err
        assert refused >= 2
        with open_for_writing(place / "xtb.duckdb") as con:
            assert check(con) == []
            assert tables(con) == taken_in_at_once(tmp_path / "runs", tmp_path / "whole.duckdb")
    finally:
        subprocess.run(["umount", place], check=True)
