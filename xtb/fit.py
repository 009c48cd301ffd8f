"""Take a run through its stages: shared ones are trained once, finished ones are not trained again.

What is left to do is read from the folders alone, so any command can go on where another one was killed.
"""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest import catalog
from ingest.example import Example
from ingest.source import Source
from warehouse.errors import UsageError
from xtb import files, mlm, run, versions
from xtb import seed as seeds
from xtb.adapters import Adapters
from xtb.checkpoint import Finished, read_finished, write_finished
from xtb.devset import read_dev
from xtb.encoder import Encoder, encoder_row, load_encoder
from xtb.encoder_files import find_encoder
from xtb.errors import BadEncoder, Busy, Interrupted, XtbError
from xtb.layout import is_finished, lock_file
from xtb.learner import Learner
from xtb.lock import locked
from xtb.mlm import read_texts
from xtb.model import TaskModel, build_model
from xtb.place import Place, pick_device
from xtb.pooling import Pooling
from xtb.progress import Progress
from xtb.saving import Saving
from xtb.spec import RunSpec, StageSpec
from xtb.tracker import begin_tracking, tracker_options
from xtb.train import Trained, make_accelerator, train
from xtb.trainset import Trainset, Translate, check_there, read_parts
from xtb.translate.choose import open_translator
from xtb.translate.examples import Translated, translate_examples


def train_run(spec: RunSpec, encoder: str, place: Place) -> run.Run:
    """Train what is not trained yet of a run, and publish its run folder.

    Args:
        spec: the run.
        encoder: folder or hub id the encoder is loaded from.
        place: where.

    Returns:
        The run, trained. When it was trained already nothing is done.

    Raises:
        Interrupted: asked to stop; what was done is saved.
        Busy: another process still trains one of its stages after the place's time to wait.
        XtbError, IngestError: training failed; ``run.json`` says so too.
    """
    folder = place.runs / spec.run_id
    together = place.together
    if together.decided(run.is_trained(spec, place.runs)):
        return run.read_run(folder)
    started = run.now()
    try:
        for position, stage in enumerate(spec.stages):
            if not is_finished(place.runs, spec.stage_id(position)):
                check_there(stage, place.source)
        finished = [train_stage(spec, position, encoder, place) for position in range(len(spec.stages))]
        first = finished[0] if finished else _keep_pretrained(spec, encoder, place)
    except (Interrupted, Busy, OSError):  # not the run's fault: no result
        raise
    except Exception as error:
        if together.first:
            run.record_failure(spec, error, place.runs, place.device, started)
        raise
    if together.first:
        _publish(spec, finished, folder)
        files.write_file(folder / run.ENCODER, json.dumps(first.record["encoder_row"], indent=1).encode())
        run.write_record(
            folder,
            spec,
            status="trained",
            error=None,
            started=started,
            seconds=sum(float(stage.record["row"]["seconds"]) for stage in finished),
            device=versions.device_name(pick_device(place.device)),
        )
    together.decided(None)  # written
    return run.read_run(folder)


def train_stage(spec: RunSpec, position: int, encoder: str, place: Place) -> Finished:
    """The finished stage at a position, trained now if it is not there, after the stages before it.

    Another process that trains the same stage is waited for.
    """
    stage_id, together = spec.stage_id(position), place.together
    if together.decided(is_finished(place.runs, stage_id)):
        return read_finished(place.runs, stage_id)
    before = train_stage(spec, position - 1, encoder, place) if position > 0 else None

    def wait(note: str) -> None:
        place.report(Progress(work=f"train {spec.stages[position].task}", note=note))

    path = lock_file(place.runs, stage_id)
    lock = locked(path, on_wait=wait, check=place.stop.check, wait_seconds=place.wait_seconds)
    with lock if together.first else nullcontext():
        if together.decided(is_finished(place.runs, stage_id)):
            return read_finished(place.runs, stage_id)
        if together.first:
            files.sweep(place.runs / "checkpoints")
        return _train_stage(spec, position, before, encoder, place)


def _train_stage(
    spec: RunSpec, position: int, before: Finished | None, source: str, place: Place
) -> Finished:
    stage, stage_id = spec.stages[position], spec.stage_id(position)
    started = run.now()
    place.report(Progress(work=f"train {stage.task}", note="loading"))
    encoder = _load(spec, source) if before is None else load_encoder(before.verified().encoder)
    models = _models(spec, position, before, encoder, place.source)
    for model in models.values():
        place.share_texts(model, spec.encoder_fingerprint)
    seed = seeds.integer(spec.seed, "stage", stage.task, _earlier(spec, position))
    data = Trainset(
        stage=stage,
        parts=read_parts(stage, place.source, _translation(stage, place)),
        models=models,
        seed=seed,
        texts=read_texts(stage, place.source, encoder, models[stage.tasks[0]].inputs, seed=seed),
    )
    masked = _masked(spec, position, before, encoder, source) if data.texts else None
    together = place.together
    if together.sharded and (masked or stage.lora_rank):
        raise UsageError("sharded training (FSDP) knows neither masked language modelling nor LoRA")
    encoder_row = before.record["encoder_row"] if before else _encoder_row(spec, encoder)
    adapters = Adapters(encoder, stage, seed=seed) if stage.lora_rank else None
    learner = Learner(models, masked)
    accelerator = make_accelerator(
        stage, pick_device(place.device), **tracker_options(place.tracker, place.runs)
    )
    begin_tracking(accelerator, place.tracker, stage, stage_id)
    trained = train(
        learner,
        data,
        read_dev(stage, place.source),
        stage,
        accelerator=accelerator,
        saving=Saving(
            place.runs,
            stage_id,
            stop=place.stop,
            seconds=place.save_seconds,
            steps=place.save_steps,
            writes=together.first,
        ),
        report=place.report,
        processes=together,
        recompute=place.recompute,
        track=lambda values, step: accelerator.log(dict(values), step=step),
    )
    for tracker in accelerator.trackers:  # not end_training, which ends the talk between processes too
        tracker.finish()
    whole = learner.weights() if together.sharded else None
    if together.first:
        heads = {name: dict(model.layer.state_dict()) for name, model in models.items()}
        write_finished(
            place.runs,
            stage_id,
            encoder=encoder,
            heads=heads | ({mlm.NAME: masked.layer.own()} if masked else {}),
            record=_record(spec, position, trained, started) | {"encoder_row": encoder_row},
            log=trained.log,
            whole=whole,
            adapters=adapters,
            last=trained.last if place.keep_last else {},
        )
    together.decided(None)  # written
    return read_finished(place.runs, stage_id)


