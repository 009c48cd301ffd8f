"""``xtb report``."""

from dataclasses import replace

import typer
from typer.testing import CliRunner

from reports.question import names, question
from tests.reports.synthetic import Truth, warehouse
from xtb import studies
from xtb.cli.report import command

app = typer.Typer()
app.command()(command)

TRUTH = Truth(languages=("en", "de", "sw", "ru"), perturbations=("typo_mix",), severities=(3,))


def test_it_writes_a_page_for_each_question_and_prints_the_paths(tmp_path) -> None:
    db, out = tmp_path / "xtb.duckdb", tmp_path / "report"
    with warehouse(TRUTH, db):
        pass
    result = CliRunner().invoke(app, ["all", "--db", str(db), "--out", str(out)])
    assert result.exit_code == 0, result.output
    files = ["index.html", *(f"{name}.html" for name in names())]
    assert sorted(result.output.split()) == sorted(str(out / file) for file in files)
    assert all((out / file).stat().st_size > 2_000 for file in files)


def test_a_study_file_is_printed_with_those_it_extends(tmp_path) -> None:
    db, out, base = tmp_path / "xtb.duckdb", tmp_path / "report", tmp_path / "base.toml"
    base.write_text('data = "mini"\ntargets = ["mini_nli"]\n[[regime]]\nname = "direct"\n')
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "base.toml"\nseeds = [1]  # <b>one</b>\n')
    with warehouse(replace(TRUTH, seeds=1), db):
        pass
    given = ["english_intermediate", "--db", str(db), "--out", str(out), "--study", str(mine)]
    assert CliRunner().invoke(app, given).exit_code == 0
    page = (out / "english_intermediate.html").read_text()
    assert "seeds = [1]  # &lt;b&gt;one&lt;/b&gt;" in page
    assert "Study file base.toml" in page
    unknown = CliRunner().invoke(app, ["--db", str(db), "--study", "english_intermediat"])
    assert type(unknown.exception).__name__ == "UnknownName"


def test_an_unknown_question_is_a_usage_error_before_the_file_is_opened(tmp_path) -> None:
    result = CliRunner().invoke(app, ["english_intermediat", "--db", str(tmp_path / "none.duckdb")])
    assert type(result.exception).__name__ == "UnknownName"
    assert "Did you mean 'english_intermediate'?" in str(result.exception)


def test_the_study_that_a_question_names_is_shipped() -> None:
    assert {question(name).study for name in names() if not question(name).supply} <= set(studies.names())
