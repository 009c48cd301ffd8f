"""The tables of runs as typed frames: what one row of each means, its columns, its key.

Here, in ``warehouse.dimensions`` and in ``warehouse.published_rows`` is the only description of the
record formats. Run folders (Parquet shards) and the migrations hold the same columns; a test compares them.

* Keys are never NULL; ``clean`` is a perturbation with severity 0, ``none`` the intermediate
  task of a direct run.
* ``score.value`` is NULL exactly when ``score.error`` says why (not applicable, failed).
* ``outcome.correct`` lies in [0, 1]. A metric is one of the aggregates of ``Aggregate`` over the
  outcomes of a cell, so that ``xtb check`` can compute every score again.
"""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from warehouse.table import Table

Aggregate = Literal["mean_correct", "mean_exact", "unit_correct", "count_f1", "none"]
"""How a metric follows from the outcomes of its cell.

* ``mean_correct``: mean of ``correct`` (accuracy, SQuAD F1, mAP@20).
* ``mean_exact``: mean of ``exact`` (SQuAD exact match).
* ``unit_correct``: ``sum(correct * units) / sum(units)`` (token accuracy).
* ``count_f1``: ``2 * sum(hits) / (sum(predicted) + sum(gold))``, 0 when both are 0 (seqeval F1, F1 of
  mined pairs, F1 of the positive one of two labels).
* ``none``: of no outcomes; for numbers that others have published.
"""

METRICS: Mapping[str, Aggregate] = {
    "accuracy": "mean_correct",
    "f1": "mean_correct",
    "exact_match": "mean_exact",
    "mlqa_f1": "mean_correct",
    "mlqa_exact_match": "mean_exact",
    "seqeval_f1": "count_f1",
    "token_accuracy": "unit_correct",
    "map_at_20": "mean_correct",
    "bucc_f1": "count_f1",
    "binary_f1": "count_f1",
    "acc_norm": "none",
    "macro_f1": "none",
    "map": "none",
    "matthews": "none",
    "unnamed": "none",
}
"""Every metric a score may carry; all lie in [0, 1], higher is better."""


CELL_KEY = ("task", "split", "language", "perturbation", "severity", "noise_seed")
"""The columns that name a cell."""

_CELL: dict[str, type[pl.DataType]] = {
    "task": pl.String,
    "split": pl.String,
    "language": pl.String,
    "perturbation": pl.String,
    "severity": pl.Int8,
    "noise_seed": pl.Int32,
}

RUN = Table(
    name="run",
    grain="one encoder taken through the stages of a regime with one seed",
    key=("run_id",),
    columns={
        "run_id": pl.String,
        "source": pl.String,  # 'xtb' for our own runs, else where the numbers come from
        "encoder": pl.String,
        "encoder_fingerprint": pl.String,  # sha256 over weights, config and tokenizer
        "regime": pl.String,
        "intermediate": pl.String,  # 'none' for direct
        "intermediate_language": pl.String,  # 'none' for direct; 'en'; 'target'; ...
        "robust": pl.String,  # training-time robustness: none, augment, fgm, ...
        "robust_stage": pl.String,  # none, intermediate, target, both
        "target": pl.String,
        "seed": pl.Int64,  # NULL where a source states none; never for our own runs
        "code_version": pl.String,
        "data_source": pl.String,  # mini, hub, mirror:<fingerprint>
        "config": pl.String,  # JSON of the whole run specification
        "versions": pl.String,  # JSON: python, torch, transformers, ...
        "status": pl.String,  # trained, failed
        "error": pl.String,
        "started_at": pl.Datetime("us", "UTC"),
        "seconds": pl.Float64,
        "device": pl.String,
    },
)

STAGE = Table(
    name="stage",
    grain="one fine-tuning of a run",
    key=("run_id", "position"),
    columns={
        "run_id": pl.String,
        "position": pl.Int16,  # 0 is the first stage
        "stage_id": pl.String,  # hash of encoder, seed and all stages up to this one
        "role": pl.String,  # intermediate or target
        "task": pl.String,
        "languages": pl.String,  # comma-separated, as trained
        "perturbation": pl.String,  # 'clean' when the data were not perturbed
        "severity": pl.Int8,
        "robust": pl.String,
        "train_examples": pl.Int64,
        "steps": pl.Int64,
        "epochs": pl.Float64,
        "tokens": pl.Int64,
        "batch_tokens": pl.Int64,
        "learning_rate": pl.Float64,
        "train_loss": pl.Float64,  # mean over the last tenth of the steps
        "dev_metric": pl.String,
        "dev_score": pl.Float64,
        "dev_chance": pl.Float64,
        "best_step": pl.Int64,
        "selection": pl.String,  # the rule by which the checkpoint was chosen
        "seconds": pl.Float64,
    },
)

SCORE = Table(
    name="score",
    grain="one metric of one cell of one run",
    key=("run_id", *CELL_KEY, "metric"),
    columns={
        "run_id": pl.String,
        **_CELL,
        "metric": pl.String,
        "value": pl.Float64,
        "n": pl.Int64,
        "unchanged": pl.Int64,
        "error": pl.String,
    },
)

