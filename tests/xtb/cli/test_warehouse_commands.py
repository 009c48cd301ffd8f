"""The commands that ask and fill the warehouse, run in this process through the real entry point."""

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from ingest.catalog import dimensions
from tests.support import break_file, write_record, write_run_folder
from warehouse.connect import open_for_writing
from warehouse.load import load_runs
from xtb.cli.main import run
from xtb.intake import open_for_intake


@dataclass(frozen=True)
class Result:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Xtb = Callable[..., Result]


@pytest.fixture
def xtb(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Xtb:
    """Run ``xtb ARGUMENTS`` on the warehouse of the test."""
    monkeypatch.setenv("XTB_DB", str(tmp_path / "xtb.duckdb"))
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: object, stdin: str | None = None) -> Result:
        monkeypatch.setattr(sys, "argv", ["xtb", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin or ""))
        with pytest.raises(SystemExit) as ended:
            run()
        shown = capsys.readouterr()
        return Result(int(ended.value.code or 0), shown.out, shown.err)

    return call


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two run folders and a warehouse that holds them, to be copied."""
    place = tmp_path_factory.mktemp("made")
    for run_id, regime in (("r1", "direct"), ("r2", "stilts")):
        write_run_folder(
            place / "runs",
            run_id,
            task="xnli",
            perturbations={"char_swap": (1, 3)},
            regime=regime,
            intermediate="none" if regime == "direct" else "mnli",
        )
    with open_for_intake(place / "xtb.duckdb") as con:
        assert not load_runs(con, place / "runs").problems
    return place


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    """Two runs of XNLI."""
    return Path(shutil.copytree(made / "runs", tmp_path / "runs"))


@pytest.fixture
def filled(xtb: Xtb, made: Path, tmp_path: Path) -> Xtb:
    """The same with both runs in the warehouse of the test."""
    shutil.copy(made / "xtb.duckdb", tmp_path / "xtb.duckdb")
    return xtb


def test_ingest_makes_the_file_and_prints_counts(xtb: Xtb, runs: Path, tmp_path: Path) -> None:
    result = xtb("ingest", runs)
    assert result.code == 0
    assert "2 runs, 10 new files (2 stage, 12 score, 48 outcome, 4 training_log), 0 known" in result.out
    assert "0 new files (no new rows), 10 known" in xtb("ingest", runs).out
    assert (tmp_path / "xtb.duckdb").exists()


def test_ingest_loads_the_catalogue_so_that_a_check_passes(filled: Xtb) -> None:
    result = filled("check")
    assert (result.code, result.err) == (0, "")
    assert "checks passed" in result.out
    with_licence = json.loads(filled("sql", "select * from task where licence <> ''", "--json").out)
    assert len(with_licence) == dimensions()["task"].filter(pl.col("licence") != "").height


def test_ingest_names_a_damaged_file_takes_the_rest_and_exits_with_1(xtb: Xtb, runs: Path) -> None:
    damaged = next(iter((runs / "r1").glob("outcome-*")))
    break_file(damaged)
    result = xtb("ingest", runs)
    assert result.code == 1
    assert result.err.strip().splitlines()[-1].startswith(f"xtb: left out: {damaged}: damaged")
    assert "9 new files" in result.out


def test_ingest_as_json(xtb: Xtb, runs: Path) -> None:
    [report] = json.loads(xtb("ingest", runs, "--json").out)["folders"]
    assert (report["runs"], report["new"], report["rows"]["outcome"]) == (2, 10, 48)


def test_ingest_of_nothing_is_a_usage_error(xtb: Xtb, tmp_path: Path) -> None:
    assert xtb("ingest", tmp_path / "none").code == 2
    assert not (tmp_path / "xtb.duckdb").exists()
    (tmp_path / "empty").mkdir()
    result = xtb("ingest", tmp_path / "empty")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "no finished run folder" in result.err


def test_sql_prints_a_table(filled: Xtb) -> None:
    result = filled("sql", "select run_id, count(*) as n from score group by all order by all")
    assert result.out == "run_id  n\n------  -\nr1      6\nr2      6\n"
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("form", ["csv", "json", "markdown", "latex"])
def test_sql_in_every_text_format(filled: Xtb, form: str) -> None:
    out = filled("sql", "select 1 as a, 'x' as b", "--format", form).out
    expected = {
        "csv": "a,b\n1,x\n",
        "json": '[\n {"a": 1, "b": "x"}\n]\n',
        "markdown": "| a | b |\n| --- | --- |\n| 1 | x |\n",
        "latex": "\\begin{tabular}{rl}\n\\toprule\na & b \\\\\n\\midrule\n"
        "1 & x \\\\\n\\bottomrule\n\\end{tabular}\n",
    }
    assert out == expected[form]


def test_sql_writes_parquet_to_a_file_only(filled: Xtb, tmp_path: Path) -> None:
    assert filled("sql", "select 1", "--format", "parquet").code == 2
    path = tmp_path / "out.parquet"
    assert filled("sql", "robustness", "--output", path).code == 0
    assert pl.read_parquet(path).height == 8


def test_sql_with_parameters(filled: Xtb) -> None:
    result = filled("sql", "select $a::int + 1 as b", "--param", "a=41", "--format", "csv")
    assert result.out == "b\n42\n"
    assert filled("sql", "select $a", "--param", "a").code == 2
    assert filled("sql", "select $a", "--param", "a=1", "--param", "a=2").code == 2


def test_sql_runs_named_queries(filled: Xtb) -> None:
    result = filled("sql", "drop_by_language", "--param", "severity=1", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert {row["language"] for row in rows} == {"en", "de"}
    listed = filled("sql", "--list")
    assert "drop_by_language" in listed.out
    assert "severity" in listed.out


def test_sql_reads_standard_input(filled: Xtb) -> None:
    assert filled("sql", "--format", "csv", stdin="select 7 as n").out == "n\n7\n"
    assert filled("sql", "-", "--format", "csv", stdin="select 7 as n").out == "n\n7\n"
    assert filled("sql", stdin="").code == 2


def test_sql_at_a_terminal_without_a_query_says_what_to_do(
    filled: Xtb, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(io, "StringIO", Terminal)
    result = filled("sql")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "xtb sql --list" in result.err


def test_sql_shows_the_schema(filled: Xtb) -> None:
    whole = filled("sql", "--schema").out
    assert "leaderboard" in whole
    one = filled("sql", "--schema", "robustness", "--json").out
    assert {row["relation"] for row in json.loads(one)} == {"robustness"}
    assert "clean_value" in one
    assert filled("sql", "--schema", "robusteness").code == 2


def test_sql_stops_at_a_limit_and_says_so(filled: Xtb) -> None:
    result = filled("sql", "from range(50)", "--limit", "10")
    assert len(result.out.splitlines()) == 12
    assert "first 10 rows" in result.err


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select nothing from run", "not found"),
        ("selec 1", "syntax error"),
        ("robustnes", "Did you mean 'robustness'"),
        ("delete from run", "does not read"),
        ("select * from read_text('/etc/passwd')", "disabled"),
        ("drop_by_language --", "syntax error"),
    ],
)
def test_bad_sql_is_one_line_and_exit_code_2(filled: Xtb, query: str, words: str) -> None:
    result = filled("sql", query)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert words in result.err
    assert result.err.startswith("xtb: ")


def test_unsafe_sql_may_write(filled: Xtb) -> None:
    assert filled("sql", "update run set seed = 9", "--unsafe").code == 0
    assert filled("sql", "select distinct seed from run", "--format", "csv").out == "seed\n9\n"


@pytest.mark.parametrize(
    "command",
    [["sql", "select 1"], ["sql", "select 1", "--unsafe"], ["check"], ["export", "run", "-o", "x.csv"]],
)
def test_a_missing_warehouse_is_one_line(xtb: Xtb, tmp_path: Path, command: list[str]) -> None:
    result = xtb(*command)
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert "xtb ingest" in result.err
    assert not (tmp_path / "xtb.duckdb").exists()


def test_a_file_that_is_no_warehouse_is_one_line(xtb: Xtb, tmp_path: Path) -> None:
    (tmp_path / "xtb.duckdb").write_bytes(b"no database" * 500)
    for command in (["sql", "select 1"], ["migrate"], ["check"]):
        result = xtb(*command)
        assert (result.code, result.err.count("\n")) == (1, 1)


def test_a_newer_warehouse_is_one_line(filled: Xtb, tmp_path: Path, runs: Path) -> None:
    with open_for_writing(tmp_path / "xtb.duckdb") as con:
        con.execute("insert into migration values (9999, 'later', '', now())")
    for command in (["sql", "select 1"], ["migrate"], ["ingest", str(runs)]):
        result = filled(*command)
        assert (result.code, result.err.count("\n")) == (1, 1)
        assert "update xtb" in result.err


def test_check_lists_violations_and_exits_with_1(filled: Xtb) -> None:
    filled("sql", "update score set value = 0.123 where language = 'de' and run_id = 'r1'", "--unsafe")
    result = filled("check")
    assert result.code == 1
    assert "score_aggregate: 3 times." in result.out
    assert "language=de" in result.out
    report = json.loads(filled("check", "--json", "--examples", "1").out)
    [violation] = [one for one in report["violations"] if one["check"] == "score_aggregate"]
    assert (violation["count"], len(violation["examples"])) == (3, 1)


def test_migrate_makes_a_warehouse(xtb: Xtb) -> None:
    assert "applied 0001_tables" in xtb("migrate").out
    assert json.loads(xtb("migrate", "--json").out)["applied"] == []
    assert xtb("sql", "select count(*) from run", "--format", "csv").out.endswith("\n0\n")


def test_export_writes_views_queries_and_sql(filled: Xtb, tmp_path: Path) -> None:
    for what in ("leaderboard", "runs", "select 1 as a"):
        path = tmp_path / "out.tex"
        result = filled("export", what, "--output", path)
        assert (result.code, result.out.strip()) == (0, str(path))
        assert path.read_text().startswith("\\begin{tabular}")
    assert filled("export", "leaderboard", "--output", tmp_path / "x.docx").code == 2
    assert filled("export", "leaderbord", "--output", tmp_path / "x.csv").code == 2


def test_doctor_reports_a_sound_warehouse(filled: Xtb) -> None:
    found = json.loads(filled("doctor", "--json").out)
    assert (found["state"], found["rows"]["run"]) == ("ok", 2)
    assert found["duckdb"].startswith("2.")
    assert "torch" not in found or isinstance(found["torch"], str)
    assert "rows:" in filled("doctor").out


def test_doctor_reports_what_is_wrong_and_goes_on(xtb: Xtb, tmp_path: Path) -> None:
    assert json.loads(xtb("doctor", "--json").out)["state"] == "missing"
    (tmp_path / "xtb.duckdb").write_bytes(b"no database")
    result = xtb("doctor")
    assert result.code == 0
    assert "no DuckDB file" in result.out


def test_a_run_that_failed_is_shown_by_the_query_runs(xtb: Xtb, tmp_path: Path) -> None:
    write_record(tmp_path / "runs" / "f", run_id="f", status="failed", error="out of memory")
    assert xtb("ingest", tmp_path / "runs").code == 0
    assert "failed" in xtb("sql", "runs").out


def test_published_results_are_taken_in_once_and_answer(xtb: Xtb, tmp_path: Path) -> None:
    assert json.loads(xtb("ingest", "published", "--json").out)["published"]["new"] == 35
    assert "0 new tables (no new rows), 35 known" in xtb("ingest", "published").out
    assert xtb("check").code == 0
    assert "xnli_none                +0.0 ± 1     untested (+1.20, +0.80)" in xtb("claims").out
    [claim] = json.loads(xtb("claims", "xnli_none", "--json").out)
    assert [one["value"] for one in claim["published"]["subjects"]] == pytest.approx([1.2, 0.8])
    assert xtb("claims", "--sql", "xnli_none").out.startswith("select 'own' as evidence")
    assert "they disagree: 1 for it, 1 against" in xtb("claims", "xnli_none").out
    wrong = xtb("claims", "xnli_non")
    assert (wrong.code, "Did you mean 'xnli_none'" in wrong.err) == (2, True)
    assert "XLM-R XXL" in xtb("sql", "xnli_published").out
    alone = xtb("ingest", "published", tmp_path)
    assert (alone.code, "stands alone" in alone.err) == (2, True)


def test_compare_shows_a_row_for_each_language_and_their_mean(filled: Xtb) -> None:
    shown = filled("compare", "r1", "r2")
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[0].startswith("A: r1  encoder=mini regime=direct")
    assert [line.split()[2] for line in lines[-3:]] == ["de", "en", "(mean)"]
    assert "not their regimes" in shown.err
    found = json.loads(filled("compare", "r1", "r2", "--by", "severity", "--language", "de", "--json").out)
    assert [(row["perturbation"], row["severity"]) for row in found["rows"]] == [
        ("char_swap", 1),
        ("char_swap", 3),
        ("clean", 0),
    ]
    assert found["rows"][0]["difference"] == 0  # both folders hold the same stable noise


def test_compare_refuses_in_a_sentence(filled: Xtb) -> None:
    unknown = filled("compare", "r1", "zz")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err == "xtb: unknown run 'zz'. See: xtb sql runs\n"
    none = filled("compare", "r1", "r2", "--perturbation", "ocr", "--language", "de")
    assert none.code == 1
    assert "no cell of language de, perturbation ocr in common" in none.err


def test_a_warehouse_is_made_anew_and_waits_for_its_readers(filled: Xtb, runs: Path, tmp_path: Path) -> None:
    asked = "select (select count(*) from score), (select count(*) from outcome)"
    before = filled("sql", asked).out
    assert filled("ingest", "--rebuild", runs).code == 0
    assert filled("sql", asked).out == before
    assert filled("ingest", "--rebuild", tmp_path / "none").code == 2
    code = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1], read_only=True); print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "xtb.duckdb"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        refused = filled("ingest", "--rebuild", runs, "--wait", "0")
        reader.communicate(b"\n")
    assert refused.code == 1
    assert f"in use by process {reader.pid}" in refused.err
    assert list(tmp_path.glob(".xtb*")) == []


def test_a_wrong_place_for_refused_rows_is_said_before_anything_is_written(xtb: Xtb, tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    table.write_text("encoder,task,language,metric,value\nm,xnli,de,accuracy,0.5\n")
    for place in ("rejects.txt", "none/rejects.csv"):
        result = xtb("ingest", table, "--runs", tmp_path / "runs", "--rejects", tmp_path / place)
        assert result.code == 2
    assert not (tmp_path / "runs").exists()
