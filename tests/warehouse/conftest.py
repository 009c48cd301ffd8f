"""A migrated warehouse: a file of its own for every test, copied from one that is made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import dimensions
from warehouse.connect import Connection, open_for_writing
from warehouse.load import load_dimensions
from warehouse.migrate import migrate


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "xtb.duckdb"
    with open_for_writing(path) as con:
        migrate(con)
        load_dimensions(con, dimensions())
    return path


@pytest.fixture
def db(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "xtb.duckdb"))


@pytest.fixture
def con(db: Path) -> Iterator[Connection]:
    with open_for_writing(db) as con:
        yield con
