"""What tests of several commands need."""

from pathlib import Path

import pytest

from tests.xtb.workshop import place_in, small_spec


@pytest.fixture(scope="module")
def trained(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run, which a module's tests may go on measuring."""
    from xtb.fit import train_run

    runs = tmp_path_factory.mktemp("runs")
    return train_run(small_spec(tiny_encoder), str(tiny_encoder), place_in(runs)).folder
