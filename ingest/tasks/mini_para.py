"""Paraphrase identification with word-order adversaries, after PAWS-X; built-in and synthetic."""

from ingest.mini.benchmark import benchmark
from ingest.mini.paraphrase import LABELS

TASK = benchmark(
    "mini_para", "pair", "Paraphrase identification", metrics=("accuracy",), labels=LABELS, chance=0.5
)
