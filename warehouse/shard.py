"""Shards of run folders before they are taken in: are they what their names say, and is every row sound?

Nothing of a shard is taken in unless all of it can be. Many shards of a table are looked at in one query:
planning it takes longer than reading a small shard (of a hundred, 8 ms each alone, 0.6 ms together).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.connect import Connection, DatabaseError, is_exhausted
from warehouse.errors import BadShard
from warehouse.faults import one_line
from warehouse.rows import FACTS
from warehouse.rules import RULES, missing_key
from warehouse.sql import literal, quote
from warehouse.table import Table

_NAME = re.compile(r"([a-z_]+)-([0-9a-f]{64})\.parquet")
_LARGE = 2**18  # bytes; some hundred thousand outcomes
_TYPES: Mapping[Any, str] = {
    pl.String: "VARCHAR",
    pl.Int8: "TINYINT",
    pl.Int16: "SMALLINT",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A sound shard.

    ``groups`` are the distinct values of all key columns but the last (cells of scores and
    outcomes): two shards that share none cannot hold the same row.
    """

    path: Path
    table: Table
    sha256: str
    run_id: str
    rows: int
    groups: frozenset[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What ``verify`` found: the sound shards, and a line for each other one."""

    sound: tuple[Shard, ...]
    faults: Mapping[Path, str]


def name_of(path: Path) -> tuple[str, str]:
    """Table and sha256 that a shard's name claims.

    Raises:
        BadShard: the name is not ``<table>-<sha256>.parquet`` with a table of the run folder.
    """
    match = _NAME.fullmatch(path.name)
    if match is None or match[1] not in FACTS:
        raise BadShard(f"{path}: the name is not <table>-<sha256>.parquet with one of {', '.join(FACTS)}")
    return match[1], match[2]


def reader(paths: Sequence[Path]) -> str:
    """The table function that reads exactly these files: no globs, no columns from folder names."""
    exact = ", ".join(literal(re.sub(r"([*?\[])", r"[\1]", str(path))) for path in paths)
    return f"read_parquet([{exact}], hive_partitioning = false, filename = true)"


def verify(con: Connection, shards: Mapping[Path, str]) -> Verified:
    """Read shards and hold each against its name, its table and its run.

    Args:
        con: any connection.
        shards: path -> id of the run in whose folder it lies.

    Returns:
        The sound ones in the given order; the others are damaged, of another schema or run, or a row
        breaks a rule of ``warehouse.rules``.
    """
    sound: dict[Path, Shard] = {}
    faults: dict[Path, str] = {}
    whole: dict[str, list[Path]] = {}
    for path in shards:
        try:
            whole.setdefault(_check_bytes(path), []).append(path)
        except BadShard as error:
            faults[path] = str(error)
    for table, paths in whole.items():
        large = [path for path in paths if path.stat().st_size >= _LARGE]
        small = [path for path in paths if path not in large]
        for together in [*([path] for path in large), *([small] if small else [])]:
            for path, found in _look(con, FACTS[table], {path: shards[path] for path in together}).items():
                if isinstance(found, Shard):
                    sound[path] = found
                else:
                    faults[path] = f"{path}: {found}"
    return Verified(sound=tuple(sound[path] for path in shards if path in sound), faults=faults)


def decodes(con: Connection, shard: Shard) -> bool:
    """Can every value of the shard be read?"""
    columns = ", ".join(f"bit_xor(hash({quote(column)}))" for column in shard.table.columns)
    try:
        con.execute(f"select {columns} from {reader([shard.path])}").fetchall()
    except DatabaseError as error:
        if is_exhausted(error):
            raise
        return False
    return True


def _check_bytes(path: Path) -> str:
    """The table of a shard whose content is what its name says."""
    table, claimed = name_of(path)
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != claimed:
        raise BadShard(f"{path}: damaged, its content is not what its name says (sha256 {actual[:12]}...)")
    return table


def _look(con: Connection, table: Table, shards: Mapping[Path, str]) -> dict[Path, Shard | str]:
    """A shard, or what is wrong with it, for each path; one by one when reading all at once fails."""
    try:
        found: dict[Path, Shard | str] = dict(_schema_faults(con, table, list(shards)))
        fitting = {path: run_id for path, run_id in shards.items() if path not in found}
        return found | (_read(con, table, fitting) if fitting else {})
    except DatabaseError as error:
        if is_exhausted(error):
            raise
        if len(shards) == 1:
            return dict.fromkeys(shards, f"damaged ({one_line(str(error))})")
    return {path: found for one in shards for path, found in _look(con, table, {one: shards[one]}).items()}


def _schema_faults(con: Connection, table: Table, paths: Sequence[Path]) -> dict[Path, str]:
    exact = ", ".join(literal(re.sub(r"([*?\[])", r"[\1]", str(path))) for path in paths)
    held: dict[str, dict[str, str]] = {}
    for name, column, kind in con.execute(
        f"select file_name, name, duckdb_type from parquet_schema([{exact}]) where num_children is null"
    ).fetchall():
        held.setdefault(name, {})[column] = kind
    wanted = {name: _TYPES[kind] for name, kind in table.columns.items()}
    faults = {}
    for path in paths:
        found = held.get(str(path), {})
        lacks = ", ".join(f"{name} {kind}" for name, kind in wanted.items() if found.get(name) != kind)
        extra = ", ".join(name for name in found if name not in wanted)
        parts = [f"lacks {lacks}"] * bool(lacks) + [f"has unknown {extra}"] * bool(extra)
        if parts:
            faults[path] = f"columns are not those of {table.name}: {' and '.join(parts)}"
    return faults


def _read(con: Connection, table: Table, shards: Mapping[Path, str]) -> dict[Path, Shard | str]:
    key = ", ".join(quote(column) for column in table.key)
    group = ", ".join(quote(column) for column in table.key[:-1])
    rules = {"incomplete key": missing_key(table.name), **RULES[table.name]}
    counts = ", ".join(f"count(*) filter (where {condition})" for condition in rules.values())
    source = reader(list(shards))
    # Grouping makes counting slower by half, which a large shard, alone, need not pay.
    name, grouping = (literal(str(*shards)), "") if len(shards) == 1 else ("filename", "group by filename")
    counted = con.execute(
        f"select {name}, {counts}, count(*), count(distinct hash({key})), min(run_id), max(run_id) "
        f"from {source} {grouping}"
    ).fetchall()
    groups: dict[str, set[tuple[Any, ...]]] = {}
    for path, *values in con.execute(f"select distinct {name}, {group} from {source}").fetchall():
        groups.setdefault(path, set()).add(tuple(values))
    by_name = {row[0]: row[1:] for row in counted}
    nothing = (*[0] * len(rules), 0, 0, None, None)
    found: dict[Path, Shard | str] = {}
    for path, run_id in shards.items():
        *broken, rows, distinct, first, last = by_name.get(str(path), nothing)
        wrong = [f"{count} rows: {rule}" for rule, count in zip(rules, broken, strict=True) if count]
        if rows and (first, last) != (run_id, run_id):
            wrong.append(f"run_id is {first if first != run_id else last}, the folder's is {run_id}")
        if rows != distinct and _has_twins(con, path, key):  # or two hashes collide
            wrong.append(f"holds a row twice ({rows} rows, {distinct} different keys)")
        found[path] = "; ".join(wrong) or Shard(
            path=path,
            table=table,
            sha256=name_of(path)[1],
            run_id=run_id,
            rows=rows,
            groups=frozenset(groups.get(str(path), ())),
        )
    return found


def _has_twins(con: Connection, path: Path, key: str) -> bool:
    sql = f"select 1 from {reader([path])} group by {key} having count(*) > 1 limit 1"
    return bool(con.execute(sql).fetchall())
