"""The tables of published numbers as typed frames: the numbers as printed, training data, claims."""

from collections.abc import Mapping

import polars as pl

from warehouse.table import Table

PUBLISHED = Table(
    name="published",
    grain="one number that a source has printed",
    key=("table_name", "line"),
    columns={
        "table_name": pl.String,  # run.source is 'published:' and this
        "line": pl.Int32,
        "source": pl.String,
        "url": pl.String,
        "part": pl.String,  # table, file or section of the source
        "model": pl.String,  # this and the next columns in the words of the source
        "regime": pl.String,
        "intermediate_task": pl.String,
        "target_task": pl.String,
        "language": pl.String,  # a code, or avg
        "metric": pl.String,
        "value": pl.Float64,
        "scale": pl.String,  # percent, fraction, points, other
        "split": pl.String,
        "seed": pl.Int64,
        "trained_on": pl.String,  # language, or configuration of languages
        "edition": pl.String,  # which of several printed numbers
        "note": pl.String,
        "encoder": pl.String,  # this and the next columns in our names
        "intermediate": pl.String,
        "task": pl.String,
        "run_id": pl.String,  # NULL where the number is no score of one language
        "score_language": pl.String,
        "score_metric": pl.String,
        "score_split": pl.String,
    },
)

PUBLISHED_TABLE = Table(
    name="published_table",
    grain="one table of published numbers that has been taken in",
    key=("table_name",),
    columns={
        "table_name": pl.String,
        "sha256": pl.String,
        "rows": pl.Int64,
        "loaded_at": pl.Datetime("us", "UTC"),
    },
)

TRAINING_MIX = Table(
    name="training_mix",
    grain="one language of the training data of one stage of a published run",
    key=("run_id", "position", "language"),
    columns={
        "run_id": pl.String,
        "position": pl.Int16,
        "language": pl.String,
        "train_examples": pl.Int64,
    },
)

CLAIM = Table(
    name="claim",
    grain="one claim of the literature",
    key=("claim",),
    columns={
        "claim": pl.String,
        "statement": pl.String,
        "source": pl.String,
        "url": pl.String,
        "rule": pl.String,  # how the evidence is judged: see reports/claims.py
        "stated": pl.Float64,
        "tolerance": pl.Float64,
        "unit": pl.String,
        "needs": pl.String,  # what would test it, in words
        "sql": pl.String,  # the evidence
    },
)

FROM_OTHERS: Mapping[str, Table] = {t.name: t for t in (PUBLISHED, PUBLISHED_TABLE, TRAINING_MIX, CLAIM)}
"""The tables of published numbers; ``run``, ``score`` and ``stage`` take theirs beside our own."""
