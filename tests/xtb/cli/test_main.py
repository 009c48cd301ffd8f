"""The command line as a whole: every command has help and a line in the README; an error is one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xtb.cli.main import COMMANDS, command_line, run

ROOT = Path(__file__).resolve().parents[3]


def xtb(*arguments: str) -> "subprocess.CompletedProcess[str]":
    code = "from xtb.cli.main import run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(command_line(), [command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "Usage" in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"xtb {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_unknown_command_is_a_usage_error() -> None:
    result = xtb("trian")
    assert result.returncode == 2
    assert "train" in result.stderr


def test_known_error_is_one_line_without_traceback(tmp_path: Path) -> None:
    result = xtb("sql", "select 1", "--db", str(tmp_path / "none.duckdb"))
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stderr.startswith("xtb: ")


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    result = xtb("sql", "select 1", "--db", str(tmp_path / "none.duckdb"), "--debug")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_unknown_task_gives_the_nearest_name_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ("--regime", "direct", "--target", "xnil", "--encoder", str(tmp_path), "--data", "mini")
    monkeypatch.setattr(sys, "argv", ["xtb", "train", *order])
    with pytest.raises(SystemExit, match="2"):
        run()
    assert "Did you mean 'xnli'?" in capsys.readouterr().err
