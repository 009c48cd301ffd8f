"""The bottom floor: schema, rows, SQL, migrations, loading, checks. Uses no other floor."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.query import Warehouse


def open_warehouse(path: str | Path = "xtb.duckdb") -> "Warehouse":
    """A warehouse to ask: ``open_warehouse("xtb.duckdb").query("select * from leaderboard")``.

    Raises:
        NotAWarehouse: the file is missing or something else.
    """
    from warehouse.query import Warehouse  # duckdb takes 0.15 s of CPU, which not every command should pay

    return Warehouse(Path(path))
