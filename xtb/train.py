"""The training loop: one stage, from a model with its data to its best weights.

Accelerate gives the device, mixed precision, the backward pass and trackers. Everything random is keyed
to the step it is for (``xtb.seed``), the learning rate is a function of the step, so the state of a training
is weights, optimiser and a few counters; a stage that is killed at any moment and started again ends with the
same bits on CPU. On GPU the kernels themselves may differ in the last bits from one execution to the next.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import polars as pl
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor

from warehouse.errors import UsageError
from xtb import mlm, sharding
from xtb import seed as seeds
from xtb.descent import descend
from xtb.devset import DevSet
from xtb.dropout import Masks, fast_dropout
from xtb.errors import XtbError
from xtb.learner import Learner
from xtb.optim import adamw, learning_rate, load_optimizer_state, optimizer_state, set_learning_rate
from xtb.processes import ALONE, Processes
from xtb.progress import Clock, Report
from xtb.recipe import NOISY
from xtb.recompute import recomputing
from xtb.saving import Saving
from xtb.spec import StageSpec
from xtb.trainlog import State, add_log_row, is_evaluation, is_logged, log_frame, news, stage_row
from xtb.trainset import Step, Trainset

Track = Callable[[Mapping[str, float], int], None]
"""Hears the numbers of each logged step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """How a stage ended. The learner holds the chosen weights.

    Attributes:
        row: columns of ``warehouse.rows.STAGE`` that training determines.
        log: rows of ``warehouse.rows.LOG`` without run and position.
        last: the weights after the last step where they are others than those chosen; else empty.
    """

    row: dict[str, Any]
    log: pl.DataFrame
    last: Mapping[str, Tensor]


def make_accelerator(stage: StageSpec, device: str, **trackers: Any) -> Accelerator:
    """An Accelerator on ``cpu`` or a GPU, in the stage's precision.

    Raises:
        UsageError: fp16 on a CPU, or with a method that needs gradients of the embeddings, which are
            too small for it.
    """
    if stage.precision == "fp16" and device == "cpu":
        raise UsageError("precision fp16 needs a GPU; use bf16 or fp32")
    if stage.precision == "fp16" and stage.robust not in ("none", *NOISY):
        raise UsageError(
            f"robust method '{stage.robust}' needs gradients that fp16 cannot hold; use bf16 or fp32"
        )
    AcceleratorState._reset_state()  # a worker may train stages of different precision one after the other
    mixed = "no" if stage.precision == "fp32" else stage.precision
    return Accelerator(cpu=device == "cpu", mixed_precision=mixed, **trackers)


def train(
    learner: Learner,
    data: Trainset,
    dev: DevSet,
    stage: StageSpec,
    *,
    accelerator: Accelerator,
    saving: Saving,
    report: Report,
    processes: Processes = ALONE,
    recompute: bool = False,
    track: Track = lambda values, step: None,
) -> Trained:
    """Train one stage, from its newest saved state if there is one.

    Args:
        learner: the models; trained in place, and left with the weights of the best dev evaluation.
        data: the steps to take.
        dev: what the weights are chosen on.
        stage: hyperparameters.
        accelerator: see ``make_accelerator``; the learner is moved to its device.
        saving: when and where states are saved, and when to stop.
        report: hears of each logged step.
        processes: that train together.
        recompute: compute activations again in the backward pass, to save memory.
        track: hears of each logged step too.

    Raises:
        Interrupted: somebody asked to stop; the state is saved.
        XtbError: the loss became NaN or infinite.
    """
    learner.to(accelerator.device)
    if processes.sharded:
        sharding.shard(learner.encoder)
    optimizer = adamw(learner, stage)
    state, best = _begin(learner, optimizer, accelerator, data, stage, saving, processes)
    began, earlier = time.monotonic(), state.seconds
    clock = Clock(state.step)
    pending: list[Tensor] = []
    steps = _steps(data, state)
    bf16 = stage.precision == "bf16"
    learner.train()
    with (
        seeds.dropout_generators(),
        fast_dropout(learner) as masks,
        recomputing(learner.encoder, masks, on=recompute),
        _compiled(learner, masks, on=stage.compiled),
    ):
        while state.step < state.total and not state.ended:
            set_learning_rate(optimizer, learning_rate(state.step, state.total, stage))
            step = next(steps)
            pending.append(
                descend(
                    learner,
                    optimizer,
                    accelerator,
                    processes,
                    masks,
                    step,
                    stage,
                    seed=data.seed,
                    number=state.step,
                )
            )
            _count(state, step)
            state.seconds = earlier + time.monotonic() - began
            evaluating = is_evaluation(state.step, state.total, stage.evaluations) and bool(dev)
            logging = evaluating or is_logged(state.step, state.total)
            if logging:
                _settle(pending, state, stage, processes)
            if evaluating:
                score = processes.decided(dev.score(learner.models, bf16=bf16))
                best = _judge(learner, score, state, best, stage.patience)
                learner.train()
            if logging:
                add_log_row(state, stage)
                report(news(state, stage, clock))
                track(_numbers(state), state.step)
            if processes.anyone(saving.due()) and state.step < state.total:
                _settle(pending, state, stage, processes)
                if processes.anyone(saving.stopping):
                    saving.request_stop()
                state.scaler = accelerator.scaler.state_dict() if accelerator.scaler else {}
                saving.save(learner.weights(), optimizer_state(optimizer, learner), best, state)
    state.seconds = earlier + time.monotonic() - began
    last: Mapping[str, Tensor] = {}
    if best:
        last = learner.weights() if state.best_step != state.step else {}
        last = {name: tensor.detach().to("cpu", copy=True) for name, tensor in last.items()}
        learner.load_weights(best)
    return Trained(row=stage_row(state, stage, data, dev), log=log_frame(state), last=last)


