import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from warehouse import workbook
from warehouse.connect import Connection
from warehouse.errors import UsageError
from warehouse.export import write_file

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(path: Path) -> dict[str, tuple[str, str]]:
    """Address -> (type, content) of the first sheet, read as XML."""
    with zipfile.ZipFile(path) as book:
        assert not [name for name in book.namelist() if "external" in name or "vba" in name]
        tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    found = {}
    for cell in tree.iter(f"{_SHEET}c"):
        assert cell.find(f"{_SHEET}f") is None, "a formula"
        content = "".join(cell.itertext())
        found[cell.get("r", "")] = (cell.get("t", "n"), content)
    return found


def test_cells_keep_their_types_and_no_text_is_a_formula(con: Connection, tmp_path: Path) -> None:
    sql = """
        select 'x' as "=name", 0.1::double + 0.2 as value, 3 as n, true as ok, null as gone,
            '=1+1' as formula, 'http://example.org' as link, 'nan'::double as nan,
            9007199254740993 as huge, timestamp '2026-01-02 03:04:05' as at, [1, 2] as listed
    """
    write_file(con, sql, {}, tmp_path / "a.xlsx")
    found = cells(tmp_path / "a.xlsx")
    assert found["A1"] == ("inlineStr", "=name")
    assert float(found["B2"][1]) == pytest.approx(0.1 + 0.2, rel=1e-15, abs=0)
    assert found["C2"] == ("n", "3")
    assert found["D2"] == ("b", "1")
    assert "E2" not in found
    assert found["F2"] == ("inlineStr", "=1+1")
    assert found["G2"] == ("inlineStr", "http://example.org")
    assert found["H2"] == ("inlineStr", "nan")
    assert found["I2"] == ("inlineStr", "9007199254740993")
    assert float(found["J2"][1]) == pytest.approx(46024 + (3 * 3600 + 4 * 60 + 5) / 86400)
    assert found["K2"] == ("inlineStr", "[1, 2]")


def test_what_a_sheet_cannot_hold_is_an_error_and_leaves_no_file(
    con: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="32,768 characters"):
        write_file(con, "select repeat('x', 32768)", {}, tmp_path / "a.xlsx")
    monkeypatch.setattr(workbook, "_ROWS", 10)
    with pytest.raises(UsageError, match="more than 9 rows"):
        write_file(con, "from range(10)", {}, tmp_path / "a.xlsx")
    write_file(con, "from range(9)", {}, tmp_path / "b.xlsx")
    assert len(cells(tmp_path / "b.xlsx")) == 10
    assert not list(tmp_path.glob("*a.xlsx*"))


def test_control_characters_do_not_break_the_file(con: Connection, tmp_path: Path) -> None:
    write_file(con, "select chr(1) || '<b>' || chr(11) as text", {}, tmp_path / "a.xlsx")
    assert re.fullmatch(r"_x0001_<b>_x000B_", cells(tmp_path / "a.xlsx")["A2"][1])
