"""One transaction for what is new in a run folder: rows and ledger, all of it or nothing."""

from collections.abc import Sequence
from typing import Any

from warehouse.connect import Connection, DatabaseError, transaction
from warehouse.errors import BadShard
from warehouse.record import Record
from warehouse.rows import ENCODER, RUN, Table
from warehouse.shard import Shard, decodes
from warehouse.sql import quote

_CLOCKED = ("seconds", "tokens_per_second")  # a second training of the same run takes another time


def take_in(
    con: Connection, run_id: str, records: Sequence[tuple[str, Record]], shards: Sequence[Shard]
) -> tuple[set[str], dict[str, int], list[str]]:
    """Insert records and sound shards of one run.

    Returns:
        The hashes taken in, the rows added by table, and one line for each shard that was refused.
    """
    try:
        with transaction(con):
            return _insert(con, run_id, records, shards)
    except DatabaseError:
        broken = [shard for shard in shards if not decodes(con, shard)]
        if not broken:
            raise
    sound = [shard for shard in shards if shard not in broken]
    taken, rows, refused = take_in(con, run_id, records, sound)
    return taken, rows, [*(f"{shard.path}: damaged, its pages cannot be read" for shard in broken), *refused]


def _insert(
    con: Connection, run_id: str, records: Sequence[tuple[str, Record]], shards: Sequence[Shard]
) -> tuple[set[str], dict[str, int], list[str]]:
    taken: set[str] = set()
    rows: dict[str, int] = {}
    refused: list[str] = []
    for table, record in records:
        (_upsert_run if table == "run" else _upsert_encoder)(con, record)
        _note(con, record.sha256, run_id, table, 1)
        taken.add(record.sha256)
    groups: dict[str, set[tuple[Any, ...]]] = {}
    for shard in shards:
        name = shard.table.name
        held = groups.setdefault(name, _groups(con, shard.table, run_id))
        try:
            overlapping = not held.isdisjoint(shard.groups)
            added = _merge(con, shard, run_id) if overlapping else _append(con, shard)
        except BadShard as error:
            refused.append(str(error))
            continue
        held.update(shard.groups)
        _note(con, shard.sha256, run_id, name, added)
        taken.add(shard.sha256)
        rows[name] = rows.get(name, 0) + added
    return taken, rows, refused


def _groups(con: Connection, table: Table, run_id: str) -> set[tuple[Any, ...]]:
    ledger = "select count(*) from shard where run_id = $run_id and table_name = $table"
    if con.execute(ledger, {"run_id": run_id, "table": table.name}).fetchall() == [(0,)]:
        return set()
    columns = ", ".join(quote(column) for column in table.key[:-1])
    sql = f"select distinct {columns} from {quote(table.name)} where run_id = $run_id"
    return set(con.execute(sql, {"run_id": run_id}).fetchall())


def _append(con: Connection, shard: Shard) -> int:
    con.execute(f"insert into {quote(shard.table.name)} by name from {shard.source}")
    return shard.rows


def _merge(con: Connection, shard: Shard, run_id: str) -> int:
    """Insert the rows that are not there yet; returns how many.

    Raises:
        BadShard: a row is there with other values.
    """
    table, key = shard.table, [quote(column) for column in shard.table.key]
    same = " and ".join(f"old.{column} = new.{column}" for column in key)
    compared = [quote(name) for name in table.columns if name not in (*table.key, *_CLOCKED)]
    other = " or ".join(f"old.{column} is distinct from new.{column}" for column in compared)
    run = {"run_id": run_id}
    pair = f"""
        {shard.source} as new
        {{}} join (from {quote(table.name)} where run_id = $run_id) as old
            on {same}
    """
    shown = ", ".join(f"new.{column}" for column in key)
    clash = con.execute(
        f"select {shown} from {pair.format('inner')} where {other} order by all", run
    ).fetchall()
    if clash:
        example = ", ".join(str(value) for value in clash[0])
        raise BadShard(
            f"{shard.path}: {len(clash)} rows contradict what was taken in before ({example}); "
            "the earlier ones stay"
        )
    insert = f"insert into {quote(table.name)} by name select new.* from {pair.format('anti')}"
    return int(con.execute(insert, run).fetchall()[0][0])


def _upsert_run(con: Connection, record: Record) -> None:
    columns = ", ".join(f"${name} as {quote(name)}" for name in RUN.columns)
    con.execute(
        f"""
        insert or replace into run by name
        from (from run where run_id = $run_id union all by name select {columns})
        order by
            status = 'trained' desc,
            started_at desc nulls last,
            seconds desc nulls last,
            (config, versions, code_version, device, error)
        limit 1
        """,
        dict(record.values),
    )
    con.execute(
        """
        insert or ignore into encoder by name
        select encoder, encoder_fingerprint
        from run
        where run_id = $run_id and encoder_fingerprint is not null
        """,
        {"run_id": record.values["run_id"]},
    )


def _upsert_encoder(con: Connection, record: Record) -> None:
    columns = ", ".join(f"${name} as {quote(name)}" for name in ENCODER.columns)
    con.execute(f"insert or replace into encoder by name select {columns}", dict(record.values))


def _note(con: Connection, sha256: str, run_id: str, table: str, rows: int) -> None:
    con.execute("insert into shard values ($1, $2, $3, $4, now())", [sha256, run_id, table, rows])