def _load(spec: RunSpec, source: str) -> Encoder:
    encoder = load_encoder(source)
    if encoder.fingerprint != spec.encoder_fingerprint:
        raise BadEncoder(
            f"encoder '{source}' changed: its files have the fingerprint {encoder.fingerprint[:12]}, "
            f"the run was planned with {spec.encoder_fingerprint[:12]}"
        )
    return encoder


def _models(
    spec: RunSpec, position: int, before: Finished | None, encoder: Encoder, source: Source
) -> dict[str, TaskModel]:
    """A model for each task of the stage; new heads, or the head of the stage before."""
    stage = spec.stages[position]
    models: dict[str, TaskModel] = {}
    for name in stage.tasks:
        seed = seeds.integer(spec.seed, "head", name, _earlier(spec, position)) % 2**32
        task = catalog.task(name).on(source)
        models[name] = build_model(encoder, task, seed=seed, pooling=Pooling.of(stage.pooling))
    if stage.keep_head:
        if before is None:
            raise XtbError(f"stage {position} of the run keeps a head, but no stage is before it")
        models[stage.task].layer.load_state_dict(before.head(spec.stages[position - 1].task))
    return models


def _masked(
    spec: RunSpec, position: int, before: Finished | None, encoder: Encoder, source: str
) -> mlm.MaskedModel:
    """The masked-token head: of the stage before, else of the pretrained checkpoint, else a new one."""
    seed = seeds.integer(spec.seed, "head", mlm.NAME)
    model = mlm.masked_model(encoder, find_encoder(source), seed=seed)
    if before is not None and (weights := before.head(mlm.NAME)):
        model.layer.load_state_dict(weights, strict=False)  # a tied output is the encoder's
    return model


def _translation(stage: StageSpec, place: Place) -> Translate | None:
    """How a stage's data are translated; None where they are not, or were by somebody else."""
    if not stage.translator_at:
        return None
    translator = open_translator(stage.translator_at, stage.translator, place.device)

    def translate(examples: Sequence[Example], language: str) -> Translated:
        def hear(done: int, total: int) -> None:
            place.report(Progress(work=f"translate {stage.task} into {language}", done=done, total=total))
            place.stop.check("what was translated is kept")

        return translate_examples(examples, translator, language, hear)

    return translate


def _earlier(spec: RunSpec, position: int) -> int:
    """How many earlier stages trained the same task: keys the draws, so that a direct and a STILTs run
    with one seed meet their target's examples in the same order, from the same head."""
    return sum(stage.task == spec.stages[position].task for stage in spec.stages[:position])


def _record(spec: RunSpec, position: int, trained: Trained, started: datetime) -> dict[str, Any]:
    return {
        "stage_id": spec.stage_id(position),
        "encoder": spec.encoder,
        "encoder_fingerprint": spec.encoder_fingerprint,
        "data_source": spec.data_source,
        "seed": spec.seed,
        "stages": [asdict(stage) for stage in spec.stages[: position + 1]],
        "row": trained.row,
        "started_at": started.isoformat(),
        "code_version": versions.code_version(),
        "environment": versions.environment(),
    }


def _publish(spec: RunSpec, finished: Sequence[Finished], folder: Path) -> None:
    """Publish rows of stages and log, unless an earlier call did and they are sound."""
    broken = [shard for table in run.PUBLISHED_BY_TRAINING for shard in run.damaged(folder, table)]
    for shard in broken:
        shard.unlink()
    if finished and (broken or run.read_table(folder, "stage").is_empty()):
        keys = [
            {"run_id": spec.run_id, "position": position, "stage_id": spec.stage_id(position)}
            for position in range(len(finished))
        ]
        logs = [
            row | key
            for key, stage in zip(keys, finished, strict=True)
            for row in stage.log().iter_rows(named=True)
        ]
        run.publish(folder, "training_log", run.frame("training_log", logs))
        rows = [
            stage.record["row"] | {"role": spec.stages[position].role} | keys[position]
            for position, stage in enumerate(finished)
        ]
        run.publish(folder, "stage", run.frame("stage", rows))


def _keep_pretrained(spec: RunSpec, source: str, place: Place) -> Finished:
    """The checkpoint of a run without stages: the encoder as it is (retrieval before any fine-tuning)."""
    stage_id = spec.stage_id(-1)
    if not is_finished(place.runs, stage_id):
        encoder = _load(spec, source)
        record = {"stage_id": stage_id, "encoder_row": _encoder_row(spec, encoder), "row": {"seconds": 0.0}}
        write_finished(
            place.runs, stage_id, encoder=encoder, heads={}, record=record, log=run.frame("training_log", [])
        )
    return read_finished(place.runs, stage_id)


def _encoder_row(spec: RunSpec, encoder: Encoder) -> dict[str, Any]:
    """The row of the warehouse table ``encoder``."""
    return encoder_row(replace(encoder, name=spec.encoder)).to_dicts()[0]
