"""Which runs are meant, and what the warehouse holds of them."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ingest import catalog
from ingest.dataset import Hub
from warehouse.connect import Connection, Sandbox
from warehouse.errors import UsageError
from warehouse.query import query, resolve


def runs(con: Connection | Sandbox, what: str, given: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The rows of ``run`` that are meant, ordered by ``run_id``.

    Args:
        con: the warehouse.
        what: a run id, or a query, view or table with a column ``run_id``.
        given: parameters of the query.

    Raises:
        UsageError: no such column, or no run.
    """
    found = query(con, "select * from run where run_id = $what", {"what": what.strip()})
    if found.is_empty():
        sql, values = resolve(con, what, given)
        named = query(con, sql, values)
        if "run_id" not in named.columns:
            raise UsageError("a run id is needed, or a query with a column run_id")
        wanted = named["run_id"].drop_nulls().cast(pl.String).unique().to_list()
        found = query(
            con, "select * from run where list_contains($wanted, run_id) order by run_id", {"wanted": wanted}
        )
    if found.is_empty():
        raise UsageError("no run is meant: the query gives none")
    return found


def scores(con: Connection | Sandbox, run_id: str) -> pl.DataFrame:
    """The scores of a run that have a value, clean cells first."""
    return query(
        con,
        """
        select task, split, language, perturbation, severity, noise_seed, metric, value, n
        from score
        where run_id = $run_id and value is not null
        order by task, severity, perturbation, noise_seed, split, language, metric
        """,
        {"run_id": run_id},
    )


def hub(task: str, split: str) -> Hub | None:
    """Where a task's data lie on the hub; None for a task that is not in the catalogue or lies elsewhere."""
    if task not in catalog.task_names():
        return None
    tables = catalog.task(task).data.get(split, ())
    return next((place for table in tables for place in table.hub), None)
