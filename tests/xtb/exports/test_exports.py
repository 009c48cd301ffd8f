import json
import re
from pathlib import Path

import pytest
import yaml
from huggingface_hub import parse_eval_result_entries

from ingest.results.formats import read, recognise
from ingest.results.given import given
from tests.support import write_run_folder
from warehouse.connect import open_for_writing, open_sandboxed
from warehouse.errors import KnownError, UsageError
from warehouse.load import load_runs
from warehouse.migrate import migrate
from xtb.exports import chosen, eval_results, every_eval_ever

CELL = ("task", "split", "language", "perturbation", "severity", "noise_seed")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    write_run_folder(folder / "runs", "r1", encoder="org/model", regime="stilts", intermediate="mnli")
    write_run_folder(folder / "runs", "r2", encoder="../../etc/passwd", seed=2)
    write_run_folder(folder / "runs", "r3", task="mini_nli")
    with open_for_writing(folder / "xtb.duckdb") as con:
        migrate(con)
        load_runs(con, folder / "runs")
    return folder / "xtb.duckdb"


def export(db: Path, what: str, folder: Path) -> list[Path]:
    with open_sandboxed(db) as con:
        return every_eval_ever.export(con, chosen.runs(con, what), folder, "unknown")


def test_what_is_written_reads_back_as_it_was(db: Path, tmp_path: Path) -> None:
    (document,) = export(db, "r1", tmp_path / "out")
    assert recognise(tmp_path / "out") == "every-eval-ever"
    reading = read("every-eval-ever", tmp_path / "out", given({}))
    assert reading.rejects == []
    (run,) = reading.runs()
    assert {name: run.record[name] for name in ("encoder", "regime", "intermediate", "target", "seed")} == {
        "encoder": "org/model",
        "regime": "stilts",
        "intermediate": "mnli",
        "target": "xnli",
        "seed": 1,
    }
    with open_sandboxed(db) as con:
        for table, columns in (("score", "metric, value, n"), ("outcome", "example_id, correct, prediction")):
            wanted = con.execute(
                f"select {', '.join(CELL)}, {columns} from {table} where run_id = 'r1' order by all"
            ).fetchall()
            names = (*CELL, *columns.split(", "))
            assert sorted(tuple(row[name] for name in names) for row in run.tables[table]) == wanted
            assert len(wanted) >= 6
    again = document.read_bytes()
    assert export(db, "r1", tmp_path / "out") == [document]
    assert document.read_bytes() == again


def test_a_document_has_what_the_schema_asks_for(db: Path, tmp_path: Path) -> None:
    (path,) = export(db, "r1", tmp_path / "out")
    found = json.loads(path.read_text())
    required = {"schema_version", "evaluation_id", "retrieved_timestamp", "source_metadata", "eval_library"}
    assert required | {"model_info", "evaluation_results"} <= found.keys()
    assert found["evaluation_results"][0]["source_data"]["hf_repo"] == "facebook/xnli"
    stated = found["detailed_evaluation_results"]["file_path"]
    assert re.fullmatch(
        r"data/xnli/org/model/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}_samples\.jsonl", stated
    )
    samples = path.parent / Path(stated).name
    assert found["detailed_evaluation_results"]["total_rows"] == len(samples.read_text().splitlines())


def test_names_do_not_lead_out_of_the_folder(db: Path, tmp_path: Path) -> None:
    written = export(db, "select run_id from run", tmp_path / "out")
    assert len(written) == 3
    assert all(path.resolve().is_relative_to(tmp_path / "out") for path in written)


def test_the_hub_reads_the_results_of_a_model(db: Path) -> None:
    with open_sandboxed(db) as con:
        text, left = eval_results.document(con, chosen.runs(con, "r1"))
        clean = con.execute(
            "select value from score where run_id = 'r1' and perturbation = 'clean' order by language"
        ).fetchall()
    entries = parse_eval_result_entries(yaml.safe_load(text))
    assert [(one.dataset_id, one.task_id, one.value) for one in entries] == [
        ("facebook/xnli", "de", clean[0][0]),
        ("facebook/xnli", "en", clean[1][0]),
    ]
    assert entries[0].date == "2026-01-01"
    assert entries[0].notes == (
        "accuracy in [0, 1], split test, language de, n 4, regime stilts, intermediate mnli, seed 1"
    )
    assert left == 0


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("select 1 as x", "a column run_id"),
        ("select run_id from run where seed = 9", "no run is meant"),
        ("run", "these are 3 runs"),
        ("r3", "no score on clean data of a benchmark"),
        ("leaderbord", "Did you mean 'leaderboard'"),
    ],
)
def test_what_cannot_be_written_is_said(db: Path, what: str, told: str) -> None:
    with open_sandboxed(db) as con, pytest.raises(KnownError, match=told) as raised:
        eval_results.document(con, chosen.runs(con, what))
    assert isinstance(raised.value, UsageError)
