"""``run.json`` and ``encoder.json`` of a run folder: one row each, checked column by column."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.errors import BadShard
from warehouse.table import Table

_PYTHON: Mapping[Any, tuple[type[Any], ...]] = {
    pl.String: (str,),
    pl.Int64: (int,),
    pl.Int32: (int,),
    pl.Float64: (int, float),
}
_LIMIT = 2**63
_MAY_BE_NESTED = ("config", "versions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row that travels as JSON."""

    path: Path
    sha256: str
    values: Mapping[str, Any]


def read_record(path: Path, table: Table) -> Record:
    """Read a JSON object that holds exactly the columns of ``table``.

    ``config`` and ``versions`` may be objects; they are kept as text. ``started_at`` is ISO 8601, UTC when it
    names no zone.

    Raises:
        BadShard: the file is damaged, or a column is missing, unknown or of another type.
    """
    data = path.read_bytes()
    try:
        found: Any = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadShard(f"{path}: no JSON ({error})") from error
    if not isinstance(found, dict):
        raise BadShard(f"{path}: holds a {type(found).__name__}, not one object")
    missing = [name for name in table.columns if name not in found]
    unknown = [name for name in found if name not in table.columns]
    if missing or unknown:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has unknown {', '.join(unknown)}"] if unknown else []
        raise BadShard(f"{path}: {' and '.join(parts)}")
    values = {name: _value(path, name, kind, found[name]) for name, kind in table.columns.items()}
    empty = [name for name in table.key if not values[name]]
    if empty:
        raise BadShard(f"{path}: {', '.join(empty)} is empty")
    return Record(path=path, sha256=hashlib.sha256(data).hexdigest(), values=values)


def _value(path: Path, name: str, kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if name in _MAY_BE_NESTED and isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    try:
        if isinstance(kind, pl.Datetime):
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        if type(value) not in _PYTHON[kind]:
            raise TypeError(f"{value!r:.60} is no {kind}")
        if kind == pl.Float64 and not math.isfinite(value):
            raise ValueError("not finite")
        if kind != pl.String and abs(value) >= _LIMIT:
            raise ValueError("too large")
        if kind == pl.String:
            value.encode()  # half a surrogate pair is no text
    except (TypeError, ValueError, OverflowError) as error:
        raise BadShard(f"{path}: {name}: {error}") from error
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
