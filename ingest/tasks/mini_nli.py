"""Natural language inference in eight languages, after XNLI; built-in and synthetic."""

from ingest.mini.benchmark import benchmark
from ingest.mini.nli import LABELS

TASK = benchmark(
    "mini_nli", "pair", "Natural language inference", metrics=("accuracy",), labels=LABELS, chance=1 / 3
)
