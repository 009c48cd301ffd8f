"""``xtb export RUN --model`` and ``xtb information RUN``, as people call them."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.xtb.workshop import place_in, small_spec
from warehouse.errors import KnownError
from xtb.cli import export, information
from xtb.fit import train_run

app = typer.Typer()
app.command("export")(export.command)
app.command("information")(information.command)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "abc", "--model", "--predictions", "xtreme"], "give one of them"),
        (["export", "abc", "--model"], "no run 'abc' in"),
    ],
)
def test_bad_input_gets_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=message):
        run(*arguments, "-o", str(tmp_path / "out"), "--runs", str(tmp_path))
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_run_is_exported_and_its_information_told(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, "mini_nli", ("mini_para",), regime="stilts")
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    out = tmp_path / "out"
    said = run("export", str(found.folder), "--model", "-o", str(out), "--db", str(tmp_path / "no.duckdb"))
    assert "AutoModelForSequenceClassification, 0 scores in its card" in said
    assert "has no score of this run" in said
    assert {"config.json", "model.safetensors", "tokenizer.json", "README.md"} <= {
        path.name for path in out.iterdir()
    }
    said = run("information", str(found.folder), "--encoder", str(tiny_encoder))
    assert "mini_para dev en" in said
    assert "bits usable (20 examples)" in said
