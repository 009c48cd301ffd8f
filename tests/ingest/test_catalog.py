"""The catalogue: what it counts, what it refuses, what it costs to list."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingest import catalog
from ingest.task import Task
from warehouse.dimensions import DIMENSIONS
from warehouse.errors import UnknownName
from warehouse.rows import METRICS

ROOT = Path(__file__).resolve().parents[2]
KINDS = {"pair", "choice", "tags", "span", "retrieval"}
TASKS = [catalog.task(name) for name in catalog.task_names()]
every_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)


def test_the_folder_is_the_registry() -> None:
    files = {path.stem for path in (ROOT / "ingest" / "tasks").glob("[!_]*.py")}
    assert set(catalog.task_names()) == files
    assert len(files) >= 10


def test_perturbations_are_listed_with_clean_first() -> None:
    files = {path.stem for path in (ROOT / "ingest" / "perturbations").glob("[!_]*.py")}
    assert set(catalog.perturbation_names()) == files
    assert catalog.perturbation_names()[0] == "clean"
    assert len(files) >= 7


@every_task
def test_a_task_is_named_as_its_file(task: Task) -> None:
    assert task.name in catalog.task_names()
    assert task.kind in KINDS


@every_task
def test_metrics_are_known_to_the_warehouse(task: Task) -> None:
    assert task.metrics
    assert set(task.metrics) <= set(METRICS)
    assert task.chance is None or 0 < task.chance < 1


@every_task
def test_labels_belong_to_pairs_and_tags(task: Task) -> None:
    assert bool(task.labels or task.labels_in) == (task.kind in ("pair", "tags"))
    assert len(set(task.labels)) == len(task.labels)


@every_task
def test_only_retrieval_has_a_pool(task: Task) -> None:
    assert (task.pool is not None) == (task.kind == "retrieval")


@every_task
def test_it_is_trained_on_tasks_with_a_training_split_of_its_kind(task: Task) -> None:
    for name in task.trained_on:
        training = catalog.task(name)
        assert "train" in training.splits
        assert {"validation", "dev"} & set(training.splits)
        assert training.kind == task.kind
        assert training.labels == task.labels
    assert "train" not in task.splits or task.trained_on == (task.name,)


@every_task
def test_overlaps_are_tasks(task: Task) -> None:
    for name in task.overlap:
        catalog.task(name)
        assert name != task.name


@every_task
def test_every_split_says_where_it_is_read(task: Task) -> None:
    assert task.synthetic or set(task.data) == set(task.splits)


@every_task
def test_provenance_is_stated(task: Task) -> None:
    assert task.licence
    assert task.citation
    assert task.defaults.source or task.synthetic


def test_an_unknown_task_gets_the_nearest() -> None:
    with pytest.raises(
        UnknownName, match=r"unknown task 'xnil'\. Did you mean 'xnli'\? See: xtb names tasks"
    ):
        catalog.task("xnil")


def test_an_unknown_perturbation_gets_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"unknown perturbation 'claen'\. Did you mean 'clean'\?"):
        catalog.perturbation("claen")


def test_dimensions_are_frames_of_the_warehouse() -> None:
    frames = catalog.dimensions()
    assert set(frames) == set(DIMENSIONS) - {"encoder"}
    for name, frame in frames.items():
        table = DIMENSIONS[name]
        assert frame.schema == table.schema
        keys = frame.select(table.key)
        assert keys.n_unique() == keys.height > 0
        assert keys.null_count().sum_horizontal().item() == 0
    assert frames["task"].height == len(catalog.task_names())
    assert frames["metric"].height == len(METRICS)


def test_a_perturbation_has_five_severities_and_clean_one() -> None:
    levels = catalog.dimensions()["perturbation_level"]
    counts = dict(levels.group_by("perturbation").len().iter_rows())
    assert counts.pop("clean") == counts.pop("real_noise") == 1
    assert set(counts.values()) == {5}


def test_listing_names_imports_no_task() -> None:
    code = (
        "import sys; from ingest import catalog; catalog.task_names(); catalog.perturbation_names();"
        "heavy = ('ingest.tasks.', 'ingest.perturbations.', 'datasets');"
        "found = [module for module in sys.modules if module.startswith(heavy)];"
        "sys.exit(repr(found) if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
