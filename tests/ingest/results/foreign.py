"""What every reader of other people's results must keep: sound rows or reasons, whatever the file holds."""

import copy
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from ingest.results import formats
from ingest.results.given import given
from ingest.results.reading import Reading
from warehouse.connect import Connection
from warehouse.errors import KnownError
from warehouse.rows import FACTS
from warehouse.rules import RULES, missing_key

NASTY: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.5, 1.5, 1e308, -1e308, math.nan, math.inf, 10**400, 2**63,
    -(2**70), "", " ",
    "0.5", "nan", "xnli_de", "de", "accuracy", "../../../etc/passwd", "/", "a" * 300, "\x00",
    "\ud800", "\u202e",
    "'; drop table score; --", '"); select 1', "<script>alert(1)</script>", "日本語", [], {}, [[]], [1, 2],
    {"a": {"b": []}}, "1e999", "=1+1", "\r\n",
)  # fmt: skip


def read(path: Path, source: str, mapping: Path | None = None, **said: Any) -> Reading:
    """Read with what a person says."""
    return formats.read(source, path, given(said), mapping)


def scores(reading: Reading) -> list[tuple[Any, ...]]:
    """Target, split, language, metric, value, n of every score."""
    names = ("split", "language", "metric", "value", "n")
    return [
        (run.record["target"], *(row.get(name) for name in names))
        for run in reading.runs()
        for row in run.tables["score"]
    ]


@st.composite
def spoilt(draw: st.DrawFn, document: Any, most: int = 3) -> Any:
    """The document with some of its values or keys replaced by what nobody expects there."""
    found = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, most))):
        node = found
        while isinstance(node, dict | list) and node:
            key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
            if not isinstance(node[key], dict | list) or not node[key] or draw(st.integers(0, 3)) == 0:
                value = copy.deepcopy(draw(st.sampled_from(NASTY)))  # it may be spoilt in its turn
                if isinstance(node, dict) and isinstance(value, str) and draw(st.booleans()):
                    node[value] = node.pop(key)
                else:
                    node[key] = value
                break
            node = node[key]
    return found


def dumped(document: Any) -> str:
    """JSON as Python writes it, with NaN and with whole numbers of any length."""
    return json.dumps(document)


def assert_sound(con: Connection, path: Path, source: str, mapping: Path | None = None, **said: Any) -> None:
    """Rows that the warehouse takes, or reasons; at most one known error for the whole."""
    try:
        reading = read(path, source, mapping, **said)
        runs = reading.runs()
    except KnownError:
        return
    for reject in reading.rejects:
        assert reject.file.startswith(str(path.parent))
        assert reject.reason
        assert "\n" not in reject.reason
    assert runs or reading.rejects
    for run in runs:
        _assert_rows(con, run.run_id, run.tables)


def _assert_rows(con: Connection, run_id: str, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    for table, rows in tables.items():
        schema = FACTS[table].schema
        frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
        assert frame.select(FACTS[table].key).is_unique().all()
        assert set(frame["run_id"]) == {run_id}
        con.register("rows", frame)
        faults = {"incomplete key": missing_key(table), **RULES[table]}
        broken = ", ".join(f"count(*) filter (where {condition})" for condition in faults.values())
        counts = con.execute(f"select {broken} from rows").fetchall()[0]
        assert not any(counts), dict(zip(faults, counts, strict=True))
        con.unregister("rows")
