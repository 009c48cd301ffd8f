"""Write a trained run as a folder that transformers loads without us, and that may go to the hub as it is.

config.json  model.safetensors        the class of the run's kind (``xtb.heads.native``)
tokenizer.json ...                    the encoder's tokenizer
README.md                             the model card
head.safetensors                      only where transformers has no class for the head: its weights
"""

from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from safetensors.torch import save_file

from ingest import catalog
from warehouse.errors import UsageError
from xtb import files
from xtb.checkpoint import read_finished
from xtb.encoder import quiet
from xtb.errors import BadRun
from xtb.heads.native import NATIVE
from xtb.hub.card import Facts, card
from xtb.hub.transplant import transplant
from xtb.measure import load_model
from xtb.model import TaskModel
from xtb.place import Place
from xtb.run import Run

HEAD = "head.safetensors"


class Exported(NamedTuple):
    """What was written: the folder, the class that loads it, and whether the head is in it."""

    folder: Path
    auto: str
    whole: bool


def export_model(found: Run, folder: Path, place: Place, scores: pl.DataFrame) -> Exported:
    """Write a run's model, tokenizer and card.

    Args:
        found: a trained run.
        folder: made by this; an empty one may be there.
        place: data of the run's target, and where its checkpoints are.
        scores: rows of the warehouse table ``score`` of the run; may be none.

    Raises:
        UsageError: the folder holds something.
        BadRun: the run is not trained, or its weights are gone.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there and not empty; give --output another folder")
    if not found.trained:
        raise BadRun(f"run {found.run_id} is not trained: {found.record['error'] or found.record['status']}")
    task = catalog.task(found.spec.target).on(place.source)
    model = load_model(found, task, place).to("cpu").eval()
    native = model.encoder if NATIVE[task.kind].auto == "AutoModel" else transplant(model, task.labels)
    auto = NATIVE[task.kind].auto if native is not None else "AutoModel"
    last = read_finished(place.runs, found.spec.stage_id(len(found.spec.stages) - 1))
    facts = Facts(
        run=found, task=task, scores=scores, auto=auto, whole=native is not None, pooling=model.pooling
    )
    with files.new_folder(folder) as staging:
        _save(native if native is not None else model.encoder, staging)
        _save_tokenizer(Path(last.encoder), model, staging)
        if native is None:
            save_file(
                {name: weight.contiguous() for name, weight in model.layer.state_dict().items()},
                staging / HEAD,
                metadata={"format": "pt"},
            )
        (staging / "README.md").write_text(card(facts), encoding="utf-8")
    return Exported(folder, auto, native is not None)


def _save(model: Any, folder: Path) -> None:
    with quiet():
        model.save_pretrained(folder)


def _save_tokenizer(source: Path, model: TaskModel, folder: Path) -> None:
    """The tokenizer, told how much the model takes."""
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
    tokenizer.model_max_length = model.max_length
    tokenizer.save_pretrained(folder)
