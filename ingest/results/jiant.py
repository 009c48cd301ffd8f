"""jiant 2: ``val_metrics.json`` of an output folder, as ``proj/main/components/evaluate.py`` writes it.

Below each task's name stand its ``metrics``: ``major``, a mean, and ``minor``, the metrics themselves.
Those of question answering count to 100, as SQuAD's and MLQA's scripts do; the others to 1. Precision,
recall and the parts with and without answer are passed over, as is the mean ``aggregated``.

``*.p`` and ``*.pt`` (predictions, weights) are pickles, which run code when they are read; they are
refused. ``args.json`` beside it names the encoder and the seed.
"""

import re
from pathlib import Path
from typing import Any

from ingest.results import files
from ingest.results.documents import part, plain
from ingest.results.model import Model
from ingest.results.place import Place
from ingest.results.reading import Reader, Reading
from ingest.results.values import Unfit

METRICS = "val_metrics.json"
_PICKLE = re.compile(r".*(preds|predictions)\.(p|pkl|pickle|pt|bin)")
_DETAIL = re.compile(r"total|precision|recall|best-threshold|best_.*|(Has|No)Ans_.*|f1_em|avg", re.IGNORECASE)
_PER_CENT = ("exact", "exact_match")  # keys that only its question answering has


def recognises(path: Path) -> bool:
    """Is there a ``val_metrics.json``?"""
    return bool(files.below(path, lambda name: name == METRICS))


def read(path: Path, reading: Reading) -> None:
    """Take every ``val_metrics.json`` at or below ``path``."""
    metrics = files.below(path, lambda name: name == METRICS)
    reading.take_objects(metrics, lambda file, found: _take(file, found, reading))
    for file in files.below(path, lambda name: _PICKLE.fullmatch(name) is not None):
        reading.reject(
            Place(file=file), "a pickle, which runs code when it is read; its predictions are not taken"
        )


def _take(file: Path, found: dict[str, Any], reading: Reading) -> None:
    place = Place(file=file)
    arguments = _arguments(file.parent)
    model = reading.model(
        place,
        files.digest(file),
        arguments.get("hf_pretrained_model_name_or_path") or arguments.get("model_type"),
        seed=arguments.get("seed") if arguments.get("seed") != -1 else None,
        config=plain({"format": "jiant", "learning_rate": arguments.get("learning_rate")}),
    )
    if model is None:
        return
    for task, result in found.items():
        if task != "aggregated":
            _take_task(place, model, reading, task, result)


def _take_task(place: Place, model: Model, reading: Reading, task: str, result: Any) -> None:
    metrics = part(result, "metrics") if isinstance(result, dict) else {}
    minor = part(metrics, "minor")
    if not minor:
        reading.reject(place, f"the results of {task!a:.60} have no metrics", task)
    scale = 100 if any(key in minor for key in _PER_CENT) else 1
    for metric, value in minor.items():
        if not _DETAIL.fullmatch(metric):
            model.score(place, task=task, split="validation", metric=metric, value=value, scale=scale)


def _arguments(folder: Path) -> dict[str, Any]:
    try:
        return files.read_object(folder / "args.json")
    except Unfit:  # older runs have none
        return {}


READER = Reader(source="jiant", what="jiant: val_metrics.json", recognises=recognises, read=read)
