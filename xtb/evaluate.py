"""Evaluation: the whole grid of cells of a run in one pass, each distinct encoder input once.

Cells are taken in groups: read, perturbed and tokenised one after the other, then all their distinct rows go
through the model together, sorted by length. A score does not depend on the other cells of its
group but for the rounding of differently padded batches.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from ingest import catalog
from ingest.example import Candidate, Example
from ingest.parallel import Parallel
from ingest.perturbation import Perturbed, perturb
from ingest.source import Source
from ingest.task import Task, parallel_of, take
from ingest.versions import version
from warehouse.rows import OUTCOME
from xtb.batching import Feature
from xtb.cellrows import judged, outcome_rows, refused_rows, score_rows
from xtb.featurecache import FeatureCache
from xtb.judge import Judge
from xtb.model import TaskModel
from xtb.once import OnBatch
from xtb.spec import Cell


class Evaluated(NamedTuple):
    """A finished cell: its rows of the warehouse tables ``outcome`` and ``score``."""

    cell: Cell
    outcomes: pl.DataFrame
    scores: pl.DataFrame


def evaluate(
    model: TaskModel,
    task: Task,
    cells: Sequence[Cell],
    source: Source,
    *,
    run_id: str,
    limit: int | None = None,
    max_length: int | None = None,
    stride: int | None = None,
    batch_tokens: int | None = None,
    chunk_examples: int = 20_000,
    bf16: bool = False,
    on_batch: OnBatch | None = None,
    cache: FeatureCache | None = None,
) -> Iterator[Evaluated]:
    """Evaluates cells of one task; each is yielded as soon as its group is done.

    Args:
        model: the trained model.
        task: the task of all the cells.
        cells: the cells still to do, in any order; yielded by split and language.
        source: where the examples come from.
        run_id: goes into the rows.
        limit: examples of a cell (``ingest.task.take``), None for all.
        max_length: most tokens of a row; None for the task's default. The encoder's own limit holds too.
        stride: overlap of windows; None for the task's default.
        batch_tokens: tokens of a batch, padding counted; None for what suits the device.
        chunk_examples: cells are taken in groups of about as many examples, which bounds memory and the
            work lost when the process is killed.
        bf16: autocast to bfloat16 (GPU).
        on_batch: called after each batch with the rows done and to do in the group of cells.
        cache: where the inputs of clean examples are kept; None to make them anew.

    Yields:
        Every cell once. A cell that its perturbation does not apply to has no outcomes, and scores
        without a value that say why.

    Raises:
        BadRun: the model's head does not fit the task.
        XtbError: the model gives numbers that are not finite.
        IngestError: a benchmark file is missing or damaged.
    """
    judge = Judge(
        model,
        task,
        max_length=max_length,
        stride=stride,
        batch_tokens=batch_tokens,
        bf16=bf16,
        on_batch=on_batch,
    )
    prepared = _prepare(judge, task, cells, source, limit, cache)
    for group in _groups(prepared, chunk_examples):
        judge.once.compute(feature for each in group for feature in each.features)
        for each in group:
            yield _evaluated(judge, task, each, run_id)
        # The next group may go on with this language: its clean rows come again in perturbed cells.
        judge.once.keep(group[-1].clean.features)


def outcomes(
    model: TaskModel,
    task: Task,
    examples: Sequence[Example],
    language: str,
    *,
    pool: Sequence[Candidate] = (),
    max_length: int | None = None,
    stride: int | None = None,
    batch_tokens: int | None = None,
    bf16: bool = False,
) -> pl.DataFrame:
    """Outcomes of clean examples, for dev scores during training.

    Returns:
        One row an example in their order: ``example_id, correct, prediction, exact, units, hits,
        predicted, gold``. ``xtb.metrics.score(frame, task.metric)`` is the dev score.

    Raises:
        BadRun: the model's head does not fit the task.
        XtbError: the model gives numbers that are not finite.
    """
    judge = Judge(model, task, max_length=max_length, stride=stride, batch_tokens=batch_tokens, bf16=bf16)
    features = judge.features(examples)
    judge.once.compute(features)
    return judged(examples, judge.outcomes(examples, features, language, judge.vectors(pool)))


class _Clean(NamedTuple):
    """The clean examples of a split and language."""

    examples: Sequence[Example]
    features: Sequence[Feature]
    inputs: Sequence[bytes]
    pool: Sequence[Candidate]
    threshold: float
    versions: Mapping[str, Sequence[Example]]
    parallel: Parallel


class _Prepared(NamedTuple):
    """A cell whose inputs wait for the model."""

    cell: Cell
    clean: _Clean
    perturbed: Perturbed
    features: Sequence[Feature]


def _prepare(
    judge: Judge,
    task: Task,
    cells: Sequence[Cell],
    source: Source,
    limit: int | None,
    cache: FeatureCache | None,
) -> Iterator[_Prepared]:
    places: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        places.setdefault((cell.split, cell.language), []).append(cell)
    for (split, language), group in places.items():
        clean = _read(judge, task, split, language, source, limit, cache)
        for cell in group:
            perturbed = _perturb(task, cell, clean)
            features = clean.features if cell == cell.clean else judge.features(perturbed.examples)
            yield _Prepared(cell, clean, perturbed, [] if perturbed.not_applicable else features)


def _read(
    judge: Judge,
    task: Task,
    split: str,
    language: str,
    source: Source,
    limit: int | None,
    cache: FeatureCache | None,
) -> _Clean:
    threshold = _threshold(judge, task, language, source, limit)
    examples = take(task.read(source, split, language), limit)
    if cache is not None and cache.serves:
        features = judge.stored(cache, examples)
    else:
        features = judge.features(examples)
    pool = task.pool(source, split, language) if task.pool is not None else ()
    versions = {name: read(source, split, language) for name, read in task.versions.items()}
    parallel = parallel_of(task, source, split)
    return _Clean(examples, features, _inputs(features, len(examples)), pool, threshold, versions, parallel)


def _threshold(judge: Judge, task: Task, language: str, source: Source, limit: int | None) -> float:
    if not task.tuned_on or task.pool is None:
        return 0.0
    examples = take(task.read(source, task.tuned_on, language), limit)
    return judge.threshold(examples, task.pool(source, task.tuned_on, language))


def _perturb(task: Task, cell: Cell, clean: _Clean) -> Perturbed:
    examples = clean.examples
    if not examples:
        why = f"'{task.name}' has no examples in {cell.split} {cell.language}"
        return Perturbed(examples=[], changed=[], edits=[], eligible=[], not_applicable=why)
    if cell.perturbation in clean.versions:
        return version(examples, clean.versions[cell.perturbation], cell.perturbation, cell.severity)
    return perturb(
        examples,
        catalog.perturbation(cell.perturbation),
        severity=cell.severity,
        language=cell.language,
        seed=cell.noise_seed,
        task=task.name,
        parallel=clean.parallel,
    )


def _groups(prepared: Iterator[_Prepared], examples: int) -> Iterator[list[_Prepared]]:
    group: list[_Prepared] = []
    size = 0
    for each in prepared:
        group.append(each)
        size += len(each.perturbed.examples)
        if size >= examples:
            yield group
            group, size = [], 0
    if group:
        yield group


def _evaluated(judge: Judge, task: Task, prepared: _Prepared, run_id: str) -> Evaluated:
    cell, clean, perturbed, features = prepared
    if perturbed.not_applicable is not None:
        why = f"not applicable: {perturbed.not_applicable}"
        scores = refused_rows(run_id, cell, task.metrics, len(clean.examples), why)
        return Evaluated(cell, OUTCOME.empty(), scores)
    pool = judge.vectors(clean.pool)
    if pool is not None:
        pool = pool._replace(threshold=clean.threshold)
    found = judge.outcomes(perturbed.examples, features, cell.language, pool)
    inputs = _inputs(features, len(clean.examples))
    tokens = {feature.example: feature.tokens for feature in features}
    frame = judged(perturbed.examples, found).with_columns(
        changed=pl.Series(perturbed.changed),
        token_changed=pl.Series([a != b for a, b in zip(inputs, clean.inputs, strict=True)]),
        edits=pl.Series(perturbed.edits),
        eligible=pl.Series(perturbed.eligible),
        tokens=pl.Series([tokens.get(i, 0) for i in range(len(inputs))]),
    )
    return Evaluated(cell, outcome_rows(run_id, cell, frame), score_rows(run_id, cell, task.metrics, frame))


def _inputs(features: Sequence[Feature], n: int) -> list[bytes]:
    """All token ids that each of n examples gives the encoder."""
    inputs = [b""] * n
    for feature in features:
        for row in feature.rows:
            inputs[feature.example] += b"|" + row.ids.tobytes()
    return inputs
