"""lighteval: ``results_<time>.json``, and the ``details_<task>_<time>.parquet`` of the same time.

Layout of lighteval 0.13 (``logging/evaluation_tracker.py``): below ``results`` stands ``"<task>|<shots>"``,
in older versions ``"<suite>|<task>|<shots>|<truncation>"``; details have a row for each example. Averages
(``all``, ``<task>:_average``) are no cells and are passed over, as are standard errors.

A multilingual task names its language and how the question is put (``xnli_deu_cf``), and its metrics name
the language again (``f1_deu``). Each number of shots and each way of asking is a model of its own: they
measure the same cells. The match of a prefix is no exact match and is refused.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ingest.results import files
from ingest.results.documents import most_likely, part, parts, plain
from ingest.results.model import Model
from ingest.results.place import Place
from ingest.results.reading import Reader, Reading
from ingest.results.values import Unfit

_RESULTS = re.compile(r"results_(\d{4}-\d\d-\d\dT[\d.\-]+)\.json")
_DETAILS = re.compile(r"details_(.+)_(\d{4}-\d\d-\d\dT[\d.\-]+)\.parquet")
_WAY = re.compile(r"_(cf|mcf|hybrid)$")
_LANGUAGE_IN_METRIC = re.compile(r"(f1|exact_match)_([a-z]{3})(?:_full)?")
_HEADLINES = ("accuracy", "acc", "f1", "exact_match", "em", "acc_norm")


class _Task(NamedTuple):
    """What a key of ``results`` says."""

    name: str
    way: str
    shots: str


def recognises(path: Path) -> bool:
    """Is there a results file of lighteval?"""
    return files.any_json_below(path, _may_be_results, _is_results)


def read(path: Path, reading: Reading) -> None:
    """Take every results file at or below ``path``, with the details of its time."""
    details: dict[str, list[Path]] = {}
    for file in files.below(path, lambda name: _DETAILS.fullmatch(name) is not None):
        details.setdefault(_DETAILS.fullmatch(file.name)[2], []).append(file)  # type: ignore[index]
    results = files.below(path, _may_be_results)
    reading.take_objects(results, lambda file, found: _take(file, found, reading, details))
    for some in details.values():
        for file in some:
            reading.reject(Place(file=file), "its results file is not here, or has no such task")


def _take(file: Path, found: dict[str, Any], reading: Reading, details: dict[str, list[Path]]) -> None:
    if not _is_results(found):
        raise Unfit("holds no results of lighteval")
    time = _RESULTS.fullmatch(file.name)
    place, identity = Place(file=file), files.digest(file)
    tasks = {key: task for key in part(found, "results") if (task := _task(key)) is not None}
    models: dict[str, Model] = {}
    for key, task in tasks.items():
        model = _model(place, f"{identity} {task.shots} {task.way}", found, task, time and time[1], reading)
        if model is None:
            return
        models[key] = model
        _take_scores(place, model, reading, key, task, found)
    waiting = details.get(time[1], []) if time else []
    for one in list(waiting):
        name = _DETAILS.fullmatch(one.name)
        key = name[1] if name else ""
        if key in models:
            waiting.remove(one)
            try:
                _take_details(one, models[key], reading, key, tasks[key], found)
            except Unfit as unfit:
                reading.reject(Place(file=one), unfit)


def _model(
    place: Place, identity: str, found: Mapping[str, Any], task: _Task, time: str | None, reading: Reading
) -> Model | None:
    general = part(found, "config_general")
    sha = general.get("lighteval_sha")
    return reading.model(
        place,
        identity,
        general.get("model_name") or part(general, "model_config").get("model_name"),
        code_version=f"lighteval {sha}" if isinstance(sha, str) and sha.strip("?") else None,
        started_at=_moment(time),
        seconds=general.get("total_evaluation_time_secondes"),
        config=plain({"format": "lighteval", "n-shot": task.shots, "formulation": task.way}),
    )


def _take_scores(
    place: Place, model: Model, reading: Reading, key: str, task: _Task, found: Mapping[str, Any]
) -> None:
    scores = part(found, "results")[key]
    if not isinstance(scores, dict):
        reading.reject(place, f"the results of {key!a:.60} are no object")
        return
    config = _config(found, key, task)
    n = config.get("effective_num_docs")
    for metric, value in scores.items():
        if not metric.endswith("_stderr"):
            model.score(
                place,
                task=task.name,
                split=_split(config),
                metric=_metric(metric),
                value=value,
                n=None if n == -1 else n,
            )


def _take_details(
    file: Path, model: Model, reading: Reading, key: str, task: _Task, found: Mapping[str, Any]
) -> None:
    split = _split(_config(found, key, task))
    ours = {_metric(metric): metric for metric in part(part(found, "results"), key)}
    headline = next((ours[one] for one in _HEADLINES if one in ours), None)
    exact = ours.get("exact_match") or ours.get("em")
    if headline is None:
        reading.reject(Place(file=file), "none of its metrics has a place in the outcomes")
        return
    for number, row in files.parquet_rows(file, ["doc", "metric", "model_response"]):
        measured = part(row, "metric")
        model.outcome(
            Place(file=file, line=number),
            task=task.name,
            split=split,
            example=part(row, "doc").get("id") or number - 1,
            correct=measured.get(headline),
            exact=measured.get(exact) if exact else None,
            prediction=_prediction(part(row, "model_response")),
        )


def _task(key: str) -> _Task | None:
    """None for an average.

    >>> _task("xnli_deu_cf|0"), _task("lighteval|mlqa_deu|5|1").shots, _task("mmlu:_average|5"), _task("all")
    (_Task(name='xnli_deu', way='cf', shots='0'), '5', None, None)
    """
    words = key.split("|")
    name, shots = (words[1], words[2]) if len(words) > 2 else (words[0], words[1] if len(words) > 1 else "")
    if name == "all" or name.endswith("_average"):
        return None
    way = _WAY.search(name)
    return _Task(_WAY.sub("", name), way[1] if way else "", shots)


def _metric(theirs: str) -> str:
    """Their name without the language.

    >>> _metric("f1_deu"), _metric("exact_match_deu_full"), _metric("exact_match_deu_prefix"), _metric("acc")
    ('f1', 'exact_match', 'exact_match_deu_prefix', 'acc')
    """
    found = _LANGUAGE_IN_METRIC.fullmatch(theirs)
    return found[1] if found else theirs


def _prediction(response: Mapping[str, Any]) -> str | None:
    """The text generated, or the index of the option that is most likely."""
    texts = parts(response, "text_post_processed") or parts(response, "text")
    return texts[0] if texts and isinstance(texts[0], str) else most_likely(parts(response, "logprobs"))


def _config(found: Mapping[str, Any], key: str, task: _Task) -> Mapping[str, Any]:
    configs = part(found, "config_tasks")
    at = next((one for one in (key, key.rpartition("|")[0], task.name) if one in configs), key)
    return part(configs, at)


def _split(config: Mapping[str, Any]) -> Any:
    splits = parts(config, "evaluation_splits")
    return splits[0] if splits else None


def _moment(time: str | None) -> str | None:
    """A time as file names have it.

    >>> _moment("2026-01-02T03-04-05.678901")
    '2026-01-02T03:04:05.678901'
    """
    if time is None:
        return None
    day, _, clock = time.partition("T")
    return f"{day}T{clock.replace('-', ':')}"


def _is_results(found: Any) -> bool:
    return isinstance(found, dict) and isinstance(found.get("results"), dict) and "config_general" in found


def _may_be_results(name: str) -> bool:
    return name.endswith(".json") and name.startswith("results")


READER = Reader(
    source="lighteval",
    what="lighteval: results_*.json and details_*.parquet",
    recognises=recognises,
    read=read,
)
