from pathlib import Path

import duckdb

from tests.support import write_run_folder
from warehouse import schema_page
from warehouse.connect import open_for_writing
from warehouse.load import load_runs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "warehouse.md"


def test_the_page_is_what_the_database_says_and_says_what_every_column_means() -> None:
    page = schema_page.page()
    assert PAGE.read_text(encoding="utf-8") == page, "write it again: see the top of the page"
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 150
    assert [row for row in rows if row.endswith("|  |")] == []


def test_the_file_opens_in_plain_duckdb_and_its_views_work(db: Path, tmp_path: Path) -> None:
    write_run_folder(tmp_path / "runs")
    with open_for_writing(db) as con:
        load_runs(con, tmp_path / "runs")
    with duckdb.connect(str(db), read_only=True) as plain:
        views = [
            row[0]
            for row in plain.execute("select view_name from duckdb_views() where not internal").fetchall()
        ]
        assert {"leaderboard", "robustness", "regime_gap", "run_flat"} <= set(views)
        for view in views:
            plain.execute(f'select count(*) from "{view}"').fetchall()
        assert plain.execute('select count(*) from robustness where "drop" is not null').fetchall() == [(4,)]
