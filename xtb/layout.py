"""Where checkpoints and locks lie below the folder of runs, and which stages are finished. Loads no torch."""

from pathlib import Path

from xtb import files


def stage_folder(runs: Path, stage_id: str) -> Path:
    """Where a finished stage lies."""
    return runs / "checkpoints" / stage_id


def lock_file(runs: Path, stage_id: str) -> Path:
    """The lock of the process that trains the stage."""
    return runs / "checkpoints" / f"{stage_id}.lock"


def is_finished(runs: Path, stage_id: str) -> bool:
    """Is the stage trained, as far as its folder shows without reading the weights?"""
    return files.is_complete(stage_folder(runs, stage_id))


def saved_step(runs: Path, stage_id: str) -> int:
    """The newest saved step of an unfinished stage; 0 when none is."""
    found = partial_folder(runs, stage_id).glob("step-*")
    return max((int(path.name.removeprefix("step-")) for path in found), default=0)


def partial_folder(runs: Path, stage_id: str) -> Path:
    """Where the states of an unfinished stage lie."""
    return runs / "checkpoints" / f"{stage_id}.partial"
