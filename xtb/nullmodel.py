"""The null model of a stage, which V-usable information is measured against. Loads no torch.

``xtb.information`` says what it is for; here is what has to be trained for it, and whether it was measured.
"""

from dataclasses import replace
from pathlib import Path

from xtb import run
from xtb.spec import RunSpec

TABLE = "pointwise_information"


def null_spec(spec: RunSpec, position: int) -> RunSpec:
    """The training of the null model of a stage: the same, without content, noise or choice of weights.

    Runs that share a stage share its null model too.
    """
    null = replace(
        spec.stages[position],
        blank=True,
        keep_head=False,
        perturbation="clean",
        severity=0,
        noise_rate=0.0,
        robust="none",
        evaluations=0,
        dev_limit=None,
        patience=None,
        mlm_rate=0.0,
        mlm_languages=(),
        mlm_texts=0,
    )
    return replace(spec, stages=(*spec.stages[:position], null))


def unmeasured(spec: RunSpec, folder: Path) -> list[int]:
    """Intermediate stages of a run whose information is not in its folder yet."""
    there = set(run.read_table(folder, TABLE)["position"])
    return [position for position in spec.intermediate_positions if position not in there]
