"""Other people's results on their whole road: files, run folders, warehouse."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.catalog import dimensions
from tests.ingest.results import test_lm_eval
from tests.support import tables
from warehouse.check import check
from warehouse.connect import Connection, open_in_memory
from warehouse.errors import UnknownName, UsageError
from warehouse.load import load_dimensions, load_runs
from warehouse.migrate import migrate
from xtb.foreign import take, write_rejects


def load(con: Connection, folders: Any) -> None:
    for folder in folders:
        assert load_runs(con, folder).problems == ()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return test_lm_eval.write(tmp_path / "out")


def test_results_of_others_pass_every_check_and_come_in_once(tmp_path: Path, out: Path) -> None:
    with open_in_memory() as con:
        migrate(con)
        load_dimensions(con, dimensions())
        load(con, take([out], None, {}, tmp_path / "runs").folders)
        assert check(con) == []
        before = tables(con)
        assert len(before["score"]) == 2
        assert len(before["outcome"]) == 6
        load(con, take([out], "lm-eval", {}, tmp_path / "runs").folders)
        assert tables(con) == before
        found = con.execute(
            "select task, kind from task where task in ('gsm', 'xnli') order by all"
        ).fetchall()
        assert found == [("gsm", None), ("xnli", "pair")]
        assert con.execute("select count(*) from leaderboard where source = 'lm-eval'").fetchall() != [(0,)]


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl"])
def test_every_refused_row_is_written(tmp_path: Path, out: Path, name: str) -> None:
    rejects = take([out], None, {}, tmp_path / "runs").rejects
    write_rejects(tmp_path / name, rejects)
    text = (tmp_path / name).read_text()
    rows = (
        list(csv.DictReader(text.splitlines()))
        if name == "r.csv"
        else list(map(json.loads, text.splitlines()))
    )
    assert [row["reason"] for row in rows] == [one.reason for one in rejects]
    assert list(rows[0]) == ["file", "line", "reason", "row"]


def test_what_cannot_be_is_refused_in_a_line(tmp_path: Path, out: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'lm-eval'"):
        take([out], "lm_eval", {}, tmp_path)
    with pytest.raises(UnknownName, match="Did you mean 'language'"):
        take([out], None, {"langage": "de"}, tmp_path)
    with pytest.raises(UsageError, match="severity"):
        take([out], None, {"severity": "nine"}, tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="say what it is with --format"):
        take([tmp_path / "empty"], None, {}, tmp_path)
    with pytest.raises(UsageError, match=r"\.csv or \.jsonl"):
        write_rejects(tmp_path / "r.txt", [])


def test_names_that_look_like_sql_html_or_paths_stay_names(tmp_path: Path) -> None:
    names = (
        "'; drop table score; --",
        "\"); attach '/etc/passwd' as x; --",
        "</script><script>alert(1)</script>",
        "../../../../etc/passwd",
        "=cmd|' /C calc'!A0",
        "$name ${HOME} %s {0}",
    )
    table = tmp_path / "scores.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["encoder", "task", "language", "metric", "value", "regime"])
        writer.writerows([name, name, "de", "accuracy", 0.5, name] for name in names)
    taken = take([table], None, {}, tmp_path / "runs")
    assert taken.rejects == []
    assert all(folder.parent == tmp_path / "runs" for folder in taken.folders)
    with open_in_memory() as con:
        migrate(con)
        load_dimensions(con, dimensions())
        load(con, taken.folders)
        assert check(con) == []
        for column in ("encoder", "regime", "target"):
            assert {row[0] for row in con.execute(f"select {column} from run").fetchall()} == set(names)
        assert con.execute("select count(*) from run_flat").fetchall() == [(len(names),)]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["runs", "scores.csv"]
