"""Extractive question answering, after XQuAD; built-in and synthetic."""

from ingest.mini.benchmark import benchmark

TASK = benchmark("mini_qa", "span", "Extractive question answering", metrics=("f1", "exact_match"))
