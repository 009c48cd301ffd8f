"""Taking published numbers in: all of what ships in one transaction, again without effect."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from warehouse.connect import Connection, transaction
from warehouse.dimensions import DIMENSIONS
from warehouse.published_rows import FROM_OTHERS
from warehouse.sql import quote

_OF_RUNS = ("score", "stage", "training_mix")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What ships with xtb.

    Attributes:
        frames: rows by table: ``published``, ``run``, ``score``, ``stage``, ``training_mix``, ``claim``, and
            rows of dimensions that are added where there are none of their key.
        digests: table of published numbers -> sha256 of what it was made from.
    """

    frames: Mapping[str, pl.DataFrame]
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPublished:
    """What one call did: tables taken in now, tables known before, and rows of the former by table."""

    new: int
    known: int
    rows: Mapping[str, int]


def load_published(con: Connection, shipped: Shipped) -> LoadedPublished:
    """Replace published numbers whose table is new or another one than before, and the claims.

    Args:
        con: a connection from ``open_for_writing``, migrated.
        shipped: what ships.
    """
    held = dict(con.execute("select table_name, sha256 from published_table").fetchall())
    new = [name for name, digest in shipped.digests.items() if held.get(name) != digest]
    stale = sorted({*new, *(name for name in held if name not in shipped.digests)})
    rows: dict[str, int] = {}
    with transaction(con):
        _remove(con, stale)
        if new:
            fresh = _only(shipped.frames, new)
            for name in DIMENSIONS:
                if name in fresh:
                    _insert(con, name, fresh[name], or_ignore=True)
            for name in ("run", *_OF_RUNS, "published"):
                rows[name] = _insert(con, name, fresh[name])
            _insert(con, "published_table", _ledger(shipped, new))
        con.execute("delete from claim")
        _insert(con, "claim", shipped.frames["claim"])
    return LoadedPublished(new=len(new), known=len(shipped.digests) - len(new), rows=rows)


def _only(frames: Mapping[str, pl.DataFrame], names: list[str]) -> dict[str, pl.DataFrame]:
    """The frames with the rows of some tables only."""
    runs = frames["run"].filter(pl.col("source").str.strip_prefix("published:").is_in(names))
    kept = runs["run_id"].implode()
    return {
        **frames,
        "run": runs,
        "published": frames["published"].filter(pl.col("table_name").is_in(names)),
        **{name: frames[name].filter(pl.col("run_id").is_in(kept)) for name in _OF_RUNS},
    }


def _ledger(shipped: Shipped, names: list[str]) -> pl.DataFrame:
    counts = dict(shipped.frames["published"].group_by("table_name").len().iter_rows())
    table = FROM_OTHERS["published_table"]
    return pl.DataFrame(
        {
            "table_name": names,
            "sha256": [shipped.digests[name] for name in names],
            "rows": [counts[name] for name in names],
        }
    ).select(*(name for name in table.columns if name != "loaded_at"))


def _remove(con: Connection, names: list[str]) -> None:
    if not names:
        return
    of_runs = "select run_id from run where source in (select 'published:' || unnest($names))"
    for table in _OF_RUNS:
        con.execute(f"delete from {quote(table)} where run_id in ({of_runs})", {"names": names})
    con.execute(f"delete from run where run_id in ({of_runs})", {"names": names})
    for table in ("published", "published_table"):
        con.execute(
            f"delete from {quote(table)} where table_name in (select unnest($names))", {"names": names}
        )


def _insert(con: Connection, table: str, frame: pl.DataFrame, *, or_ignore: bool = False) -> int:
    con.register("incoming", frame)
    ignore = "or ignore" if or_ignore else ""
    extra = ", now() as loaded_at" if table == "published_table" else ""
    done = con.execute(f"insert {ignore} into {quote(table)} by name select *{extra} from incoming")
    count = int(done.fetchall()[0][0])
    con.unregister("incoming")
    return count
