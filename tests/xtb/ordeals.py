"""Evaluating, training and pretraining, as ordeals for ``tests.killing``."""

import shutil
from dataclasses import replace
from pathlib import Path

from tests.killing import Ordeal
from tests.xtb.conftest import SHAPE
from tests.xtb.test_measure import CELLS, assert_every_cell_once
from tests.xtb.test_pretrain import TINY, equal
from tests.xtb.tiny import make_xlmr
from tests.xtb.toys import TEXTS
from tests.xtb.workshop import SMALL, place_in, small_spec, weights
from warehouse.rows import CELL_KEY
from xtb import pretrain
from xtb.files import is_complete
from xtb.fit import train_run
from xtb.measure import evaluate_run
from xtb.run import Run, read_run, read_table, run_folders
from xtb.spec import RunSpec


def _encoder(folder: Path) -> Path:
    path = folder / "encoder"
    if not path.exists():
        make_xlmr(path, TEXTS, vocabulary=300, positions=128, **SHAPE)
    return path


def trained_again(folder: Path) -> None:
    """A copy of a trained run that has no cells."""
    template = folder / "template"
    if not template.exists():
        encoder = _encoder(folder)
        train_run(small_spec(encoder), str(encoder), place_in(template))
    shutil.rmtree(folder / "runs", ignore_errors=True)  # its own folder stays where a disk is mounted there
    shutil.copytree(template, folder / "runs", dirs_exist_ok=True)


def _run(folder: Path) -> Run:
    return read_run(run_folders(folder / "runs")[0])


def measure(folder: Path) -> None:
    """As ``xtb eval`` does, publishing cell by cell."""
    evaluate_run(_run(folder), CELLS, place_in(folder / "runs"), limit=10, shard_seconds=0.0)


def no_cell_twice(folder: Path) -> None:
    """Of what is published nothing is there twice."""
    found = _run(folder).folder
    assert read_table(found, "score").select(*CELL_KEY, "metric").is_unique().all()
    assert read_table(found, "outcome").select(*CELL_KEY, "example_id").is_unique().all()


def every_cell_once(folder: Path) -> None:
    """All cells are there, with as many outcomes as they say."""
    assert_every_cell_once(_run(folder))


def _spec(folder: Path) -> RunSpec:
    settings = replace(SMALL, steps=30, evaluations=3)
    return small_spec(_encoder(folder), "mini_nli", ("mini_copa",), regime="stilts", settings=settings)


def untrained(folder: Path) -> None:
    """No runs, and beside them one that was never disturbed."""
    shutil.rmtree(folder / "runs", ignore_errors=True)
    if not (folder / "whole").exists():
        train_run(_spec(folder), str(_encoder(folder)), place_in(folder / "whole"))


def train(folder: Path) -> None:
    """As ``xtb train`` does for a run of two stages, saving every step."""
    train_run(_spec(folder), str(_encoder(folder)), place_in(folder / "runs", save_steps=1))


def trained_to_the_same_bits(folder: Path) -> None:
    """Both stages have the weights of the run that was never disturbed."""
    spec = _spec(folder)
    found = read_run(folder / "runs" / spec.run_id)
    assert found.trained
    assert read_table(found.folder, "stage")["position"].to_list() == [0, 1]
    for stage_id in spec.stage_ids:
        assert weights(folder / "runs", stage_id) == weights(folder / "whole", stage_id)


def not_pretrained(folder: Path) -> None:
    """No encoder, and beside its place one that was never disturbed."""
    for path in folder.glob("made*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    pretrain.pretrained(TINY, out=folder / "undisturbed" / "encoder")


def make_encoder(folder: Path) -> None:
    """As ``xtb pretrain`` does, saving every step."""
    pretrain.SAVE_SECONDS = 0.0
    pretrain.pretrained(TINY, out=folder / "made")


def pretrained_to_the_same_bits(folder: Path) -> None:
    """The encoder has the weights of the undisturbed one."""
    assert is_complete(folder / "made", hashes=True)
    assert equal(folder / "made", folder / "undisturbed" / "encoder")


def nothing(folder: Path) -> None:
    """Half a training has no result that could be wrong."""


EVALUATION = Ordeal(reset=trained_again, work=measure, sound=no_cell_twice, whole=every_cell_once)
TRAINING = Ordeal(reset=untrained, work=train, sound=nothing, whole=trained_to_the_same_bits)
PRETRAINING = Ordeal(
    reset=not_pretrained, work=make_encoder, sound=nothing, whole=pretrained_to_the_same_bits
)
