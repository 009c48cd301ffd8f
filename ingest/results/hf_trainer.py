"""Hugging Face Trainer: ``all_results.json`` and ``trainer_state.json`` of its output folder.

The final scores come from ``all_results.json`` (``save_metrics`` of the example scripts), else from the
log in ``trainer_state.json``: its best evaluation where a best step is kept, else its last. The log
gives the training curve and the stage. Which task and languages were measured stands nowhere but
perhaps in the names of several evaluation sets (``eval_de_accuracy``), so a person says it: ``--set
task=xnli --set language=en``.

The encoder and the seed come from the model card (README.md) or ``config.json``. ``training_args.bin``
and the optimiser's files are pickles, which run code when they are read, and are not opened.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.results import files, metric_name
from ingest.results.documents import parts, plain
from ingest.results.model import Model
from ingest.results.place import Place, Row
from ingest.results.reading import Reader, Reading
from ingest.results.values import Unfit, count, number_in, real

RESULTS, STATE = "all_results.json", "trainer_state.json"
_CARD = {
    "encoder": re.compile(r"^base_model: *[\"']?([^\s\"']+)", re.MULTILINE),
    "seed": re.compile(r"^- seed: (\d+)", re.MULTILINE),
    "learning_rate": re.compile(r"^- learning_rate: ([\d.e-]+)", re.MULTILINE),
}


def recognises(path: Path) -> bool:
    """Is there an output folder of the Trainer?"""
    found = files.below(path, lambda name: name in (RESULTS, STATE))
    return any(_looks_right(files.read_object(file)) for file in found[:20])


def read(path: Path, reading: Reading) -> None:
    """Take every output folder at or below ``path``; of checkpoints the last, where nothing else is."""
    found = files.below(path, lambda name: name in (RESULTS, STATE))
    folders = {file.parent for file in found}
    for folder in sorted(folders):
        if _is_checkpoint(folder):
            rivals = [one for one in folders if _is_checkpoint(one) and one.parent == folder.parent]
            if folder.parent in folders or folder != max(rivals, key=_steps):
                continue
        mine = {file.name: file for file in found if file.parent == folder}
        try:
            _take(folder, mine, reading)
        except Unfit as unfit:
            reading.reject(Place(file=next(iter(mine.values()))), unfit)


def _take(folder: Path, mine: Mapping[str, Path], reading: Reading) -> None:
    results = files.read_object(mine[RESULTS]) if RESULTS in mine else {}
    state = files.read_object(mine[STATE]) if STATE in mine else {}
    log = [entry for entry in parts(state, "log_history") if isinstance(entry, dict)]
    place = Place(file=mine.get(RESULTS) or mine[STATE])
    card = _card(folder)
    model = reading.model(
        place,
        " ".join(files.digest(file) for file in mine.values()),
        card.get("encoder") or _configured(folder),
        seed=number_in(card.get("seed")),
        seconds=results.get("train_runtime"),
        config=plain({"format": "hf-trainer", "learning_rate": card.get("learning_rate")}),
    )
    if model is None:
        return
    scores, selection = (results, "") if _scores(results) else _chosen(state, log)
    targets: dict[str, Row] = {}
    for key, value in scores.items():
        logged = metric_name.logged(str(key))
        if logged is not None:
            n = scores.get(f"{key.partition('_')[0]}_samples")
            targets |= _take_score(place, reading, model, logged, value, n)
    if not targets:
        reading.reject(
            place, "holds no score that could be taken; say --set task=NAME where the task is missing"
        )
    for task, dev in targets.items():
        _take_training(place, reading, model, task, dev, state, log, results, card, selection)


def _take_score(
    place: Place, reading: Reading, model: Model, logged: metric_name.Logged, value: Any, n: Any
) -> dict[str, Row]:
    """The target and its headline of a score that was taken."""
    task, language = logged.dataset or None, None
    if "task" in reading.given.cell and task is not None:
        language = task.split("_")[-1]
    before = set(model.scores)
    model.score(
        place,
        task=task if task is not None else reading.given.cell.get("task"),
        split=logged.split,
        language=language,
        metric=logged.metric,
        value=value,
        n=n,
    )
    return {model.target(model.scores[key][0]): model.scores[key][0] for key in set(model.scores) - before}


def _take_training(
    place: Place,
    reading: Reading,
    model: Model,
    task: str,
    dev: Row,
    state: Mapping[str, Any],
    log: list[dict[str, Any]],
    results: Mapping[str, Any],
    card: Mapping[str, str],
    selection: str,
) -> None:
    summary: Mapping[str, Any] = next((one for one in reversed(log) if "train_runtime" in one), {})
    steps: dict[int, Row] = {}
    for entry in log:
        try:
            step = count(entry.get("step"), "step")
            row = {"step": step, "loss": real(entry.get("loss"), "loss")}
            row["learning_rate"] = real(entry.get("learning_rate"), "learning_rate")
            dev_score = real(entry.get(f"eval_{dev['metric']}"), "dev_score")
            row["dev_score"] = dev_score if dev_score is None or 0 <= dev_score <= 1 else None
        except Unfit as unfit:
            reading.reject(place, f"log_history: {unfit}", entry)
            continue
        if step is not None:
            old = steps.get(step, {})
            steps[step] = {**old, **{name: one for name, one in row.items() if one is not None}}
    for row in steps.values():
        model.train(task, "training_log", {"position": 0, **row})
    try:
        stage = {
            "position": 0,
            "role": "target",
            "task": task,
            "perturbation": "clean",
            "severity": 0,
            "robust": reading.given.run.get("robust", "none"),
            "train_examples": count(results.get("train_samples"), "train_samples"),
            "steps": count(state.get("global_step"), "global_step"),
            "epochs": _positive(state.get("epoch", results.get("epoch")), "epoch"),
            "learning_rate": real(number_in(card.get("learning_rate")), "learning_rate"),
            "train_loss": real(results.get("train_loss", summary.get("train_loss")), "train_loss"),
            "best_step": count(state.get("best_global_step"), "best_global_step"),
            "selection": selection or None,
            "seconds": _positive(results.get("train_runtime", summary.get("train_runtime")), "train_runtime"),
        }
    except Unfit as unfit:
        reading.reject(place, unfit)
        return
    if dev["split"] == "validation":
        stage |= {"dev_metric": dev["metric"], "dev_score": dev["value"]}
    if stage["steps"]:
        model.train(task, "stage", stage)


def _chosen(state: Mapping[str, Any], log: list[dict[str, Any]]) -> tuple[Mapping[str, Any], str]:
    """The evaluation that counts, of a log: that of the best step, else the last."""
    evaluations = [entry for entry in log if _scores(entry)]
    best = state.get("best_global_step")
    for entry in evaluations:
        if best is not None and entry.get("step") == best:
            return entry, "best evaluation"
    return (evaluations[-1], "last evaluation") if evaluations else ({}, "")


def _scores(found: Mapping[str, Any]) -> list[str]:
    return [key for key in found if metric_name.logged(str(key)) is not None]


def _card(folder: Path) -> dict[str, str]:
    """What the model card that the Trainer writes says of the training."""
    try:
        text = files.read_text(folder / "README.md", 2**20)
    except Unfit:  # most folders have none
        return {}
    found = {name: pattern.search(text) for name, pattern in _CARD.items()}
    return {name: match[1] for name, match in found.items() if match}


def _configured(folder: Path) -> Any:
    for name, key in (("adapter_config.json", "base_model_name_or_path"), ("config.json", "_name_or_path")):
        try:
            return files.read_object(folder / name)[key]
        except (Unfit, KeyError):
            continue
    return None


def _positive(value: Any, what: str) -> float | None:
    found = real(value, what)
    if found is not None and found < 0:
        raise Unfit(f"{what} is negative")
    return found


def _is_checkpoint(folder: Path) -> bool:
    return re.fullmatch(r"checkpoint-\d{1,15}", folder.name) is not None


def _steps(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _looks_right(found: Mapping[str, Any]) -> bool:
    return "log_history" in found or any(
        key in found for key in ("train_runtime", "eval_runtime", "eval_loss")
    )


READER = Reader(
    source="hf-trainer",
    what="Hugging Face Trainer: all_results.json, trainer_state.json",
    recognises=recognises,
    read=read,
)
