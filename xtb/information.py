"""V-usable information: how much the inputs of a task tell an encoder about the labels, in bits.

    PVI(x -> y) = log2 p(y | x) - log2 p(y | nothing)          I_V(X -> Y) = its mean over examples

The first model is the trained stage itself; the second, the null model, is the same encoder trained in the
same way on inputs without content (``xtb.heads.blank``). Xu et al. (2020), *A theory of usable information
under computational constraints*; pointwise: Ethayarajh, Choi & Swayamdipta (2022), *Understanding dataset
difficulty with V-usable information*, eq. 4 and algorithm 1.

Measured on the examples that the stage's weights were chosen on. Bits are those of ``Head.losses``: of a pair
or a question; of a word, on average over a sentence; of begin and end of a span together.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest import catalog
from warehouse.errors import UsageError
from xtb import run
from xtb.checkpoint import Finished
from xtb.devset import DevPart, read_dev
from xtb.encoder import load_encoder
from xtb.errors import BadRun
from xtb.fit import train_stage
from xtb.heads import head
from xtb.heads.blank import blank
from xtb.model import build_model
from xtb.nullmodel import TABLE, null_spec, unmeasured
from xtb.once import Once
from xtb.place import Place, pick_device
from xtb.run import Run
from xtb.spec import StageSpec


def measure_information(found: Run, encoder: str, place: Place) -> pl.DataFrame:
    """Measure and publish what is not there yet of a run's intermediate stages.

    Args:
        found: a trained run.
        encoder: folder or hub id the run's encoder is loaded from, for the null models.
        place: where.

    Returns:
        All rows of ``warehouse.rows.INFORMATION`` of the run.

    Raises:
        BadRun: the run is not trained, or its weights are gone.
        UsageError: it has no intermediate stage with dev data.
        Interrupted: asked to stop; what was trained is kept.
    """
    if not found.trained:
        raise BadRun(f"run {found.run_id} is not trained: {found.record['error'] or found.record['status']}")
    if not found.spec.intermediate_positions:
        raise UsageError(
            f"run {found.run_id[:8]} has no intermediate stage whose difficulty could be measured"
        )
    for position in unmeasured(found.spec, found.folder):
        rows = [row for part in _measured(found, position, encoder, place) for row in part]
        if not rows:
            task = found.spec.stages[position].task
            raise UsageError(f"'{task}' has no dev data to measure information on")
        run.publish(found.folder, TABLE, run.frame(TABLE, rows))
    return run.read_table(found.folder, TABLE)


def _measured(found: Run, position: int, encoder: str, place: Place) -> Iterator[list[dict[str, object]]]:
    """Rows of each task of a stage."""
    spec, stage = found.spec, found.spec.stages[position]
    parts = read_dev(replace(stage, evaluations=1), place.source).parts
    trained = train_stage(spec, position, encoder, place)
    nothing = train_stage(null_spec(spec, position), position, encoder, place)
    for part in parts:
        bits = bits_of(trained, part, stage, place)
        null = bits_of(nothing, part, replace(stage, blank=True), place)
        yield [
            {
                "run_id": found.run_id,
                "position": position,
                "task": part.task.name,
                "split": part.split,
                "language": part.language,
                "example_id": example.id,
                "bits": with_input,
                "null_bits": without,
            }
            for example, with_input, without in zip(part.examples, bits, null, strict=True)
        ]


def bits_of(finished: Finished, part: DevPart, stage: StageSpec, place: Place) -> NDArray[np.float64]:
    """``-log2 p(gold)`` of each dev example under a stage's weights; without content for a null model."""
    task = catalog.task(part.task.name).on(place.source)
    model = build_model(load_encoder(finished.encoder), task, seed=0)
    model.layer.load_state_dict(finished.head(task.name))
    model = model.to(pick_device(place.device)).eval()
    examples = [blank(example) for example in part.examples] if stage.blank else list(part.examples)
    kind = head(task.kind)
    features = kind.features(
        examples,
        model.inputs,
        task,
        max_length=min(stage.max_length, model.max_length),
        stride=stage.stride,
    )
    bf16 = stage.precision == "bf16" and model.device.type != "cpu"
    once = Once(model, kind.evidence, bf16=bf16, on_batch=lambda done, total: place.stop.check())
    once.compute(features)
    nats = kind.losses(examples, features, once.results(features))
    return nats / math.log(2)


def summary(rows: pl.DataFrame) -> list[dict[str, object]]:
    """One row a stage and task: ``n``, bits of ``entropy`` H_V(Y) and ``information`` I_V(X -> Y)."""
    made = rows.group_by("position", "task", "split", "language", maintain_order=True).agg(
        n=pl.len(),
        entropy=pl.col("null_bits").mean(),
        information=(pl.col("null_bits") - pl.col("bits")).mean(),
    )
    return made.sort("position", "task").to_dicts()
