"""What DuckDB says, and what people read."""

from pathlib import Path

import pytest

from warehouse.errors import BadQuery, NewerSchema, NotAWarehouse, WarehouseError, WarehouseLocked
from warehouse.faults import explain, one_line

DB = Path("x.duckdb")


@pytest.mark.parametrize(
    ("kind", "text", "meaning", "words"),
    [
        (
            "IOException",
            "IO Error: Could not write file: No space left on device",
            WarehouseError,
            "no space left",
        ),
        ("IOException", "IO Error: Cannot open file: Permission denied", WarehouseError, "no permission"),
        ("IOException", "IO Error: Cannot open file: Read-only file system", WarehouseError, "no permission"),
        ("OutOfMemoryException", "Out of Memory Error: failed to pin", WarehouseError, "not enough memory"),
        (
            "IOException",
            'The file "x" exists, but it is not a valid DuckDB database file!',
            NotAWarehouse,
            "no DuckDB",
        ),
        (
            "IOException",
            "Trying to read a database file with version number 99, but we can only read versions 64 to 69.",
            NewerSchema,
            "another version of DuckDB",
        ),
        ("Error", "Corrupt database file: computed checksum 1", NotAWarehouse, "damaged"),
        (
            "ConnectionException",
            "different configuration than existing connections",
            WarehouseLocked,
            "elsewhere",
        ),
        ("FatalException", "FATAL Error: database has been invalidated", WarehouseError, "x.duckdb"),
        ("ParserException", "Parser Error: syntax error", BadQuery, "syntax error"),
        (
            "ConversionException",
            "Conversion Error: Could not convert string 'a' to INT8",
            BadQuery,
            "Could not convert",
        ),
    ],
)
def test_every_fault_has_its_error(kind: str, text: str, meaning: type[Exception], words: str) -> None:
    error = explain(kind, text, DB)
    assert type(error) is meaning
    assert words in str(error)


def test_one_line_keeps_what_helps() -> None:
    text = (
        "Binder Error: No function matches.\n\tCandidate functions:\n\tsum(DECIMAL)\n\tsum(DOUBLE)\n\n"
        "LINE 3: select sum(task)\n               ^^^"
    )
    assert one_line(text) == "Binder Error: No function matches. (line 3: select sum(task))"
