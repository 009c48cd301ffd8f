"""Persons, organisations and places, after PAN-X; built-in and synthetic."""

from ingest.mini.benchmark import benchmark
from ingest.mini.tagging import ENTITIES

TASK = benchmark(
    "mini_ner", "tags", "Named entities", metrics=("seqeval_f1", "token_accuracy"), labels=ENTITIES
)
