"""Universal parts of speech, after UDPOS; built-in and synthetic."""

from ingest.mini.benchmark import benchmark
from ingest.mini.tagging import PARTS_OF_SPEECH

TASK = benchmark(
    "mini_pos",
    "tags",
    "Part-of-speech tagging",
    metrics=("token_accuracy", "seqeval_f1"),
    labels=PARTS_OF_SPEECH,
)
