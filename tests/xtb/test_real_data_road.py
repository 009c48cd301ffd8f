"""Each kind of task trained and measured for a moment on real data, with noise and with people's typos."""

from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from ingest import catalog
from ingest.source import open_source
from xtb.encoderfacts import look_at
from xtb.fit import train_run
from xtb.grid import Grid, grid_cells
from xtb.measure import evaluate_run
from xtb.metrics import score
from xtb.place import Place
from xtb.recipe import Recipe, Settings
from xtb.regimes import run_spec
from xtb.run import read_table

pytestmark = pytest.mark.real_data

SETTINGS = Settings(
    limit=60, steps=4, batch_tokens=512, max_length=96, learning_rate=1e-3, evaluations=1, dev_limit=20
)


class Road(NamedTuple):
    """A task, the intermediate task before it, a language, a noise, and a split (None: the test split)."""

    task: str
    intermediate: tuple[str, ...]
    language: str
    noise: str = "typo_mix"
    split: str | None = None


ROADS = [
    Road("xnli", ("mnli",), "sw"),
    Road("xcopa", ("siqa",), "it"),
    Road("panx", (), "ru"),
    Road("pud", ("udpos",), "hi", "mark_edit"),
    Road("xquad", ("squad_v1",), "th", "char_swap"),
    Road("mlqa", (), "ar", "char_delete", "validation"),
    Road("tatoeba", (), "fr"),
    Road("xnli_real_noise", (), "de", "real_noise"),
    Road("panx_real_noise", (), "tr", "real_noise"),
    Road("disfl_qa", (), "en", "real_noise"),
]


@pytest.mark.parametrize("road", ROADS, ids=lambda road: f"{road.task}-{road.language}")
def test_a_run_on_real_data_gives_scores_that_its_outcomes_bear_out(
    road: Road, mirror: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    place = Place(runs=tmp_path, source=open_source(mirror), device="cpu")
    spec = run_spec(
        "stilts" if road.intermediate else "direct",
        road.task,
        road.intermediate,
        encoder=look_at(str(tiny_encoder)),
        data_source=place.source.name,
        seed=1,
        recipe=Recipe(everywhere=SETTINGS),
    )
    run = train_run(spec, str(tiny_encoder), place)
    grid = Grid(languages=(road.language,), perturbations=(road.noise,), severities=(5,), split=road.split)
    evaluate_run(run, grid_cells(road.task, grid), place, limit=40)
    scores = read_table(run.folder, "score")
    outcomes = read_table(run.folder, "outcome")
    metrics = catalog.task(road.task).metrics
    assert scores.height == 2 * len(metrics)
    assert set(scores["n"]) == {40}
    for cell in outcomes.partition_by("severity"):
        assert cell.height == 40
        for metric in metrics:
            [value] = scores.filter(metric=metric, severity=cell["severity"][0])["value"]
            assert value == pytest.approx(score(cell, metric), abs=1e-12)
    noisy = outcomes.filter(pl.col("severity") > 0)
    assert noisy["changed"].sum() > 20
    assert set(noisy["example_id"]) == set(outcomes.filter(severity=0)["example_id"])