def _begin(
    learner: Learner,
    optimizer: torch.optim.Optimizer,
    accelerator: Accelerator,
    data: Trainset,
    stage: StageSpec,
    saving: Saving,
    processes: Processes,
) -> tuple[State, dict[str, Tensor]]:
    """The state to start from and the best weights so far (none at the start)."""
    step = processes.decided(saving.newest_step())
    partial = saving.newest() if step is not None else None
    if partial is None:
        total = stage.steps if stage.steps is not None else math.ceil(stage.epochs * data.count())
        return State(total=total), {}
    if partial.state["step"] != step:
        raise XtbError(f"processes see different states of the stage (steps {step}, {partial.state['step']})")
    learner.load_weights(partial.model)
    load_optimizer_state(optimizer, learner, partial.optimizer)
    state = State(**partial.state)
    if accelerator.scaler is not None and state.scaler:
        accelerator.scaler.load_state_dict(state.scaler)
    return state, partial.best


def _steps(data: Trainset, state: State) -> Iterator[Step]:
    """Steps without end from the state's place on; keeps the place current."""
    while True:
        empty = True
        for step in data.steps(state.epoch, first=state.batch):
            empty = False
            state.batch += 1
            yield step
        if empty and state.batch == 0:
            raise XtbError(f"the training data of '{data.stage.task}' make no batch")
        state.epoch, state.batch = state.epoch + 1, 0


def _count(state: State, step: Step) -> None:
    """Note a step that was done; tokens are counted without padding."""
    state.step += 1
    state.examples += len(step.features) if step.task != mlm.NAME else 0
    state.tokens += sum(len(row.ids) for feature in step.features for row in feature.rows)


def _settle(pending: list[Tensor], state: State, stage: StageSpec, processes: Processes) -> None:
    """Fetch the losses of the last steps; refuse to go on when one is no number."""
    if not pending:
        return
    values = processes.sum(torch.stack(pending).float()).tolist()
    pending.clear()
    state.losses += values
    if not all(map(math.isfinite, values)):
        raise XtbError(
            f"training '{stage.task}' diverged: the loss is not finite by step {state.step}. "
            f"Lower the learning rate ({stage.learning_rate:g}) or add warm-up"
        )


def _judge(
    learner: Learner, score: float, state: State, best: dict[str, Tensor], patience: int | None
) -> dict[str, Tensor]:
    """Note a dev score; the best weights so far, the earliest on ties."""
    state.log.append({"step": state.step, "dev_score": score})
    if state.best_score is not None and score <= state.best_score:
        state.stale += 1
        state.ended = patience is not None and state.stale >= patience
        return best
    state.best_step, state.best_score, state.stale = state.step, score, 0
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in learner.weights().items()}


def _numbers(state: State) -> dict[str, float]:
    return {
        name: float(value) for name, value in state.log[-1].items() if name != "step" and value is not None
    }


@contextmanager
def _compiled(learner: Learner, masks: Masks, *, on: bool) -> Iterator[None]:
    """Within, the encoder runs compiled by torch; masks are drawn outside of what is compiled."""
    if not on:
        yield
        return
    encoder: Any = learner.encoder
    disable: Any = torch.compiler.disable
    masks.apply = disable(masks.apply)  # type: ignore[method-assign]
    encoder.compile(dynamic=True)
    try:
        yield
    finally:
        encoder._compiled_call_impl = None
