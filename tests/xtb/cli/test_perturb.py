"""``xtb perturb``: marks, ranges, JSON and errors."""

import json

import pytest
import typer
from typer.testing import CliRunner

from warehouse.errors import UnknownName, UsageError
from xtb.cli.perturb import command

app = typer.Typer()
app.command()(command)
TEXT = "The old man walked slowly home."


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [TEXT, *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_edits_are_marked_and_counted() -> None:
    lines = run("--perturbation", "char_delete", "--severity", "1-5").splitlines()
    assert [line.split("  ")[0] for line in lines] == [f"char_delete {level}" for level in range(1, 6)]
    assert [line.split("  ")[-1] for line in lines] == [f"({count} of 25)" for count in (1, 1, 2, 5, 8)]
    assert lines[2].count("[-") == 2


def test_all_perturbations_are_shown_by_default() -> None:
    output = run()
    assert "keyboard_substitute 3  " in output
    assert "romanize finds nothing to edit in these texts (en)" in output


def test_json_holds_the_text_and_its_edits() -> None:
    (row,) = json.loads(run("-p", "char_repeat", "-s", "1", "--json"))
    (edit,) = row["edits"]
    assert row["text"] == TEXT[: edit["start"]] + edit["new"] + TEXT[edit["start"] :]
    assert (row["units"], row["eligible"], row["not_applicable"]) == (1, 25, None)


def test_wrong_names_and_severities_are_refused() -> None:
    with pytest.raises(UnknownName, match="unknown language 'zz'"):
        run("-p", "char_swap", "-l", "zz")
    with pytest.raises(UnknownName, match=r"Did you mean 'char_swap'\?"):
        run("-p", "char_swop")
    with pytest.raises(UsageError, match="'a-b' is no severity"):
        run("-p", "char_swap", "-s", "a-b")
    with pytest.raises(UsageError, match="severity 7 does not exist"):
        run("-p", "char_swap", "-s", "7")
