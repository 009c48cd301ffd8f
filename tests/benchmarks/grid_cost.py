"""Stages to train with shared prefixes against every run by itself: python -m tests.benchmarks.grid_cost

The plan of a study file of the whole grid: nine intermediate tasks x ten targets x five seeds, and the direct
runs beside them. Nothing is trained; the baseline is the sum of the stages of all runs.
"""

import tempfile
import time
from pathlib import Path

from xtb.encoderfacts import EncoderFacts
from xtb.plan import Plan, make_plan
from xtb.study import planned_runs
from xtb.studyfile import read_study

STUDY = """
targets = [
  "xnli", "xcopa", "udpos", "panx", "xquad", "mlqa", "tydiqa", "lareqa", "mewslix", "tatoeba",
]
seeds = [1, 2, 3, 4, 5]
[[regime]]
name = "direct"
[[regime]]
name = "stilts"
intermediates = [
  "anli_plus", "mnli", "qqp", "squad_v1", "squad_v2", "hellaswag", "ccg", "cosmosqa", "commonsenseqa",
]
[evaluate]
perturbations = []
"""
ENCODER = EncoderFacts(location="xlm-r", label="xlm-r", fingerprint="0" * 64, large=True, layers=24)


def plan() -> Plan:
    """The plan of the study, as it stands before anything was trained."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "study.toml"
        file.write_text(STUDY)
        return make_plan(planned_runs(read_study(file), [ENCODER], "hub"), Path(folder) / "runs")


def main() -> None:
    start = time.process_time()
    found = plan()
    spent = time.process_time() - start
    print(f"{len(found.runs)} runs, {found.cells} clean cells, planned in {spent:.2f} CPU seconds")
    deepest = max(node.position for node in found.stages)
    for position in range(deepest + 1):
        naive = sum(len(node.spec.stages) > position for node in found.runs)
        shared = sum(node.position == position for node in found.stages)
        print(
            f"stage {position + 1:>3}: {naive:>5} alone, {shared:>5} shared: {naive / shared:.2f} times fewer"
        )
    ratio = found.naive / len(found.stages)
    print(f"all stages: {found.naive} alone, {len(found.stages)} shared: {ratio:.2f} times fewer")


if __name__ == "__main__":
    main()
