"""One transaction for what is new in a run folder: rows and ledger, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from warehouse.connect import Connection, DatabaseError, transaction
from warehouse.dimensions import ENCODER
from warehouse.errors import BadShard
from warehouse.record import Record
from warehouse.rows import RUN
from warehouse.shard import Shard, decodes, reader
from warehouse.sql import quote

_CLOCKED = ("seconds", "tokens_per_second")  # a second training of the same run takes another time


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The table ``shard`` in memory, so that what is known costs no query.

    Attributes:
        hashes: of every file taken in.
        held: (run_id, table) of which a file was taken in.
    """

    hashes: set[str]
    held: set[tuple[str, str]]

    def add(self, taken: "Taken") -> None:
        """Note what a transaction has taken in."""
        self.hashes.update(taken.files)
        self.held.update((taken.run_id, table) for table, _ in taken.files.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one transaction did: sha256 -> (table, rows added) of each file; a line for each one refused."""

    run_id: str
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def read_ledger(con: Connection) -> Ledger:
    """The ledger of a warehouse."""
    rows = con.execute("select sha256, run_id, table_name from shard").fetchall()
    return Ledger(hashes={row[0] for row in rows}, held={(row[1], row[2]) for row in rows})


def take_in(
    con: Connection, run_id: str, records: Mapping[str, Record], shards: Sequence[Shard], ledger: Ledger
) -> Taken:
    """Insert records (by table: run, encoder) and sound shards of one run."""
    try:
        with transaction(con):
            return _insert(con, run_id, records, shards, ledger)
    except DatabaseError:
        broken = [shard for shard in shards if not decodes(con, shard)]
        if not broken:
            raise
    taken = take_in(con, run_id, records, [shard for shard in shards if shard not in broken], ledger)
    taken.refused.extend(f"{shard.path}: damaged, its pages cannot be read" for shard in broken)
    return taken


def _insert(
    con: Connection, run_id: str, records: Mapping[str, Record], shards: Sequence[Shard], ledger: Ledger
) -> Taken:
    taken = Taken(run_id=run_id)
    if "run" in records:
        _insert_run(con, records["run"], known=(run_id, "run") in ledger.held)
    if "encoder" in records:
        _insert_encoder(con, records["encoder"])
    taken.files.update({record.sha256: (table, 1) for table, record in records.items()})
    for table in {shard.table.name: None for shard in shards}:
        mine = [shard for shard in shards if shard.table.name == table]
        fresh, overlapping = _apart(mine, _groups(con, mine[0], ledger))
        if fresh:
            _append(con, fresh)
            taken.files.update({shard.sha256: (table, shard.rows) for shard in fresh})
        for shard in overlapping:
            try:
                taken.files[shard.sha256] = (table, _merge(con, shard))
            except BadShard as error:
                taken.refused.append(str(error))
    _name_strangers(con, run_id)
    _note(con, taken)
    return taken


def _name_strangers(con: Connection, run_id: str) -> None:
    """Give tasks and languages of others that no catalogue has a row, of which only the name is known."""
    for dimension, key, named in (("task", "task", "target"), ("language", "code", None)):
        facts = f"select {dimension} from score where run_id = $run_id"
        runs = f" union select {named} from run where run_id = $run_id" if named else ""
        con.execute(
            f"""
            insert into {dimension} ({key})
            select distinct found.{dimension}
            from ({facts}{runs}) as found ({dimension})
            inner join run on run.run_id = $run_id and run.source <> 'xtb'
            anti join {dimension} as known on known.{key} = found.{dimension}
            """,
            {"run_id": run_id},
        )


def _apart(shards: Sequence[Shard], groups: set[tuple[object, ...]]) -> tuple[list[Shard], list[Shard]]:
    """Shards that share no group with the table or each other, and the rest."""
    fresh: list[Shard] = []
    overlapping: list[Shard] = []
    for shard in shards:
        (fresh if groups.isdisjoint(shard.groups) else overlapping).append(shard)
        groups |= shard.groups
    return fresh, overlapping


def _groups(con: Connection, shard: Shard, ledger: Ledger) -> set[tuple[object, ...]]:
    """The groups of a shard's run that its table holds."""
    if (shard.run_id, shard.table.name) not in ledger.held:
        return set()
    columns = ", ".join(quote(column) for column in shard.table.key[:-1])
    sql = f"select distinct {columns} from {quote(shard.table.name)} where run_id = $run_id"
    return set(con.execute(sql, {"run_id": shard.run_id}).fetchall())


def _append(con: Connection, shards: Sequence[Shard]) -> None:
    source = reader([shard.path for shard in shards])
    con.execute(
        f"insert into {quote(shards[0].table.name)} by name select * exclude (filename) from {source}"
    )


def _merge(con: Connection, shard: Shard) -> int:
    """Insert the rows that are not there yet; returns how many.

    Raises:
        BadShard: a row is there with other values.
    """
    table, key = shard.table, [quote(column) for column in shard.table.key]
    same = " and ".join(f"old.{column} = new.{column}" for column in key)
    compared = [quote(name) for name in table.columns if name not in (*table.key, *_CLOCKED)]
    other = " or ".join(f"old.{column} is distinct from new.{column}" for column in compared)
    run = {"run_id": shard.run_id}
    pair = f"""
        {reader([shard.path])} as new
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
    columns = ", ".join(f"new.{quote(name)}" for name in table.columns)
    insert = f"insert into {quote(table.name)} by name select {columns} from {pair.format('anti')}"
    return int(con.execute(insert, run).fetchall()[0][0])


def _insert_run(con: Connection, record: Record, *, known: bool) -> None:
    """Insert the run, better than the record that is ``known``, and the name of its encoder."""
    columns = ", ".join(f"${name} as {quote(name)}" for name in RUN.columns)
    if not known:
        con.execute(f"insert into run by name select {columns}", dict(record.values))
    else:
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
    if record.values["encoder_fingerprint"] is not None:
        con.execute(
            "insert or ignore into encoder (encoder, encoder_fingerprint) values ($1, $2)",
            [record.values["encoder"], record.values["encoder_fingerprint"]],
        )


def _insert_encoder(con: Connection, record: Record) -> None:
    columns = ", ".join(f"${name} as {quote(name)}" for name in ENCODER.columns)
    con.execute(f"insert or replace into encoder by name select {columns}", dict(record.values))


def _note(con: Connection, taken: Taken) -> None:
    tables, rows = zip(*taken.files.values(), strict=True) if taken.files else ((), ())
    con.execute(
        "insert into shard select unnest($hashes), $run_id, unnest($tables), unnest($rows), now()",
        {"hashes": list(taken.files), "run_id": taken.run_id, "tables": list(tables), "rows": list(rows)},
    )
