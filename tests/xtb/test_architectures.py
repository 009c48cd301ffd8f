"""Any encoder that AutoModel knows: trained, measured, and resumed to the same bits."""

import random
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.xtb.test_train import train_with_stops
from tests.xtb.workshop import SMALL, place_in, small_spec, weights
from xtb.fit import train_run
from xtb.grid import Grid, grid_cells
from xtb.measure import evaluate_run
from xtb.run import read_table

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("task", ["mini_nli", "mini_pos", "mini_qa", "mini_copa"])
@pytest.mark.parametrize("architecture", ["encoder", "bert", "deberta", "modernbert"])
def test_an_architecture_goes_the_whole_way(
    architecture: str, task: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    encoder: Path = request.getfixturevalue(f"tiny_{architecture}")
    spec = small_spec(encoder, task, settings=replace(SMALL, learning_rate=3e-3))
    place = place_in(tmp_path / "whole")
    found = train_run(spec, str(encoder), place)
    assert read_table(found.folder, "training_log")["loss"].is_finite().all()
    cells = grid_cells(task, Grid(languages=("en", "qle"), perturbations=("char_swap",), severities=(4,)))
    evaluate_run(found, cells, place, limit=10)
    outcomes = read_table(found.folder, "outcome")
    assert outcomes.height == 40
    assert outcomes.filter(pl.col("severity") > 0)["token_changed"].any()
    train_with_stops(spec, encoder, tmp_path / "stopped", [random.randrange(1, 6)])
    whole, stopped = (weights(tmp_path / name, spec.stage_id(0)) for name in ("whole", "stopped"))
    assert stopped == whole


@pytest.mark.parametrize("settings", [{"lora_rank": 2, "lora_dropout": 0.1}, {"accumulation": 2}])
@pytest.mark.parametrize("architecture", ["bert", "deberta", "modernbert"])
def test_the_loops_options_resume_exactly_too(
    architecture: str, settings: dict[str, float], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    encoder: Path = request.getfixturevalue(f"tiny_{architecture}")
    spec = small_spec(encoder, settings=replace(SMALL, **settings))
    train_with_stops(spec, encoder, tmp_path / "stopped", [2, 4])
    train_run(spec, str(encoder), place_in(tmp_path / "whole"))
    assert weights(tmp_path / "stopped", spec.stage_id(0)) == weights(tmp_path / "whole", spec.stage_id(0))
