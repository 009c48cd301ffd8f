"""The built-in benchmark as a source."""

import subprocess
import sys
from dataclasses import dataclass

import pytest

from ingest.catalog import task
from ingest.dataset import Dataset
from ingest.errors import MissingData
from ingest.mini import MiniSource
from ingest.source import open_source


@dataclass(frozen=True)
class Unknown:
    name: str
    split: str
    language: str


def test_the_name_mini_opens_it() -> None:
    source = open_source("mini")
    assert source.name.startswith("mini:")
    assert task("mini_nli").available(source, "test") == task("mini_nli").splits["test"]


@pytest.mark.parametrize(
    "asked",
    [Unknown("xnli", "test", "en"), Unknown("mini_nli", "test2", "en"), Unknown("mini_nli", "test", "de")],
)
def test_other_tables_are_missing(asked: Unknown) -> None:
    dataset = Dataset(name=asked.name, shape="pair")
    assert not MiniSource().has(dataset, asked.split, asked.language)
    with pytest.raises(MissingData, match=f"no {asked.name}/{asked.split}/{asked.language}"):
        MiniSource().table(dataset, asked.split, asked.language)


def test_another_process_with_another_hash_seed_makes_the_same_text() -> None:
    code = (
        "from ingest.mini import MiniSource; from ingest.dataset import Dataset;"
        "s = MiniSource(); t = s.table(Dataset(name='mini_nli', shape='pair'), 'test', 'qda');"
        "import hashlib; print(s.name, hashlib.sha256(t.write_json().encode()).hexdigest())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
