"""What a DuckDB error means to a person: its text turned into one of ``warehouse.errors``.

DuckDB tells most faults of the file apart by wording only, so the wording is matched here and
nowhere else.
"""

import re
from pathlib import Path

from warehouse.errors import BadQuery, KnownError, NewerSchema, NotAWarehouse, WarehouseError, WarehouseLocked

HOLDER = re.compile(r"Conflicting lock is held in (\S+) \(PID (\d+)\)")
_INNER = ("IOException", "FatalException", "InternalException", "TransactionException", "Error")


def explain(kind: str, text: str, path: Path) -> KnownError:
    """The error of ours for a DuckDB error.

    Args:
        kind: name of DuckDB's class of error.
        text: its message.
        path: the database file it concerns.

    Returns:
        ``BadQuery`` when the SQL is at fault, else what is wrong with the file and what to do.
    """
    line = one_line(text)
    if "Could not set lock" in text or "different configuration than existing" in text:
        return WarehouseLocked(f"{path} is open elsewhere: {line}")
    if "not a valid DuckDB database" in text or "Is a directory" in text:
        return NotAWarehouse(
            f"{path} is no DuckDB file; choose another --db, or move it away and ingest anew"
        )
    if "version number" in text and "can only read" in text:
        return NewerSchema(f"{path} was written by another version of DuckDB: {line}")
    if "No space left" in text or "File too large" in text:
        return WarehouseError(
            f"no space left to write {path}; nothing was taken in. Free some and run again ({line})"
        )
    if "Permission denied" in text or "Read-only file system" in text:
        return WarehouseError(f"no permission to write {path} or its folder; choose another --db ({line})")
    if kind == "OutOfMemoryException":
        return WarehouseError(f"not enough memory: {line}")
    if "Corrupt database file" in text or "Could not read enough bytes" in text or "Serialization" in text:
        return NotAWarehouse(f"{path} is damaged ({line}); move it away and run: xtb ingest runs/")
    if kind in _INNER:
        return WarehouseError(f"{path}: {line}")
    return BadQuery(line)


def one_line(text: str) -> str:
    """A DuckDB message without line breaks, caret and link.

    >>> one_line('Binder Error: no "x"\\n\\nLINE 1: select x\\n               ^')
    'Binder Error: no "x" (line 1: select x)'
    """
    text = re.sub(r"\n\s*\^+\s*$", "", text.rstrip())
    text = re.sub(r"\s*Candidate functions:.*?(?=\n+LINE|$)", "", text, flags=re.DOTALL)
    text = re.sub(r"\n+LINE (\d+): (.*)", r" (line \1: \2)", text)
    text = re.sub(r"\s*See also https?://\S+", "", text)
    return " ".join(text.split())
