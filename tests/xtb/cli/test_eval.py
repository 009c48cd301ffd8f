"""``xtb eval``."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from warehouse.errors import KnownError
from xtb.cli import eval as evaluation

app = typer.Typer()
app.command()(evaluation.command)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_cells_are_measured_with_their_clean_twins_and_not_again(trained: Path) -> None:
    grid = [
        "--perturbation",
        "char_swap,lowercase",
        "--severity",
        "1-2",
        "--language",
        "en,qle",
        "--limit",
        "8",
    ]
    runs = ["--runs", str(trained.parent)]
    assert "10 cells: 10 measured now, 0 were there" in run(trained.name[:6], *grid, *runs)
    assert "10 cells: 0 measured now, 10 were there" in run(str(trained), *grid)
    more = run(trained.name, *grid, "--severity", "3", *runs, "--json")
    result = json.loads(more)
    assert (result["cells"], result["done_before"], result["done_now"]) == (14, 10, 4)
    assert len(result["scores"]) == 14
    assert {score["severity"] for score in result["scores"]} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--perturbation", "char_swp"], 2, "unknown perturbation 'char_swp'. Did you mean 'char_swap'"),
        (["--language", "qlx"], 2, "unknown language 'qlx'"),
        (["--severity", "1-9"], 2, "severity 6 is not in 1 to 5"),
        (["--severity", "one"], 2, "severity 'one' is no number or range such as 1-5"),
        (["--task", "mini_nil"], 2, "unknown task 'mini_nil'. Did you mean 'mini_nli'"),
        (["--split", "tests"], 2, "unknown split of 'mini_nli' 'tests'. Did you mean 'test'"),
        (["--task", "mini_pos", "--limit", "4"], 2, "cannot be measured on 'mini_pos'"),
    ],
)
def test_bad_input_gets_one_line(trained: Path, arguments: list[str], code: int, message: str) -> None:
    with pytest.raises(KnownError, match=message) as raised:
        run(str(trained), *arguments)
    assert raised.value.exit_code == code


def test_an_unknown_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no run 'abc' in") as raised:
        run("abc", "--runs", str(tmp_path))
    assert raised.value.exit_code == 1
