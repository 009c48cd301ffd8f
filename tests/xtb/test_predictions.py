"""Predictions go out in XTREME's layout and come back, judged alike, for every kind of task."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.source import open_source
from tests.xtb.workshop import SMALL, mini, place_in, small_spec
from warehouse.check import check
from warehouse.connect import open_for_writing
from warehouse.errors import UsageError
from warehouse.load import load_runs
from warehouse.rows import CELL_KEY
from xtb import run
from xtb.fit import train_run
from xtb.grid import Grid, grid_cells
from xtb.measure import evaluate_run
from xtb.predictions import export, judge

TASKS = ("mini_nli", "mini_para", "mini_copa", "mini_ner", "mini_pos", "mini_qa", "mini_retrieval")
LIMIT = 20
KEYS = [*CELL_KEY, "metric"]


@pytest.mark.parametrize("name", TASKS)
def test_scores_survive_the_round_trip(
    tiny_encoder: Path, catalogued: Path, tmp_path: Path, name: str
) -> None:
    settings = replace(SMALL, steps=1, evaluations=0)
    runs, place = tmp_path / "runs", place_in(tmp_path / "runs")
    ours = train_run(small_spec(tiny_encoder, name, settings=settings), str(tiny_encoder), place)
    evaluate_run(ours, grid_cells(name, Grid(languages=("qle", "qto"))), place, limit=LIMIT)
    written = export(ours, tmp_path / "theirs")
    assert len(written) == 2
    [folder] = judge(tmp_path / "theirs", "their system", mini(), runs, limit=LIMIT)
    again = judge(tmp_path / "theirs", "their system", mini(), runs, limit=LIMIT)
    assert again == [folder]
    one, two = (run.read_table(each, "score").sort(KEYS).drop("run_id") for each in (ours.folder, folder))
    assert one.equals(two)
    with open_for_writing(Path(shutil.copy(catalogued, tmp_path))) as con:
        report = load_runs(con, runs)
        assert not report.problems
        sources = con.execute("select source from run order by source").fetchall()
        assert sources == [("their system",), ("xtb",)]
        assert check(con) == []


def test_nothing_measured_nothing_exported(tiny_encoder: Path, tmp_path: Path) -> None:
    spec = small_spec(tiny_encoder, "mini_retrieval")
    found = train_run(spec, str(tiny_encoder), place_in(tmp_path))
    with pytest.raises(UsageError, match="no predictions on clean data"):
        export(found, tmp_path / "out")


def test_our_own_name_and_unknown_cells_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mini_nli").mkdir()
    (tmp_path / "mini_nli" / "tset-de.tsv").touch()
    with pytest.raises(UsageError, match="--system"):
        judge(tmp_path, "xtb", mini(), tmp_path / "runs")
    with pytest.raises(UsageError, match="no split 'tset'"):
        judge(tmp_path, "s", open_source("mini"), tmp_path / "runs")
