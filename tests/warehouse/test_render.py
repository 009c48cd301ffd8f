import csv
import io
import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.render import WRITERS, short, visible, width, write_csv

ROWS: list[tuple[Any, ...]] = [("a", 1, 0.1234567890123), ("b|c", 22, None)]


def text(
    form: str, rows: Sequence[Sequence[Any]] = ROWS, columns: Sequence[str] = ("name", "n", "value")
) -> str:
    out = io.StringIO()
    WRITERS[form](columns, rows, out)
    return out.getvalue()


def test_table() -> None:
    assert text("table").splitlines() == [
        "name   n     value",
        "----  --  --------",
        "a      1  0.123457",
        "b|c   22      NULL",
    ]


def test_csv() -> None:
    assert text("csv") == "name,n,value\na,1,0.1234567890123\nb|c,22,\n"


def test_json() -> None:
    assert json.loads(text("json"))[0] == {"name": "a", "n": 1, "value": 0.1234567890123}


def test_markdown() -> None:
    assert text("markdown").splitlines() == [
        "| name | n | value |",
        "| --- | --- | --- |",
        "| a | 1 | 0.123457 |",
        "| b\\|c | 22 |  |",
    ]


def test_latex() -> None:
    assert text("latex", [("50 % & more_$", 1, None)]).splitlines() == [
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r"name & n & value \\",
        r"\midrule",
        r"50 \% \& more\_\$ & 1 & -- \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


@pytest.mark.parametrize("form", list(WRITERS))
def test_no_rows(form: str) -> None:
    assert text(form, []).strip()


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        (math.nan, None),
        (math.inf, None),
        (Decimal("3"), 3),
        (Decimal("2.5"), 2.5),
        (2**70, 2**70),
        ([1, math.nan], [1, None]),
        ({"a": Decimal(1)}, {"a": 1}),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+00:00"),
        (date(2026, 1, 1), "2026-01-01"),
        (b"\xff", "ff"),
        (True, True),
    ],
)
def test_json_of_every_type(cell: Any, plain: Any) -> None:
    assert json.loads(text("json", [(cell,)], ["x"])) == [{"x": plain}]


def test_spreadsheets_get_no_formulas_only_when_asked() -> None:
    rows = [("=1+1", -1.5), ("@x", 1), ("-", None), ("ok", 1)]
    plain, guarded = io.StringIO(), io.StringIO()
    write_csv(["a", "b"], rows, plain)
    write_csv(["a", "b"], rows, guarded, spreadsheet=True)
    assert [row[0] for row in csv.reader(io.StringIO(plain.getvalue()))] == ["a", "=1+1", "@x", "-", "ok"]
    assert [row[0] for row in csv.reader(io.StringIO(guarded.getvalue()))] == [
        "a",
        "'=1+1",
        "'@x",
        "'-",
        "ok",
    ]
    assert "-1.5" in guarded.getvalue()
    assert "'-1.5" not in guarded.getvalue()


def test_a_terminal_gets_no_escapes() -> None:
    hostile = "red\x1b[31m\r\nnext\u202eback\u2028"
    for form in ("table", "markdown", "latex"):
        shown = text(form, [(hostile, 1, 1)])
        assert not set(shown) & {"\x1b", "\r", "\u202e", "\u2028"}
        assert len(shown.splitlines()) == len(text(form, [("plain", 1, 1)]).splitlines())


def test_joiners_of_scripts_stay() -> None:
    assert visible("क\u094d\u200dष می\u200cخواهم") == "क\u094d\u200dष می\u200cخواهم"


def test_wide_and_combining_characters_are_aligned() -> None:
    assert (width("日本"), width("é"), width("e\u0301"), width("ไทย"), width("นี่")) == (4, 1, 1, 3, 1)
    lines = text("table", [("日本", 1, 1), ("ab", 1, 1)]).splitlines()
    assert width(lines[2]) == width(lines[3])


def test_long_cells_are_cut_and_the_last_column_later() -> None:
    line = text("table", [("x" * 1000, 1, "y" * 300)]).splitlines()[2]
    assert line == f"{'x' * 59}…  1  {'y' * 300}"


def test_six_digits_for_reading() -> None:
    assert [short(value) for value in (1 / 3, 1e-9, 123456789.0, True, 12, "a\tb")] == [
        "0.333333",
        "1e-09",
        "1.23457e+08",
        "true",
        "12",
        "a\\tb",
    ]


_CELL = st.none() | st.text() | st.integers() | st.floats() | st.booleans() | st.lists(st.text(), max_size=2)


@given(st.lists(st.tuples(_CELL, _CELL), max_size=4), st.sampled_from(["table", "markdown", "latex", "json"]))
def test_one_line_a_row_whatever_is_in_it(rows: list[tuple[Any, Any]], form: str) -> None:
    plain = [("x", "y")] * len(rows)
    assert text(form, rows, ["a", "b"]).count("\n") == text(form, plain, ["a", "b"]).count("\n")


@given(st.lists(st.tuples(st.text(), st.integers()), max_size=4))
def test_csv_is_read_back_as_it_was(rows: list[tuple[str, int]]) -> None:
    found = list(csv.reader(io.StringIO(text("csv", rows, ["a", "b"]), newline="")))[1:]
    assert found == [[name, str(number)] for name, number in rows]
