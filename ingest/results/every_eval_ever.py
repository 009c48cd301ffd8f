"""Every Eval Ever (schema 0.3): ``<id>.json``, and the examples in ``<id>_samples.jsonl`` beside it.

It is what the converters of the package ``every-eval-ever`` make of results of HELM, inspect and lm-eval,
and what ``xtb export --format eee`` writes. A result names its benchmark as ``evaluation_name`` or as the
name of its data set, whichever the catalogue knows; task, language, split, perturbation, severity and noise
seed may stand among the ``additional_details`` of ``source_data``, where xtb writes them. Metrics of which
less is better, or whose range does not begin at 0, have no place in the warehouse and are refused.

The file of the examples is looked for beside the results only, whatever path they state, and its checksum
is held against theirs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest import catalog
from ingest.results import files, naming
from ingest.results.documents import part, parts, plain
from ingest.results.metric_name import SPLITS
from ingest.results.model import Model
from ingest.results.place import Place, Row
from ingest.results.reading import Reader, Reading
from ingest.results.values import Unfit, number_in

_KEYS = frozenset({"schema_version", "evaluation_id", "model_info", "evaluation_results"})
_ORDER = ("accuracy", "token_accuracy", "f1", "binary_f1", "mlqa_f1", "exact_match", "mlqa_exact_match")
_EXACT = ("exact_match", "mlqa_exact_match")
_SAMPLES = "_samples.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """One of ``evaluation_results``: its cell in their words, our name of its metric, and its range."""

    cell: tuple[Any, ...]
    metric: str
    scale: float
    noise: tuple[Any, Any, Any]


@dataclass(slots=True, kw_only=True)
class _Sample:
    """What the lines of one example say: a score by metric, and the answer."""

    place: Place
    scores: Row = field(default_factory=dict)
    prediction: Any = None


def recognises(path: Path) -> bool:
    """Is there a file of this schema?"""
    return files.any_json_below(path, _may_be_results, _is_results)


def read(path: Path, reading: Reading) -> None:
    """Take every file at or below ``path``, with the examples beside it."""
    used: set[Path] = set()
    results = files.below(path, _may_be_results)
    reading.take_objects(results, lambda file, found: used.update(_take(file, found, reading)))
    for file in files.below(path, lambda name: name.endswith(_SAMPLES)):
        if file not in used:
            reading.reject(Place(file=file), "the results that it belongs to are not beside it")


def _take(file: Path, found: dict[str, Any], reading: Reading) -> set[Path]:
    if not _is_results(found):
        raise Unfit("is no document of Every Eval Ever")
    place = Place(file=file)
    told, library = part(found, "model_info"), part(found, "eval_library")
    source = part(found, "source_metadata")
    details = part(told, "additional_details")
    model = reading.model(
        place,
        files.digest(file),
        told.get("id") or told.get("name"),
        seed=number_in(details.get("seed")),
        code_version=f"{library['name']} {library.get('version', '')}".strip() if "name" in library else None,
        started_at=number_in(found.get("evaluation_timestamp")),
        config=plain(
            {
                "format": "every-eval-ever",
                "evaluation_id": found["evaluation_id"],
                "source": source.get("source_name"),
                "organization": source.get("source_organization_name"),
            }
        ),
        **{name: details[name] for name in ("regime", "intermediate", "robust", "target") if name in details},
    )
    if model is None:
        return set()
    results: dict[str, list[_Result]] = {}
    for number, one in enumerate(parts(found, "evaluation_results"), start=1):
        at = Place(file=file, line=number)
        try:
            result = _result(one)
        except Unfit as unfit:
            reading.reject(at, unfit, one if isinstance(one, dict) else None)
            continue
        if _take_score(at, model, result, one):
            for key in {str(one.get("evaluation_result_id")), str(one.get("evaluation_name"))}:
                results.setdefault(key, []).append(result)
    return _take_samples(file, found, model, reading, results)


def _result(one: Any) -> _Result:
    if not isinstance(one, dict):
        raise Unfit("is no object")
    source, config = part(one, "source_data"), part(one, "metric_config")
    details = part(source, "additional_details")
    task = details.get("task") or next(
        (
            name
            for name in (one.get("evaluation_name"), source.get("dataset_name"))
            if isinstance(name, str) and naming.benchmark(name).task in catalog.task_names()
        ),
        one.get("evaluation_name"),
    )
    ours = naming.benchmark(task).task if isinstance(task, str) else ""
    split = details.get("split", source.get("hf_split"))
    language = details.get("language")
    if language is None and ours not in catalog.task_names() and isinstance(source.get("dataset_name"), str):
        language = naming.benchmark(source["dataset_name"]).language  # of gsm_sw/strict-match: gsm_sw
    metric = _metric(config, ours)
    if config.get("lower_is_better") is True:
        raise Unfit(f"{metric}: lower is better; the warehouse has none such")
    return _Result(
        cell=(task, SPLITS.get(split, split) if isinstance(split, str) else split, language),
        metric=metric,
        scale=_scale(config),
        noise=(
            details.get("perturbation", "clean"),
            number_in(details.get("severity", 0)),
            number_in(details.get("noise_seed", 0)),
        ),
    )


def _metric(config: Mapping[str, Any], task: str) -> str:
    """Our name of a metric, by the name that the tool gives it, else by its id in the schema's registry.

    ``metric_kind`` is no name: pass@1 and exact match are both of the kind accuracy.
    """
    stated = [config.get(key) for key in ("metric_name", "metric_id")]
    names = [name for name in stated if isinstance(name, str)]
    for name in (*names, *(re.sub(r"[ -]", "_", name.lower()) for name in names)):
        if (found := naming.metric(name, task)) is not None:
            return found
    raise Unfit(f"the warehouse has no metric {(names or ['without a name'])[0]!a:.60}")


def _scale(config: Mapping[str, Any]) -> float:
    """What stands for 1."""
    least, most = config.get("min_score"), config.get("max_score")
    if least not in (None, 0):
        raise Unfit(f"its values begin at {least!a:.20}, not at 0")
    if most is None:
        return 100.0 if config.get("metric_unit") == "percent" else 1.0
    if isinstance(most, bool) or most not in (1, 100):
        raise Unfit(f"its values end at {most!a:.20}, neither at 1 nor at 100")
    return float(most)


def _take_score(place: Place, model: Model, result: _Result, one: Mapping[str, Any]) -> bool:
    task, split, language = result.cell
    details = part(one, "score_details")
    n = part(one, "source_data").get("samples_number")
    return model.score(
        place,
        task=task,
        split=split,
        language=language,
        metric=result.metric,
        value=details.get("score"),
        n=part(details, "uncertainty").get("num_samples") if n is None else n,
        scale=result.scale,
        noise=result.noise,
    )


def _take_samples(
    file: Path, found: Mapping[str, Any], model: Model, reading: Reading, results: Mapping[str, list[_Result]]
) -> set[Path]:
    told = part(found, "detailed_evaluation_results")
    stated = str(told.get("file_path", "")).rpartition("/")[2]
    beside = [file.with_name(file.stem + _SAMPLES)]
    if stated.endswith(".jsonl") and not any(mark in stated for mark in "\\\0"):
        beside.append(file.with_name(stated))
    samples = next((one for one in beside if _is_file(one) and not one.is_symlink()), None)
    if samples is None:
        if told:
            reading.reject(Place(file=file), "the file of its examples is not beside it")
        return set()
    if told.get("hash_algorithm", "sha256") == "sha256" and told.get("checksum") not in (
        None,
        files.digest(samples),
    ):
        reading.reject(Place(file=samples), "its checksum is another than its results state; left out")
        return {samples}
    try:
        _take_lines(samples, found["evaluation_id"], model, reading, results)
    except Unfit as unfit:
        reading.reject(Place(file=samples), unfit)
    return {samples}


def _take_lines(
    file: Path, evaluation: Any, model: Model, reading: Reading, results: Mapping[str, list[_Result]]
) -> None:
    cells: dict[str, tuple[_Result, dict[Any, _Sample]]] = {}
    for number, line in files.json_lines(file):
        place = Place(file=file, line=number)
        try:
            result = _result_of(line, evaluation, results)
            assert isinstance(line, dict)
            example = line.get("sample_id")
            if not isinstance(example, str):
                raise Unfit("sample_id is no text")
        except Unfit as unfit:
            reading.reject(place, unfit)
            continue
        _, samples = cells.setdefault(plain([result.cell, result.noise]), (result, {}))
        sample = samples.setdefault(example, _Sample(place=place))
        if result.metric in sample.scores:
            reading.reject(
                place, f"{result.metric} of sample {example!a:.60} is there again; the first is kept"
            )
            continue
        sample.scores[result.metric] = (part(line, "evaluation").get("score"), result.scale)
        sample.prediction = _answer(line) if sample.prediction is None else sample.prediction
    for result, samples in cells.values():
        for example, sample in samples.items():
            _take_outcome(model, reading, result, example, sample)


def _result_of(line: Any, evaluation: Any, results: Mapping[str, list[_Result]]) -> _Result:
    if isinstance(line, Unfit):
        raise line
    if line.get("evaluation_id") != evaluation:
        raise Unfit("belongs to another evaluation than the results beside it")
    named = line.get("evaluation_result_id")
    mine = results.get(str(line.get("evaluation_name") if named is None else named), [])
    if len(mine) != 1:
        raise Unfit(f"belongs to {len(mine) or 'none'} of the results that were taken")
    return mine[0]


def _take_outcome(model: Model, reading: Reading, result: _Result, example: str, sample: _Sample) -> None:
    headline = next((one for one in _ORDER if one in sample.scores), None)
    if headline is None:
        reading.reject(sample.place, f"{result.metric} has no place in the outcomes")
        return
    correct, scale = sample.scores[headline]
    exact = next((sample.scores[one][0] for one in _EXACT if one in sample.scores), None)
    task, split, language = result.cell
    model.outcome(
        sample.place,
        task=task,
        split=split,
        language=language,
        example=example,
        correct=correct,
        exact=exact,
        prediction=sample.prediction,
        scale=scale,
        noise=result.noise,
    )


def _answer(line: Mapping[str, Any]) -> Any:
    """The answer taken from the output, else the output."""
    last = [
        one for one in parts(line, "answer_attribution") if isinstance(one, dict) and one.get("is_terminal")
    ]
    if last and isinstance(last[-1].get("extracted_value"), str):
        return last[-1]["extracted_value"]
    raw = parts(part(line, "output"), "raw")
    return raw[0] if raw and isinstance(raw[0], str) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a stated name longer than any file's
        return False


def _is_results(found: Any) -> bool:
    return isinstance(found, dict) and found.keys() >= _KEYS


def _may_be_results(name: str) -> bool:
    return name.endswith(".json")


READER = Reader(
    source="every-eval-ever",
    what="Every Eval Ever: <id>.json and <id>_samples.jsonl",
    recognises=recognises,
    read=read,
)
