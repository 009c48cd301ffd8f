"""Retrieval from files to scores: BUCC mined with a tuned threshold, Mewsli-X trained as a dual encoder."""

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from ingest.convert import bucc2018, mewslix
from ingest.source import open_source
from tests.ingest.test_convert import put, release
from xtb.encoderfacts import look_at
from xtb.fit import train_run
from xtb.grid import Grid, grid_cells
from xtb.measure import evaluate_run
from xtb.place import Place
from xtb.recipe import Recipe, Settings
from xtb.regimes import run_spec
from xtb.run import Run, read_table

SETTINGS = Settings(steps=3, batch_tokens=512, max_length=64, learning_rate=1e-3, evaluations=1)


def run_on(mirror: Path, task: str, encoder: Path, runs: Path, grid: Grid) -> Run:
    place = Place(runs=runs, source=open_source(mirror), device="cpu")
    spec = run_spec(
        "direct",
        task,
        encoder=look_at(str(encoder)),
        data_source=place.source.name,
        seed=1,
        recipe=Recipe(everywhere=SETTINGS),
    )
    found = train_run(spec, str(encoder), place)
    evaluate_run(found, grid_cells(task, grid), place)
    return found


def test_bucc_is_mined_with_the_threshold_of_its_validation_set(tiny_encoder: Path, tmp_path: Path) -> None:
    words = [
        "river",
        "boat",
        "dog",
        "table",
        "Fluss",
        "Köchin",
        "süße",
        "книга",
        "河",
        "नदी",
        "नावें",
        "harbour",
    ]
    pairs = [f"{one} {two}" for i, one in enumerate(words) for two in words[i + 1 :]][:40]
    for part, texts in (("sample", pairs[:20]), ("training", pairs[20:])):
        lines = [f"de-{i}\t{text}" for i, text in enumerate(texts)]
        english = [f"en-{i}\t{text if i % 2 else text[::-1]}" for i, text in enumerate(texts)]
        gold = [f"de-{i}\ten-{i}" for i in range(1, len(texts), 2)]
        for ending, rows in (("de", lines), ("en", english), ("gold", gold)):
            put(tmp_path / "raw" / f"de-en.{part}.{ending}", "\n".join(rows) + "\n")
    bucc2018.convert(tmp_path / "raw", tmp_path / "mirror")
    grid = Grid(languages=("de",), perturbations=("char_swap",), severities=(3,))
    found = run_on(tmp_path / "mirror", "bucc2018", tiny_encoder, tmp_path / "runs", grid)
    scores = read_table(found.folder, "score").sort("severity")
    assert scores["metric"].to_list() == ["bucc_f1", "bucc_f1"]
    clean = read_table(found.folder, "outcome").filter(pl.col("severity") == 0)
    assert clean["gold"].sum() == 10
    # the same text in both languages, under a threshold that 20 other sentences gave: by chance one is found
    assert clean["hits"].sum() >= 6
    assert scores["value"][0] == pytest.approx(
        2 * clean["hits"].sum() / (clean["predicted"].sum() + clean["gold"].sum()), abs=1e-12
    )
    assert scores["value"][1] <= scores["value"][0]


def test_mewslix_is_trained_and_measured_as_a_dual_encoder(tiny_encoder: Path, tmp_path: Path) -> None:
    release(tmp_path / "raw")
    mirror = tmp_path / "mirror"
    entries = []
    for path in mewslix.convert(tmp_path / "raw", mirror):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append({"path": path.relative_to(mirror).as_posix(), "rows": 1, "sha256": digest})
    (mirror / "manifest.json").write_text(json.dumps(entries))
    found = run_on(mirror, "mewslix", tiny_encoder, tmp_path / "runs", Grid(languages=("de",)))
    [stage] = read_table(found.folder, "stage").to_dicts()
    assert (stage["task"], stage["steps"], stage["dev_metric"]) == ("mewslix", 3, "map_at_20")
    assert read_table(found.folder, "score")["value"].to_list() == [1.0]  # there is one entity
    assert read_table(found.folder, "retriever")["layer"].to_list() == [2]
