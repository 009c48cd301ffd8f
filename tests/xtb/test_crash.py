"""Evaluation, training and pretraining: killed hundreds of times, beside rivals, on a full disk."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.killing import killed


def put_through(ordeal: str, folder: Path, *, kills: int, rivals: int = 1) -> None:
    folder.mkdir(exist_ok=True)
    assert killed(f"tests.xtb.ordeals:{ordeal}", folder, kills=kills, seed=kills, rivals=rivals)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_evaluations_lose_and_double_no_cell(tmp_path: Path) -> None:
    put_through("EVALUATION", tmp_path, kills=150)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_several_evaluations_at_once_of_which_one_is_killed(tmp_path: Path) -> None:
    put_through("EVALUATION", tmp_path, kills=25, rivals=3)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_trainings_end_with_the_same_bits(tmp_path: Path) -> None:
    put_through("TRAINING", tmp_path, kills=40)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_pretrainings_end_with_the_same_bits(tmp_path: Path) -> None:
    put_through("PRETRAINING", tmp_path, kills=25)


@pytest.mark.slow
def test_an_evaluation_on_a_full_disk_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", runs], check=False).returncode:
        pytest.skip("no right to mount a tmpfs")
    try:
        assert step("trained_again", tmp_path).returncode == 0
        used = int(
            subprocess.run(["du", "-sk", runs], capture_output=True, text=True, check=True).stdout.split()[0]
        )
        refused = 0
        for room in (0, 8, 24, 60, 20_000):
            subprocess.run(["mount", "-o", f"remount,size={used + room}k", runs], check=True)
            done = step("measure", tmp_path)
            if done.returncode:
                refused += 1
                assert "No space left on device" in done.stderr
            assert step("no_cell_twice", tmp_path).returncode == 0
        assert refused >= 1
        assert step("every_cell_once", tmp_path).returncode == 0
    finally:
        subprocess.run(["umount", runs], check=True)


def step(name: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """One step of the evaluation's ordeal in a process of its own."""
    code = "import sys; from pathlib import Path; from tests.xtb import ordeals;"
    code += f"ordeals.{name}(Path(sys.argv[1]))"
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=root, capture_output=True, text=True, check=False
    )
