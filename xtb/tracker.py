"""Trackers: the numbers of a training for MLflow, Weights & Biases or TensorBoard, through Accelerate.

Off unless asked for. Files lie in ``<runs>/trackers``; what is kept in the run folder does not depend on
them.
"""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from accelerate import Accelerator

from warehouse.errors import UnknownName, UsageError
from xtb.spec import StageSpec

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "tensorboard": ("tensorboard", "tensorboardX"),
    "mlflow": ("mlflow",),
    "wandb": ("wandb",),
}
"""Trackers, and the packages that bring each; one is enough."""


def check_tracker(name: str) -> None:
    """Is there such a tracker, and its package?

    Raises:
        UnknownName: no such tracker.
        UsageError: the package is not installed.
    """
    if name not in PACKAGES:
        raise UnknownName("tracker", name, PACKAGES, "xtb train --help")
    if not any(find_spec(package) for package in PACKAGES[name]):
        raise UsageError(
            f"tracker '{name}' needs the package {PACKAGES[name][0]}: pip install {PACKAGES[name][0]}"
        )


def tracker_options(name: str | None, runs: Path) -> dict[str, Any]:
    """What ``make_accelerator`` needs for a tracker."""
    if name is None:
        return {}
    folder = runs / "trackers"
    folder.mkdir(parents=True, exist_ok=True)
    return {"log_with": name, "project_dir": folder}


def begin_tracking(accelerator: Accelerator, name: str | None, stage: StageSpec, stage_id: str) -> None:
    """Open one run of the tracker for a stage, with its hyperparameters."""
    if name is None:
        return
    title = f"{stage.task}-{stage_id}"
    config = {
        key: value if isinstance(value, int | float | str) else str(value)
        for key, value in asdict(stage).items()
    }
    options: dict[str, Any] = {"wandb": {"name": title}} if name == "wandb" else {}
    if name == "mlflow":
        options = {"mlflow": {"run_name": title}}
    accelerator.init_trackers(title if name == "tensorboard" else "xtb", config=config, init_kwargs=options)
