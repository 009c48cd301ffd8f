"""Fixtures that several folders of tests share."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The mirror of real benchmark data: $XTB_DATA, else the folder ../shared/data beside the checkout."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("XTB_DATA", root.parent / "shared" / "data"))
    if not (folder / "xnli").is_dir():
        pytest.skip("no mirror of real benchmark data here")
    return folder
