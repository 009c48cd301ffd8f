"""Where work happens: the folder of runs, the data, the device, and who listens."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.source import Source
from warehouse.errors import UsageError
from xtb.progress import Report, silent
from xtb.stop import Stop

if TYPE_CHECKING:
    from xtb.inputs import Inputs
    from xtb.model import TaskModel
    from xtb.processes import Processes


SAVE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a job needs beside its specification; nothing in it changes a number.

    Attributes:
        runs: folder of run folders and checkpoints.
        source: benchmark data.
        device: ``auto`` (a GPU where there is one), ``cpu`` or ``cuda``.
        stop: looked at between steps and between cells.
        report: hears of progress.
        save_seconds: time between two saved states of a training.
        save_steps: save every so many steps instead.
        wait_seconds: how long to wait for another process that does the same; None for ever.
        texts: tokenised texts by encoder, kept from one job to the next.
        processes: that train together; this one among them.
        recompute: gradient checkpointing.
        keep_last: keep the weights after a stage's last step too, where they are not those chosen.
        tracker: ``tensorboard``, ``mlflow`` or ``wandb``; None for none.
    """

    runs: Path
    source: Source
    device: str = "auto"
    stop: Stop = field(default_factory=Stop)
    report: Report = silent
    save_seconds: float = SAVE_SECONDS
    save_steps: int | None = None
    wait_seconds: float | None = None
    texts: dict[str, "Inputs"] = field(default_factory=dict)
    processes: "Processes | None" = None
    recompute: bool = False
    keep_last: bool = False
    tracker: str | None = None

    @property
    def together(self) -> "Processes":
        """The processes that train together; this one alone unless a launcher started several."""
        from xtb.processes import ALONE

        return self.processes or ALONE

    def share_texts(self, model: "TaskModel", encoder_fingerprint: str) -> None:
        """Let a model use the texts that earlier models of the same encoder have tokenised."""
        model.inputs = self.texts.setdefault(encoder_fingerprint, model.inputs)


def pick_device(device: str) -> str:
    """``cuda`` or ``cpu``: what ``auto`` means on this machine.

    Raises:
        UsageError: ``cuda`` was asked for, and torch has none.
    """
    import torch

    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise UsageError("device 'cuda' is not here: torch finds no GPU; use auto or cpu")
    return "cuda" if there and device != "cpu" else "cpu"
