"""A warehouse ready to take something in: at this schema, with the tasks, languages and noise of this xtb."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.catalog import dimensions
from warehouse.connect import WRITE_WAIT, Connection, open_for_writing
from warehouse.load import load_dimensions
from warehouse.migrate import migrate


@contextmanager
def open_for_intake(
    path: Path, *, wait_seconds: float = WRITE_WAIT, on_wait: Callable[[str], None] | None = None
) -> Iterator[Connection]:
    """The one writer, migrated and with its dimensions filled; makes the file when there is none.

    Args:
        path: the warehouse file.
        wait_seconds: how long to wait for other processes to close it.
        on_wait: called once with a sentence that names the holder, if there is waiting to do.

    Raises:
        WarehouseLocked, NewerSchema, NotAWarehouse: as ``open_for_writing``.
    """
    tables = dimensions()  # made before the file is held
    with open_for_writing(path, wait_seconds=wait_seconds, on_wait=on_wait) as con:
        migrate(con)
        load_dimensions(con, tables)
        yield con
