"""Choice of causes and effects, after XCOPA; built-in and synthetic."""

from ingest.mini.benchmark import benchmark

TASK = benchmark("mini_copa", "choice", "Choice of plausible causes", metrics=("accuracy",), chance=0.5)
