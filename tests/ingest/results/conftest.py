"""A database for looking at rows; it holds nothing."""

from collections.abc import Iterator

import pytest

from warehouse.connect import Connection, open_in_memory


@pytest.fixture(scope="session")
def con() -> Iterator[Connection]:
    with open_in_memory() as con:
        yield con
