"""``xtb study plan|run|status``."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.xtb.nursery import start_worker
from warehouse.errors import KnownError
from warehouse.rows import CELL_KEY
from xtb.cli.study import app
from xtb.engines import crew
from xtb.run import read_table, run_folders

TEXT = """
targets = ["mini_nli"]
seeds = [1, 2]
[[regime]]
name = "direct"
[[regime]]
name = "stilts"
intermediates = ["mini_copa"]
[train]
steps = 3
limit = 30
batch_tokens = 256
evaluations = 1
dev_limit = 10
[evaluate]
languages = ["en", "qle"]
perturbations = ["lowercase"]
severities = [1]
limit = 8
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(TEXT)
    return path


def run(command: str, file: Path, encoder: Path, *more: str) -> str:
    arguments = [
        command,
        str(file),
        "--encoder",
        str(encoder),
        "--data",
        "mini",
        "--runs",
        str(file.parent / "runs"),
    ]
    result = CliRunner().invoke(app, [*arguments, *more], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_plan_run_and_status_agree(file: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "start", start_worker)
    file.write_text(TEXT.replace("seeds = [1, 2]", "seeds = [1]"))
    text = run("plan", file, tiny_encoder)
    assert "= stilts mini_copa -> mini_nli: 0 of 1 done; 0 of 4 cells measured" in text
    assert "runs    2 of 2 left" in text
    assert json.loads(run("plan", file, tiny_encoder, "--json"))["cells_left"] == 8
    assert "2 of 2 runs and 8 of 8 cells are done" in run("run", file, tiny_encoder, "--workers", "1")
    assert json.loads(run("status", file, tiny_encoder, "--json"))["runs_left"] == 0
    watched = run("status", file, tiny_encoder, "--watch")
    assert "stages: 3 done" in watched
    assert "\x1b" not in watched  # no terminal there


def test_mistakes_of_the_file_end_with_2(file: Path, tiny_encoder: Path) -> None:
    file.write_text(TEXT.replace("mini_copa", "mini_cpoa").replace("steps = 3", "steps = -3"))
    with pytest.raises(KnownError, match="has 2 mistakes") as raised:
        run("plan", file, tiny_encoder)
    assert raised.value.exit_code == 2


def test_a_study_without_an_encoder_says_how_to_give_one(file: Path) -> None:
    with pytest.raises(KnownError, match="give --encoder PATH-OR-HUB-ID"):
        CliRunner().invoke(app, ["plan", str(file), "--data", "mini"], catch_exceptions=False)


def start(file: Path, encoder: Path) -> "subprocess.Popen[str]":
    code = (
        "import sys; from xtb.cli.study import app; from warehouse.errors import KnownError\n"
        "try: app(sys.argv[1:], standalone_mode=False)\n"
        "except KnownError as error: sys.exit(error.exit_code)\n"
    )
    runs = str(file.parent / "runs")
    arguments = [
        "run",
        str(file),
        "--encoder",
        str(encoder),
        "--data",
        "mini",
        "--runs",
        runs,
        "--workers",
        "2",
    ]
    root = Path(__file__).parents[3]
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=root,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(file: Path, pattern: str) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and not list((file.parent / "runs").glob(pattern)):
        time.sleep(0.01)


def assert_complete(file: Path, encoder: Path) -> None:
    assert "4 of 4 runs and 16 of 16 cells are done" in run("run", file, encoder)
    folders = run_folders(file.parent / "runs")
    assert len(folders) == 4
    for folder in folders:
        assert read_table(folder, "score").select(*CELL_KEY, "metric").is_unique().all()
        assert read_table(folder, "outcome").select(*CELL_KEY, "example_id").is_unique().all()
        assert read_table(folder, "outcome").group_by(CELL_KEY).len()["len"].to_list() == [8] * 4


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_nothing_is_lost(file: Path, tiny_encoder: Path) -> None:
    process = start(file, tiny_encoder)
    wait_for(file, "checkpoints/*/stage.json")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode == 130
    assert_complete(file, tiny_encoder)


@pytest.mark.slow
def test_a_killed_study_goes_on_and_its_workers_end_by_themselves(file: Path, tiny_encoder: Path) -> None:
    process = start(file, tiny_encoder)
    wait_for(file, "*/score-*.parquet")
    workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in workers):
        time.sleep(0.1)
    assert not [pid for pid in workers if _is_worker(int(pid))]
    assert_complete(file, tiny_encoder)


def _is_worker(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return b"xtb.engines.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
