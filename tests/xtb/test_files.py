"""Files and folders appear whole or not at all."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from xtb import files


def test_a_file_is_replaced_at_once_and_leaves_nothing_else(tmp_path: Path) -> None:
    files.write_file(tmp_path / "deep" / "a", b"one")
    files.write_file(tmp_path / "deep" / "a", b"two")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a"]
    assert (tmp_path / "deep" / "a").read_bytes() == b"two"


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write_file(tmp_path / "a", b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_file(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_full_disk_that_a_library_tells_in_its_own_way_is_told_as_any_other(tmp_path: Path) -> None:
    def write(problem: str) -> None:
        with files.new_folder(tmp_path / "f") as folder:
            (folder / "x").write_bytes(b"abc")
            raise RuntimeError(problem)

    with pytest.raises(OSError, match="No space left on device") as raised:
        write("Error while serializing: I/O error: No space left on device (os error 28)")
    assert raised.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError, match="a defect"):
        write("a defect")


def test_a_folder_comes_with_a_manifest_of_its_files(tmp_path: Path) -> None:
    with files.new_folder(tmp_path / "f") as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "x").write_bytes(b"abc")
    manifest = json.loads((tmp_path / "f" / "manifest.json").read_text())
    assert manifest["sub/x"]["bytes"] == 3
    assert files.is_complete(tmp_path / "f", hashes=True)


def test_a_folder_whose_block_fails_never_appears(tmp_path: Path) -> None:
    def fail() -> None:
        with files.new_folder(tmp_path / "f") as folder:
            (folder / "x").write_bytes(b"abc")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "no manifest"])
def test_a_damaged_folder_is_not_complete(damage: str, tmp_path: Path) -> None:
    with files.new_folder(tmp_path / "f") as folder:
        (folder / "x").write_bytes(b"abc")
    target = tmp_path / "f" / ("manifest.json" if damage == "no manifest" else "x")
    if damage in ("missing", "no manifest"):
        target.unlink()
    else:
        target.write_bytes(b"ab" if damage == "cut" else b"abd")
    assert not files.is_complete(tmp_path / "f", hashes=True)


def test_a_complete_folder_stays_and_an_incomplete_one_is_replaced(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        with files.new_folder(tmp_path / "f") as folder:
            (folder / "x").write_bytes(content)
    assert (tmp_path / "f" / "x").read_bytes() == b"one"
    (tmp_path / "f" / "x").write_bytes(b"")
    with files.new_folder(tmp_path / "f") as folder:
        (folder / "x").write_bytes(b"three")
    assert (tmp_path / "f" / "x").read_bytes() == b"three"


def test_what_dead_processes_left_is_swept_and_what_living_ones_write_stays(tmp_path: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path; from xtb import files;"
        "context = files.new_folder(Path(sys.argv[1]) / 'f'); context.__enter__(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert len(list(tmp_path.iterdir())) == 1
    with files.new_folder(tmp_path / "mine"):
        files.sweep(tmp_path)
        assert len(list(tmp_path.iterdir())) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
