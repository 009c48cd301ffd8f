"""Checkpoints: whole or absent, safetensors and JSON only, an encoder any library can load."""

from pathlib import Path

import pytest
import torch

from tests.xtb.workshop import place_in, small_spec
from xtb.checkpoint import Partial, read_finished, read_partial, write_partial
from xtb.encoder import load_encoder
from xtb.errors import BadRun
from xtb.fit import train_stage
from xtb.layout import is_finished


def partial(step: int) -> Partial:
    weights = {"a": torch.full((2, 3), float(step)), "b": torch.tensor(step)}
    return Partial(model=weights, optimizer={}, best=weights, state={"step": step, "losses": [0.1 + 0.2]})


def test_the_newest_state_comes_back_bit_for_bit_and_older_ones_go(tmp_path: Path) -> None:
    for step in (3, 12):
        write_partial(tmp_path, "s", partial(step))
    found = read_partial(tmp_path, "s")
    assert found is not None
    assert found.state == {"step": 12, "losses": [0.1 + 0.2]}
    assert torch.equal(found.model["a"], torch.full((2, 3), 12.0))
    assert [path.name for path in (tmp_path / "checkpoints/s.partial").iterdir()] == ["step-000000012"]


@pytest.mark.parametrize(
    "name", ["model.safetensors", "optimizer.safetensors", "state.json", "manifest.json"]
)
def test_a_damaged_state_is_not_used(name: str, tmp_path: Path) -> None:
    write_partial(tmp_path, "s", partial(3))
    path = tmp_path / "checkpoints/s.partial/step-000000003" / name
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(bytes(data))
    assert read_partial(tmp_path, "s") is None


def test_there_is_no_state_of_a_stage_that_never_began(tmp_path: Path) -> None:
    assert read_partial(tmp_path, "s") is None


def test_a_finished_stage_is_an_ordinary_encoder_folder_without_pickles(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    spec = small_spec(tiny_encoder)
    finished = train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path))
    names = {path.name for path in finished.folder.rglob("*") if path.is_file()}
    assert {
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "heads.safetensors",
        "manifest.json",
    } <= names
    assert not any(name.endswith((".bin", ".pt", ".pth", ".pkl")) for name in names)
    before, after = load_encoder(str(tiny_encoder)), load_encoder(finished.encoder)
    text = "The cat didn't sit on the mat."
    assert before.tokenizer(text)["input_ids"] == after.tokenizer(text)["input_ids"]
    assert before.max_length == after.max_length


def test_an_incomplete_stage_is_not_finished(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder)
    stage_id = spec.stage_id(0)
    finished = train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path))
    (finished.folder / "heads.safetensors").unlink()
    assert not is_finished(tmp_path, stage_id)
    with pytest.raises(BadRun, match="no complete checkpoint"):
        read_finished(tmp_path, stage_id)
    train_stage(spec, 0, str(tiny_encoder), place_in(tmp_path))
    assert is_finished(tmp_path, stage_id)
