"""lm-evaluation-harness: ``results_<time>.json``, and ``samples_<task>_<time>.jsonl`` beside it.

Layout of lm_eval 0.4 (``loggers/evaluation_tracker.py``): scores stand below ``results`` as
``"<metric>,<filter>"``; samples have a line for each document and filter. The averages of groups are no cells
and are passed over. Where a metric is there under several filters, ``none`` is taken, else the first.

The harness prompts and trains nothing, so its runs are ``external``. Its tasks have prompts of their own: an
accuracy on ``xnli`` is one over the same examples, not of the same method.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.results import files, naming
from ingest.results.documents import most_likely, part, plain
from ingest.results.model import Model
from ingest.results.place import Place
from ingest.results.reading import Reader, Reading
from ingest.results.values import Unfit

_TIMED = re.compile(r"(.+)_(\d{4}-\d\d-\d\dT[\d.\-]+)\.jsonl?")
_NO_SCORE = ("alias", "name", "sample_len", "sample_count", "samples")
_PER_CENT = ("squadv2",)  # the metric of SQuAD 2.0 counts to 100
_ORDER = ("accuracy", "f1", "mlqa_f1", "exact_match", "mlqa_exact_match")


def recognises(path: Path) -> bool:
    """Is there a results file of the harness?"""
    return files.any_json_below(path, _may_be_results, _is_results)


def read(path: Path, reading: Reading) -> None:
    """Take every results file at or below ``path``, with the samples beside it."""
    used: set[Path] = set()
    results = files.below(path, _may_be_results)
    reading.take_objects(results, lambda file, found: used.update(_take(file, found, reading)))
    for file in files.below(path, _is_samples):
        if file not in used:
            reading.reject(Place(file=file), "its results file is not beside it, or has no such task")


def _take(file: Path, found: dict[str, Any], reading: Reading) -> set[Path]:
    if not _is_results(found):
        raise Unfit("holds no results of lm-evaluation-harness")
    place = Place(file=file)
    config = part(found, "config")
    versions = {name: found[name] for name in ("lm_eval_version", "transformers_version") if name in found}
    model = reading.model(
        place,
        files.digest(file),
        found.get("model_name") or config.get("model"),
        seed=config.get("random_seed"),
        code_version=f"lm_eval {found['lm_eval_version']}" if "lm_eval_version" in found else None,
        versions=versions and plain(versions),
        started_at=found.get("date"),
        seconds=found.get("total_evaluation_time_seconds"),
        device=config.get("device"),
        config=plain(
            {"format": "lm-eval", "model_args": config.get("model_args"), "n-shot": found.get("n-shot")}
        ),
    )
    if model is None:
        return set()
    groups = {name for name, tasks in part(found, "group_subtasks").items() if tasks}
    results = {name: one for name, one in part(found, "results").items() if name not in groups}
    for task, scores in results.items():
        _take_scores(place, model, reading, task, scores, found)
    return _take_samples(file, model, reading, results, found)


def _take_scores(
    place: Place, model: Model, reading: Reading, task: str, scores: Any, found: Mapping[str, Any]
) -> None:
    if not isinstance(scores, dict):
        reading.reject(place, f"the results of {task!a:.60} are no object")
        return
    rising = part(part(found, "higher_is_better"), task)
    sizes = part(part(found, "n-samples"), task)
    chosen = _filters(scores)
    for key, value in scores.items():
        metric, _, kept = key.partition(",")
        if metric in _NO_SCORE or metric.endswith("_stderr"):
            continue
        if kept != chosen[metric]:
            reading.reject(
                place, f"{metric} of {task!a:.60} is taken with the filter {chosen[metric]!a:.40}", key
            )
        elif rising.get(metric) is False:
            reading.reject(
                place, f"{metric} of {task!a:.60}: lower is better; the warehouse has none such", key
            )
        else:
            model.score(
                place,
                task=task,
                split=_split(found, task),
                metric=metric,
                value=value,
                n=sizes.get("effective"),
                scale=100 if task in _PER_CENT else 1,
            )


def _take_samples(
    results_file: Path, model: Model, reading: Reading, results: Mapping[str, Any], found: Mapping[str, Any]
) -> set[Path]:
    timed = _TIMED.fullmatch(results_file.name)
    used = set()
    for file in files.below(results_file.parent, _is_samples) if timed else ():
        match = _TIMED.fullmatch(file.name)
        if file.parent != results_file.parent or not match or not timed or match[2] != timed[2]:
            continue
        task = match[1].removeprefix("samples_")
        if task in results and isinstance(results[task], dict):
            used.add(file)
            try:
                _take_sample_lines(file, model, reading, task, _filters(results[task]), _split(found, task))
            except Unfit as unfit:
                reading.reject(Place(file=file), unfit)
    return used


def _take_sample_lines(
    file: Path, model: Model, reading: Reading, task: str, filters: Mapping[str, str], split: Any
) -> None:
    ours = naming.benchmark(task).task
    metrics = {naming.metric(theirs, ours): theirs for theirs in filters}
    headline = next((metrics[one] for one in _ORDER if one in metrics), None)
    exact = metrics.get("exact_match") or metrics.get("mlqa_exact_match")
    if headline is None:
        reading.reject(Place(file=file), "none of its metrics has a place in the outcomes")
        return
    for number, line in files.json_lines(file):
        place = Place(file=file, line=number)
        if isinstance(line, Unfit):
            reading.reject(place, line)
        elif line.get("filter", filters[headline]) == filters[headline]:
            model.outcome(
                place,
                task=task,
                split=split,
                example=line.get("doc_id"),
                correct=line.get(headline),
                exact=line.get(exact) if exact else None,
                prediction=_prediction(line.get("filtered_resps")),
                scale=100 if task in _PER_CENT else 1,
            )


def _filters(scores: Mapping[str, Any]) -> dict[str, str]:
    """Metric -> the filter it is taken with."""
    chosen: dict[str, str] = {}
    for key in scores:
        metric, _, kept = key.partition(",")
        if metric in _NO_SCORE or metric.endswith("_stderr"):
            continue
        if metric not in chosen or kept == "none":
            chosen[metric] = kept
    return chosen


def _prediction(responses: Any) -> str | None:
    """The text generated, or the index of the option that is most likely."""
    if not isinstance(responses, list) or not responses:
        return None
    if all(isinstance(one, list) and len(one) == 2 for one in responses):
        option = most_likely([one[0] for one in responses])
        if option is not None:
            return option
    return responses[0] if isinstance(responses[0], str) else plain(responses[0])


def _split(found: Mapping[str, Any], task: str) -> Any:
    config = part(part(found, "configs"), task)
    return config.get("test_split") or config.get("validation_split")


def _is_results(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and isinstance(found.get("results"), dict)
        and any(key in found for key in ("lm_eval_version", "n-shot", "group_subtasks"))
    )


def _may_be_results(name: str) -> bool:
    return name.endswith(".json") and (name.startswith("results") or _TIMED.fullmatch(name) is not None)


def _is_samples(name: str) -> bool:
    return name.startswith("samples_") and name.endswith(".jsonl")


READER = Reader(
    source="lm-eval",
    what="lm-evaluation-harness: results_*.json and samples_*.jsonl",
    recognises=recognises,
    read=read,
)
