"""The migrations lay the tables that the frames describe, and say what every column means."""

import polars as pl
import pytest

from warehouse.catalogue import describe
from warehouse.connect import Connection
from warehouse.dimensions import DIMENSIONS
from warehouse.published_rows import FROM_OTHERS
from warehouse.query import query
from warehouse.rows import FACTS, RUN
from warehouse.sql import files
from warehouse.table import Table

TABLES = [RUN, *FACTS.values(), *DIMENSIONS.values(), *FROM_OTHERS.values()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_table_has_the_columns_and_types_of_its_frame(con: Connection, table: Table) -> None:
    assert dict(query(con, f"from {table.name} limit 0").schema) == dict(table.schema)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_of_the_key_are_never_null(con: Connection, table: Table) -> None:
    sql = "select column_name from duckdb_columns() where table_name = $table and not is_nullable"
    needed = {row[0] for row in con.execute(sql, {"table": table.name}).fetchall()}
    assert set(table.key) <= needed


def test_every_table_column_and_view_column_says_what_it_is(con: Connection) -> None:
    relations = describe(con)
    known = {*files("views"), *files("macros"), *(table.name for table in TABLES)}
    assert known < {r.name for r in relations}
    silent = [(r.name, c.name) for r in relations for c in r.columns if not c.comment]
    assert silent == []
    rows = [r for r in relations if not r.kind.startswith("function")]
    assert [r.name for r in rows if not r.comment.startswith("One row per ")] == []


def test_functions_say_their_arguments(con: Connection) -> None:
    functions = {r.name: r for r in describe(con) if "function" in r.kind}
    assert functions.keys() == files("macros").keys()
    assert functions["worst_of_k"].kind == "function (correct, draws, k)"
    assert functions["worst_case_of"].kind == "table function (risks)"
    for name, file in files("macros").items():
        assert all(f"{argument}: " in functions[name].comment for argument in file.columns)


def test_an_empty_frame_of_a_table_has_its_schema() -> None:
    assert FACTS["score"].empty().schema == FACTS["score"].schema
    assert FACTS["score"].schema["value"] == pl.Float64
