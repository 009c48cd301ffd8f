import io
import json
from pathlib import Path

import polars as pl
import pytest

from warehouse.connect import Connection
from warehouse.errors import UsageError
from warehouse.export import FORMATS, form_of, write, write_file
from warehouse.query import rows


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_every_suffix_has_a_format(con: Connection, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix.upper()}"
    write_file(con, "select code, $x as x from language", {"x": 1}, path)
    assert path.stat().st_size > 20
    assert {found.name for found in tmp_path.iterdir()} == {"xtb.duckdb", path.name}


def test_parquet_and_csv_read_back(con: Connection, tmp_path: Path) -> None:
    for name in ("a.parquet", "a.csv"):
        write_file(
            con, "select code, 0.1::double + 0.2 as x from language order by code", {}, tmp_path / name
        )
    expected = [("de", 0.1 + 0.2), ("en", 0.1 + 0.2), ("sw", 0.1 + 0.2), ("zh", 0.1 + 0.2)]
    assert pl.read_parquet(tmp_path / "a.parquet").rows() == expected
    assert pl.read_csv(tmp_path / "a.csv").rows() == expected


def test_an_unknown_suffix_or_folder_is_a_usage_error(con: Connection, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.parquet"):
        form_of(Path("out.docx"))
    with pytest.raises(UsageError, match="no folder"):
        write_file(con, "select 1", {}, tmp_path / "none" / "a.csv")


def test_a_failed_query_leaves_the_old_file(con: Connection, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(Exception, match="bad"):
        write_file(con, "select if(range > 5000, error('bad'), range) from range(10000)", {}, path)
    assert path.read_text() == "old"
    assert {found.name for found in tmp_path.iterdir()} == {"xtb.duckdb", "a.csv"}


@pytest.mark.parametrize(
    ("limit", "shown", "more"), [(None, 30, False), (30, 30, False), (10, 10, True), (0, 0, True)]
)
def test_a_limit_says_whether_there_was_more(
    con: Connection, limit: int | None, shown: int, more: bool
) -> None:
    out = io.StringIO()
    assert write(rows(con, "from range(30)"), "json", out, limit=limit) is more
    assert len(json.loads(out.getvalue())) == shown
