"""Fixtures that several folders of tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """Properties without a budget of their own see few texts, and many where slow tests run."""
    slow = config.option.markexpr != "not slow"
    settings.register_profile("xtb", max_examples=500 if slow else 30, deadline=None)
    settings.load_profile("xtb")


@pytest.fixture(autouse=True)
def own_data_folder() -> Iterator[None]:
    """A command given ``--data`` sets $XTB_DATA for its process; the next test must not see it."""
    before = os.environ.get("XTB_DATA")
    yield
    if before is None:
        os.environ.pop("XTB_DATA", None)
    else:
        os.environ["XTB_DATA"] = before


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The mirror of real benchmark data: $XTB_DATA, else the folder ../shared/data beside the checkout."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("XTB_DATA", root.parent / "shared" / "data"))
    if not (folder / "xnli").is_dir():
        pytest.skip("no mirror of real benchmark data here")
    return folder


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the dimensions of ``tests.support`` and no runs; to be copied, which is quick."""
    from tests.support import dimensions
    from warehouse.connect import open_for_writing
    from warehouse.load import load_dimensions
    from warehouse.migrate import migrate

    path = tmp_path_factory.mktemp("template") / "xtb.duckdb"
    with open_for_writing(path) as con:
        migrate(con)
        load_dimensions(con, dimensions())
    return path


@pytest.fixture(scope="session")
def catalogued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the dimensions of the catalogue and no runs; to be copied, which is quick."""
    from xtb.intake import open_for_intake

    path = tmp_path_factory.mktemp("catalogued") / "xtb.duckdb"
    with open_for_intake(path):
        return path


@pytest.fixture(scope="session")
def published_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that holds the published results and nothing else; nobody writes to it."""
    from ingest.published.ship import shipped
    from warehouse.published import load_published
    from xtb.intake import open_for_intake

    path = tmp_path_factory.mktemp("published") / "xtb.duckdb"
    with open_for_intake(path) as con:
        load_published(con, shipped())
    return path
