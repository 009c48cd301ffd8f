"""A migrated warehouse: a file of its own for every test, copied from the template."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.connect import Connection, open_for_writing


@pytest.fixture
def db(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "xtb.duckdb"))


@pytest.fixture
def con(db: Path) -> Iterator[Connection]:
    with open_for_writing(db) as con:
        yield con
