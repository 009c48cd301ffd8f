"""``xtb names``."""

import json

import pytest
import typer
from typer.testing import CliRunner

from xtb.cli.names import COLUMNS, command
from xtb.names import CATALOGUES

app = typer.Typer()
app.command()(command)


def test_without_a_catalogue_it_counts_them_all() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(CATALOGUES)


@pytest.mark.parametrize("kind", CATALOGUES)
def test_a_catalogue_is_a_table_or_json(kind: str) -> None:
    table = CliRunner().invoke(app, [kind])
    assert table.exit_code == 0
    rows = json.loads(CliRunner().invoke(app, [kind, "--json"]).output)
    assert table.output.split()[0] == (*COLUMNS[kind], rows[0]["name"])[0]
    assert all(row["name"] in table.output for row in rows)
    assert set(COLUMNS[kind]) <= set(rows[0])


def test_all_catalogues_as_json() -> None:
    found = json.loads(CliRunner().invoke(app, ["--json"]).output)
    assert list(found) == list(CATALOGUES)
    assert "xnli" in found["tasks"]