OUTCOME = Table(
    name="outcome",
    grain="one example of one cell of one run",
    key=("run_id", *CELL_KEY, "example_id"),
    columns={
        "run_id": pl.String,
        **_CELL,
        "example_id": pl.String,
        "correct": pl.Float64,
        "prediction": pl.String,
        "changed": pl.Boolean,
        "token_changed": pl.Boolean,  # did the encoder's input ids change?
        "edits": pl.Int32,
        "eligible": pl.Int32,
        "tokens": pl.Int32,  # subword tokens of the input, for fertility
        "exact": pl.Float64,  # span tasks: exact match
        "units": pl.Int32,  # tags: words of the sentence; 1 elsewhere
        "hits": pl.Int32,  # what F1 counts (entities, pairs, positives): right, predicted, in the gold
        "predicted": pl.Int32,
        "gold": pl.Int32,
    },
)

LOG = Table(
    name="training_log",
    grain="one logged step of one stage of a run",
    key=("run_id", "position", "step"),
    columns={
        "run_id": pl.String,
        "position": pl.Int16,
        "step": pl.Int64,
        "loss": pl.Float64,
        "learning_rate": pl.Float64,
        "dev_score": pl.Float64,
        "tokens_per_second": pl.Float64,
    },
)

RETRIEVER = Table(
    name="retriever",
    grain="one retrieval task of one run: how texts become the vectors its scores come from",
    key=("run_id", "task"),
    columns={
        "run_id": pl.String,
        "task": pl.String,
        "layer": pl.Int32,  # hidden state that is pooled, 0 is the embeddings
        "layers": pl.Int32,  # of the encoder
        "pooling": pl.String,  # mean or cls
        "special_tokens": pl.Boolean,  # does the mean count them?
    },
)

INFORMATION = Table(
    name="pointwise_information",
    grain="one dev example of one intermediate stage of a run: what its input tells of its label",
    key=("run_id", "position", "task", "split", "language", "example_id"),
    columns={
        "run_id": pl.String,
        "position": pl.Int16,
        "task": pl.String,
        "split": pl.String,
        "language": pl.String,
        "example_id": pl.String,
        "bits": pl.Float64,  # -log2 p(gold | input)
        "null_bits": pl.Float64,  # -log2 p(gold | no input), of a model trained without
    },
)

_ATTACK: dict[str, type[pl.DataType]] = {
    "run_id": pl.String,
    "task": pl.String,
    "split": pl.String,
    "language": pl.String,
    "attack": pl.String,
    "settings": pl.String,  # name=value of all that decides the texts, the sample among them
    "seed": pl.Int64,
}

ATTACK_KEY = (*_ATTACK, "budget", "victim_run_id")
"""The columns that name an attack of a run; its texts were made against ``victim_run_id``."""

ATTACK = Table(
    name="attack",
    grain="one adaptive attack of one run on one language, finished",
    key=ATTACK_KEY,
    columns={
        **_ATTACK,
        "budget": pl.Int32,  # most queries an example
        "victim_run_id": pl.String,  # the run the texts were made against; run_id unless they are replayed
        "n": pl.Int64,
        "clean_right": pl.Int64,
        "fooled": pl.Int64,
        "verified": pl.Int64,  # of those fooled, also by the stored text in a fresh pass: the successes
        "error": pl.String,
    },
)

ATTACK_OUTCOME = Table(
    name="attack_outcome",
    grain="one example of one adaptive attack of one run",
    key=(*ATTACK_KEY, "example_id"),
    columns={
        **_ATTACK,
        "budget": pl.Int32,
        "victim_run_id": pl.String,
        "example_id": pl.String,
        "clean_right": pl.Boolean,
        "fooled": pl.Boolean,
        "verified": pl.Boolean,
        "clean_correct": pl.Float64,
        "adversarial_correct": pl.Float64,
        "clean_exact": pl.Float64,
        "adversarial_exact": pl.Float64,
        "clean_prediction": pl.String,
        "adversarial_prediction": pl.String,
        "clean_loss": pl.Float64,
        "adversarial_loss": pl.Float64,
        "queries": pl.Int32,
        "edits": pl.Int32,  # grapheme clusters
        "edit_rate": pl.Float64,
        "chrf": pl.Float64,
        "similarity": pl.Float64,
        "token_changed": pl.Boolean,
        "unedited_flipped": pl.Boolean,
        "original": pl.String,  # JSON of the fields that differ
        "adversarial": pl.String,
    },
)

EMBEDDING_ATTACK = Table(
    name="embedding_attack",
    grain="one radius of an attack on the embeddings of one run's inputs, on one language",
    key=(*_ATTACK, "radius"),
    columns={
        **_ATTACK,
        "radius": pl.Float64,  # in mean norms of the word embeddings; 0 is clean
        "norm": pl.Float64,  # that mean
        "n": pl.Int64,
        "clean_right": pl.Int64,
        "fooled": pl.Int64,
        "clean_loss": pl.Float64,
        "loss": pl.Float64,
        "climbed_loss": pl.Float64,
    },
)

FACTS: Mapping[str, Table] = {
    t.name: t
    for t in (STAGE, SCORE, OUTCOME, LOG, RETRIEVER, INFORMATION, ATTACK, ATTACK_OUTCOME, EMBEDDING_ATTACK)
}
"""The tables that travel as Parquet shards of a run folder; ``run`` travels as ``run.json``."""
