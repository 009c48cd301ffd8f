import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from xtb.encoder import encoder_fingerprint, encoder_row, load_encoder
from xtb.errors import BadEncoder


@pytest.fixture
def copy(tiny_encoder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_encoder, tmp_path / "copy"))


def test_a_folder_loads_with_its_limits(tiny_encoder: Path) -> None:
    encoder = load_encoder(str(tiny_encoder))
    assert encoder.max_length == 128  # 130 positions, counted from the padding id on
    assert not encoder.token_types
    assert encoder.model.config._attn_implementation == "sdpa"
    assert not encoder.model.training


def test_a_bert_folder_has_token_types_and_all_its_positions(tiny_bert: Path) -> None:
    encoder = load_encoder(str(tiny_bert))
    assert encoder.token_types
    assert encoder.max_length == 128


def test_the_longest_input_passes_through(tiny_encoder: Path) -> None:
    encoder = load_encoder(str(tiny_encoder))
    ids = torch.full((1, encoder.max_length), 7)
    assert encoder.model(input_ids=ids).last_hidden_state.shape == (1, 128, 32)
    with pytest.raises((IndexError, RuntimeError)):
        encoder.model(input_ids=torch.full((1, encoder.max_length + 1), 7))


def test_loading_twice_gives_the_same_weights_and_leaves_the_generator(tiny_encoder: Path) -> None:
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    one, two = load_encoder(str(tiny_encoder)), load_encoder(str(tiny_encoder))
    for name, weight in one.model.state_dict().items():
        assert torch.equal(weight, two.model.state_dict()[name]), name
    assert torch.equal(before, torch.random.get_rng_state())


def test_half_precision_weights_are_widened(copy: Path) -> None:
    path = copy / "model.safetensors"
    save_file({k: v.to(torch.bfloat16) for k, v in load_file(path).items()}, path, metadata={"format": "pt"})
    assert {p.dtype for p in load_encoder(str(copy)).model.parameters()} == {torch.float32}


def test_the_fingerprint_is_of_the_content(tiny_encoder: Path, copy: Path) -> None:
    assert encoder_fingerprint(str(copy)) == encoder_fingerprint(str(tiny_encoder))
    assert load_encoder(str(copy)).fingerprint == encoder_fingerprint(str(copy))
    (copy / "README.md").write_text("a note")
    assert encoder_fingerprint(str(copy)) == encoder_fingerprint(str(tiny_encoder))


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "tokenizer.json"])
def test_the_fingerprint_follows_each_file(tiny_encoder: Path, copy: Path, file: str) -> None:
    (copy / file).write_bytes((copy / file).read_bytes() + b" ")
    assert encoder_fingerprint(str(copy)) != encoder_fingerprint(str(tiny_encoder))


def test_the_fingerprint_needs_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, xtb.encoder_files; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_row_describes_the_encoder(tiny_encoder: Path) -> None:
    encoder = load_encoder(str(tiny_encoder))
    row = encoder_row(encoder).row(0, named=True)
    assert row["encoder"] == str(tiny_encoder)
    assert (row["architecture"], row["layers"], row["hidden"]) == ("xlm-roberta", 2, 32)
    assert row["parameters"] == sum(p.numel() for p in encoder.model.parameters())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("/no/such/folder", "there is no such folder"),
        ("no-such-model", "its cache does not hold it"),
        ("a b", "no hub id"),
        ("a/b/c", "no hub id"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(name: str, says: str) -> None:
    with pytest.raises(BadEncoder, match=says) as caught:
        load_encoder(name)
    assert "\n" not in str(caught.value)


def test_a_folder_without_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadEncoder, match=r"no config\.json"):
        load_encoder(str(tmp_path))


def test_pickled_weights_are_refused(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(BadEncoder, match="pickled"):
        load_encoder(str(copy))
    with pytest.raises(BadEncoder, match="pickled"):
        encoder_fingerprint(str(copy))


def test_a_missing_tokenizer_is_said(copy: Path) -> None:
    for file in copy.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(BadEncoder, match="no tokenizer"):
        load_encoder(str(copy))


def test_truncated_weights_are_refused(copy: Path) -> None:
    path = copy / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(BadEncoder, match="cannot be loaded"):
        load_encoder(str(copy))


def test_weights_that_leave_gaps_are_refused(copy: Path) -> None:
    path = copy / "model.safetensors"
    weights = {name: weight for name, weight in load_file(path).items() if "layer.1" not in name}
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(BadEncoder, match="tensors are missing"):
        load_encoder(str(copy))


def test_an_architecture_with_code_of_its_own_is_refused_and_not_run(copy: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    (copy / "evil.py").write_text(f"open({str(mark)!r}, 'w')")
    (copy / "config.json").write_text(
        '{"model_type": "evil", "auto_map": {"AutoConfig": "evil.C", "AutoModel": "evil.M"}}'
    )
    with pytest.raises(BadEncoder, match="cannot be loaded"):
        load_encoder(str(copy))
    assert not mark.exists()
