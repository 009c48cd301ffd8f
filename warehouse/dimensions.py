"""The tables that runs refer to as typed frames: tasks, languages, perturbations, encoders, metrics."""

from collections.abc import Mapping

import polars as pl

from warehouse.table import Table

TASK = Table(
    name="task",
    grain="one benchmark",
    key=("task",),
    columns={
        "task": pl.String,
        "kind": pl.String,
        "metric": pl.String,  # the headline metric
        "chance": pl.Float64,  # expected headline value of a guesser; NULL where it depends on data
        "trained_on": pl.String,  # the task whose English train split fine-tunes it
        "overlap": pl.String,  # comma-separated tasks whose training data overlap with it
        "synthetic": pl.Boolean,
        "licence": pl.String,
        "citation": pl.String,
    },
)

LANGUAGE = Table(
    name="language",
    grain="one language code of the benchmarks",
    key=("code",),
    columns={
        "code": pl.String,
        "iso639_3": pl.String,
        "name": pl.String,
        "script": pl.String,  # ISO 15924
        "family": pl.String,
        "genus": pl.String,
        "word_order": pl.String,
        "syntax_distance_en": pl.Float64,
        "phonology_distance_en": pl.Float64,
        "inventory_distance_en": pl.Float64,
        "geo_distance_en_km": pl.Float64,
        "cc100_gib": pl.Float64,  # size in XLM-R's training data
        "synthetic": pl.Boolean,
    },
)

PERTURBATION = Table(
    name="perturbation",
    grain="one perturbation",
    key=("perturbation",),
    columns={
        "perturbation": pl.String,
        "family": pl.String,
        "risk": pl.String,  # none, low, medium, high
        "control": pl.Boolean,  # its drop must be exactly 0 on XLM-R-style encoders
        "scripts": pl.String,
        "kinds": pl.String,
        "definition": pl.String,
        "citation": pl.String,
    },
)

PERTURBATION_LEVEL = Table(
    name="perturbation_level",
    grain="one severity of one perturbation",
    key=("perturbation", "severity"),
    columns={"perturbation": pl.String, "severity": pl.Int8, "rate": pl.Float64},
)

ENCODER = Table(
    name="encoder",
    grain="one pretrained encoder, by content",
    key=("encoder", "encoder_fingerprint"),
    columns={
        "encoder": pl.String,
        "encoder_fingerprint": pl.String,
        "architecture": pl.String,
        "parameters": pl.Int64,
        "layers": pl.Int32,
        "hidden": pl.Int32,
        "vocabulary": pl.Int64,
    },
)

METRIC = Table(
    name="metric",
    grain="one metric and how it follows from outcomes",
    key=("metric",),
    columns={"metric": pl.String, "aggregate": pl.String},
)

DIMENSIONS: Mapping[str, Table] = {
    t.name: t for t in (TASK, LANGUAGE, PERTURBATION, PERTURBATION_LEVEL, ENCODER, METRIC)
}
