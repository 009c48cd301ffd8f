"""A shard of a run folder before it is taken in: is it what its name says, and is every row sound?

Nothing of a shard is taken in unless all of it can be. Per shard this reads the columns of the key and the
measured ones once and counts distinct hashes of the key, about a third of what DuckDB needs to load
the same file (``tests/benchmarks/ingest.py``).
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.connect import Connection, DatabaseError, is_exhausted
from warehouse.errors import BadShard
from warehouse.faults import one_line
from warehouse.rows import FACTS, Table
from warehouse.rules import RULES, missing_key
from warehouse.sql import literal, quote

_NAME = re.compile(r"([a-z_]+)-([0-9a-f]{64})\.parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A sound shard.

    ``groups`` are the distinct values of all key columns but the last (cells of scores and
    outcomes): two shards that share none cannot hold the same row.
    """

    path: Path
    table: Table
    sha256: str
    rows: int
    groups: frozenset[tuple[Any, ...]]

    @property
    def source(self) -> str:
        """The table function that reads it."""
        return reader(self.path)


def name_of(path: Path) -> tuple[str, str]:
    """Table and sha256 that a shard's name claims.

    Raises:
        BadShard: the name is not ``<table>-<sha256>.parquet`` with a table of the run folder.
    """
    match = _NAME.fullmatch(path.name)
    if match is None or match[1] not in FACTS:
        raise BadShard(f"{path}: the name is not <table>-<sha256>.parquet with one of {', '.join(FACTS)}")
    return match[1], match[2]


def verify(con: Connection, path: Path, run_id: str) -> Shard:
    """Read a shard and hold it against its name, its table and its run.

    Raises:
        BadShard: it is damaged, of another schema or run, or a row breaks a rule of ``warehouse.rules``.
    """
    try:
        return _verify(con, path, run_id)
    except DatabaseError as error:
        if is_exhausted(error):
            raise
        raise BadShard(f"{path}: damaged ({one_line(str(error))})") from error


def decodes(con: Connection, shard: Shard) -> bool:
    """Can every value of the shard be read?"""
    columns = ", ".join(f"bit_xor(hash({quote(column)}))" for column in shard.table.columns)
    try:
        con.execute(f"select {columns} from {shard.source}").fetchall()
    except DatabaseError as error:
        if is_exhausted(error):
            raise
        return False
    return True


def _verify(con: Connection, path: Path, run_id: str) -> Shard:
    name, claimed = name_of(path)
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != claimed:
        raise BadShard(f"{path}: damaged, its content is not what its name says (sha256 {actual[:12]}...)")
    table = FACTS[name]
    _check_schema(con, path, table)
    rows = _check_rows(con, path, table, run_id)
    group = ", ".join(quote(column) for column in table.key[:-1])
    groups = con.execute(f"select distinct {group} from {reader(path)}").fetchall()
    return Shard(path=path, table=table, sha256=claimed, rows=rows, groups=frozenset(groups))


def reader(path: Path) -> str:
    """The table function that reads exactly this file: no glob, no columns from folder names."""
    literal_path = re.sub(r"([*?\[])", r"[\1]", str(path))
    return f"read_parquet({literal(literal_path)}, hive_partitioning = false)"


def _check_schema(con: Connection, path: Path, table: Table) -> None:
    wanted = _columns(con, quote(table.name))
    found = _columns(con, f"(from {reader(path)})")
    if found != wanted:
        lacks = ", ".join(f"{name} {wanted[name]}" for name in wanted if found.get(name) != wanted[name])
        extra = ", ".join(name for name in found if name not in wanted)
        parts = [f"lacks {lacks}"] * bool(lacks) + [f"has unknown {extra}"] * bool(extra)
        raise BadShard(f"{path}: columns are not those of {table.name}: {' and '.join(parts)}")


def _columns(con: Connection, relation: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"describe {relation}").fetchall()}


def _check_rows(con: Connection, path: Path, table: Table, run_id: str) -> int:
    key = ", ".join(quote(column) for column in table.key)
    faults = {
        "incomplete key": missing_key(table.name),
        "another run_id": "run_id <> $run_id",
        **RULES[table.name],
    }
    counts = ", ".join(f"count(*) filter (where {condition})" for condition in faults.values())
    sql = f"select {counts}, count(*), count(distinct hash({key})) from {reader(path)}"
    *found, rows, distinct = con.execute(sql, {"run_id": run_id}).fetchall()[0]
    wrong = [f"{count} rows: {fault}" for fault, count in zip(faults, found, strict=True) if count]
    if wrong:
        raise BadShard(f"{path}: {'; '.join(wrong)}")
    if distinct != rows:  # or two hashes collide
        twice = f"select 1 from {reader(path)} group by {key} having count(*) > 1 limit 1"
        if con.execute(twice).fetchall():
            raise BadShard(f"{path}: holds a row twice ({rows} rows, {distinct} different keys)")
    return int(rows)
