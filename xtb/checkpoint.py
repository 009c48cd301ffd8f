"""Weights on disk: the result of a stage, and the state in the middle of one.

    <runs>/checkpoints/<stage_id>/            a finished stage
        encoder/                              an ordinary Hugging Face folder: config, weights, tokenizer
        heads.safetensors                     the heads' weights, ``<task>.<parameter>``
        stage.json                            what was trained, how it went
        log.parquet                           rows of ``warehouse.rows.LOG`` without run and position
        last.safetensors                      weights after the last step, where asked for
        adapter/                              low-rank adapters by themselves; the encoder has them added
    <runs>/checkpoints/<stage_id>.partial/step-<n>/     the newest state of an unfinished stage
        model.safetensors  optimizer.safetensors  best.safetensors  state.json
    <runs>/checkpoints/<stage_id>.lock        held by the process that trains it

Both kinds of folder are renamed into place whole, with a manifest of hashes as their last file; what is read
is safetensors and JSON, nothing that could run code. As ``stage_id`` names a specification, stages that many
runs share are trained once.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from xtb import files
from xtb.adapters import FOLDER as ADAPTERS
from xtb.adapters import Adapters
from xtb.encoder import Encoder
from xtb.errors import BadRun
from xtb.layout import partial_folder, stage_folder

Weights = dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A finished stage on disk; the weights are read when asked for."""

    folder: Path
    record: Mapping[str, Any]

    @property
    def encoder(self) -> str:
        """Folder of the encoder, for ``xtb.encoder.load_encoder``."""
        return str(self.folder / "encoder")

    def verified(self) -> "Finished":
        """Itself, once every file is what the manifest says.

        Raises:
            BadRun: a file is damaged.
        """
        broken = files.damaged(self.folder)
        if broken:
            raise BadRun(
                f"{broken[0]} is damaged: its content is not what {files.MANIFEST} says. "
                f"Remove {self.folder} and train the run again"
            )
        return self

    def head(self, task: str) -> Weights:
        """Weights of the head of a task, by parameter name; empty when the stage has no such head."""
        prefix = f"{task}."
        weights = _load(self.folder / "heads.safetensors")
        return {name.removeprefix(prefix): t for name, t in weights.items() if name.startswith(prefix)}

    def log(self) -> pl.DataFrame:
        """The training log."""
        return pl.read_parquet(self.folder / "log.parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """The state of an unfinished stage. ``best`` holds the best weights so far and may be empty."""

    model: Weights
    optimizer: Weights
    best: Weights
    state: dict[str, Any]


def read_finished(runs: Path, stage_id: str) -> Finished:
    """A finished stage.

    Raises:
        BadRun: it is missing or incomplete.
    """
    folder = stage_folder(runs, stage_id)
    if not files.is_complete(folder):
        raise BadRun(
            f"{folder} holds no complete checkpoint; train the run again, it stops at nothing that is there"
        )
    try:
        return Finished(folder=folder, record=json.loads((folder / "stage.json").read_text()))
    except ValueError as error:
        raise BadRun(
            f"{folder / 'stage.json'} is damaged ({error}). Remove {folder} and train the run again"
        ) from error


def write_finished(
    runs: Path,
    stage_id: str,
    *,
    encoder: Encoder,
    heads: Mapping[str, Weights],
    record: Mapping[str, Any],
    log: pl.DataFrame,
    whole: Weights | None = None,
    adapters: Adapters | None = None,
    last: Mapping[str, Tensor] | None = None,
) -> Finished:
    """Publish a finished stage and drop its partial states.

    Args:
        encoder: its ``model`` holds the weights to keep.
        heads: weights of the heads by task.
        record: what ``stage.json`` says; JSON values.
        log: the training log.
        whole: all weights of the learner, where the models hold only this process' part of them.
        adapters: in the encoder; they are added to its weights.
        last: weights after the last step, to keep too.
    """
    heads = {name: dict(weights) for name, weights in heads.items()}
    if whole is not None:
        heads = {
            task: {name: whole[f"heads.{task}.{name}"] for name in weights} for task, weights in heads.items()
        }
        whole = {name.removeprefix("encoder."): t for name, t in whole.items() if name.startswith("encoder.")}
    with files.new_folder(stage_folder(runs, stage_id)) as folder:
        if adapters is not None:
            adapters.save(folder / ADAPTERS)
            adapters.merge()
        _save_encoder(folder / "encoder", encoder, whole)
        _save(
            folder / "heads.safetensors",
            {f"{task}.{name}": tensor for task, weights in heads.items() for name, tensor in weights.items()},
        )
        (folder / "stage.json").write_text(json.dumps(dict(record), indent=1))
        log.write_parquet(folder / "log.parquet", compression="zstd")
        if last:
            _save(folder / "last.safetensors", last)
    drop_partial(runs, stage_id)
    return read_finished(runs, stage_id)


def write_partial(runs: Path, stage_id: str, partial: Partial) -> None:
    """Publish the state of an unfinished stage; older states are removed once it is safe."""
    parent = partial_folder(runs, stage_id)
    target = parent / f"step-{partial.state['step']:09d}"
    with files.new_folder(target) as folder:
        _save(folder / "model.safetensors", partial.model)
        _save(folder / "optimizer.safetensors", partial.optimizer)
        _save(folder / "best.safetensors", partial.best)
        (folder / "state.json").write_text(json.dumps(partial.state))
    for older in parent.glob("step-*"):
        if older.name != target.name:
            shutil.rmtree(older, ignore_errors=True)


def read_partial(runs: Path, stage_id: str) -> Partial | None:
    """The newest state of an unfinished stage that is whole, hashes checked; None when there is none."""
    parent = partial_folder(runs, stage_id)
    if not parent.is_dir():
        return None
    files.sweep(parent)
    for folder in sorted(parent.glob("step-*"), reverse=True):
        if files.is_complete(folder, hashes=True):
            return Partial(
                model=_load(folder / "model.safetensors"),
                optimizer=_load(folder / "optimizer.safetensors"),
                best=_load(folder / "best.safetensors"),
                state=json.loads((folder / "state.json").read_text()),
            )
    return None


def drop_partial(runs: Path, stage_id: str) -> None:
    """Remove the states of an unfinished stage."""
    shutil.rmtree(partial_folder(runs, stage_id), ignore_errors=True)


def _save_encoder(folder: Path, encoder: Encoder, weights: Weights | None) -> None:
    from transformers.utils import logging as transformers_logging

    model: Any = encoder.model
    logging: Any = transformers_logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        model.save_pretrained(folder, state_dict=weights)
    finally:
        if shown:
            logging.enable_progress_bar()
    encoder.tokenizer.save_pretrained(folder)


def _save(path: Path, weights: Mapping[str, Tensor]) -> None:
    copies = {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in weights.items()}
    save_file(copies, path)


def _load(path: Path) -> Weights:
    try:
        with torch.no_grad():
            return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise BadRun(f"{path} cannot be read ({error}); remove its folder and train again") from error
