import doctest
from pathlib import Path

import polars as pl
import pytest

from warehouse import open_warehouse

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"


def test_every_example_on_the_page_is_true(
    published_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xtb.duckdb").symlink_to(published_db)
    monkeypatch.chdir(tmp_path)
    ran = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert ran.failed == 0
    assert ran.attempted >= 15


def test_columns_keep_their_types(published_db: Path) -> None:
    sql = """
        select 1::tinyint as tiny, 2::hugeint as huge, 1e30::hugeint as beyond,
            sum(n) as total, 0.5::float as single, true as said,
            date '2026-01-02' as day, null::double as gone, [1, 2] as listed
        from score
    """
    wanted = {
        "tiny": pl.Int8,
        "huge": pl.Int64,
        "beyond": pl.Decimal(38, 0),
        "total": pl.Int64,
        "single": pl.Float32,
        "said": pl.Boolean,
        "day": pl.Date,
        "gone": pl.Float64,
        "listed": pl.List(pl.Int32),
    }
    warehouse = open_warehouse(published_db)
    assert warehouse.query(sql).schema == wanted
    assert pl.from_arrow(warehouse.arrow(sql)).equals(warehouse.query(sql))
