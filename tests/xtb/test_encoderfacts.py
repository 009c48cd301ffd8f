"""What is known of an encoder before it is loaded."""

import json
import shutil
from pathlib import Path

import pytest

from xtb.encoder import load_encoder
from xtb.encoderfacts import look_at
from xtb.errors import BadEncoder


def test_a_folder_is_known_by_its_name_and_content(tiny_encoder: Path) -> None:
    facts = look_at(str(tiny_encoder))
    assert (facts.label, facts.location, facts.large) == (tiny_encoder.name, str(tiny_encoder), False)
    assert facts.fingerprint == load_encoder(str(tiny_encoder)).fingerprint


def test_a_wide_encoder_is_large(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "wide"
    shutil.copytree(tiny_encoder, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "hidden_size": 1024}))
    assert look_at(str(folder)).large


def test_no_encoder_is_told() -> None:
    with pytest.raises(BadEncoder, match="no encoder '/nowhere'"):
        look_at("/nowhere")
