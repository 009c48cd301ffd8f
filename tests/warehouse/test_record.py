import json
import math
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import RUN as FIELDS
from tests.support import write_record
from warehouse.errors import BadShard
from warehouse.record import read_record
from warehouse.rows import RUN


def test_a_record_has_typed_values(tmp_path: Path) -> None:
    path = write_record(tmp_path, config={"b": 1, "a": [2]}, started_at="2026-01-02T03:04:05+02:00")
    values = read_record(path, RUN).values
    assert values["config"] == '{"a": [2], "b": 1}'
    assert values["started_at"] == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert values["error"] is None


def test_a_time_without_zone_is_utc(tmp_path: Path) -> None:
    path = write_record(tmp_path, started_at="2026-01-02T03:04:05")
    assert read_record(path, RUN).values["started_at"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("run_id", ""),
        ("run_id", None),
        ("seed", "1"),
        ("seed", 1.5),
        ("seed", True),
        ("seed", 2**63),
        ("seconds", math.nan),
        ("seconds", math.inf),
        ("seconds", "long"),
        ("started_at", "yesterday"),
        ("started_at", 12),
        ("encoder", ["mini"]),
        ("encoder", "\ud800"),
    ],
)
def test_a_value_of_another_type_is_named(tmp_path: Path, column: str, value: Any) -> None:
    path = write_record(tmp_path, **{column: value})
    with pytest.raises(BadShard, match=r"run\.json"):
        read_record(path, RUN)


def test_missing_and_unknown_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    fields = {**FIELDS, "colour": "red"}
    del fields["seed"]
    path.write_text(json.dumps(fields))
    with pytest.raises(BadShard, match="lacks seed and has unknown colour"):
        read_record(path, RUN)


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"a": NaN}', "[" * 100_000, "\xff"])
def test_what_is_no_object_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadShard, match=r"run\.json"):
        read_record(path, RUN)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3
)


@given(st.sampled_from(list(RUN.columns)), _JSON)
def test_any_value_is_taken_or_named(
    tmp_path_factory: pytest.TempPathFactory, column: str, value: Any
) -> None:
    path = write_record(tmp_path_factory.mktemp("run"), **{column: value})
    with suppress(BadShard):
        read_record(path, RUN)
