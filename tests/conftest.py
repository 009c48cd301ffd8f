"""Fixtures that several folders of tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"


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
