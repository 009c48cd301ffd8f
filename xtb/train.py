"""The training loop: one stage, from a model with its data to its best weights.

Accelerate gives the device, mixed precision, the backward pass and clipping. Everything random is keyed
to the step it is for (``xtb.seed``), the learning rate is a function of the step, so the state of a training
is weights, optimiser and two counters; a stage that is killed at any moment and started again ends with the
same bits on CPU. On GPU the kernels themselves may differ in the last bits from one execution to the next.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from xtb import seed as seeds
from xtb.batching import Feature
from xtb.devset import DevSet
from xtb.dropout import fast_dropout
from xtb.errors import XtbError
from xtb.model import TaskModel
from xtb.objective import add_gradients
from xtb.optim import adamw, learning_rate, load_optimizer_state, optimizer_state, set_learning_rate
from xtb.progress import Clock, Progress, Report
from xtb.saving import Saving
from xtb.spec import StageSpec
from xtb.trainset import Step, Trainset

_LOGGED = 100  # log rows of a stage, about; each is the mean since the row before


class Learner(nn.Module):
    """The models of a stage's tasks around their one encoder.

    Its parameters are ``encoder.<name>`` and ``heads.<task>.<name>``.
    """

    def __init__(self, models: Mapping[str, TaskModel]) -> None:
        super().__init__()
        self.encoder: nn.Module = next(iter(models.values())).encoder
        self.heads = nn.ModuleDict({name: model.layer for name, model in models.items()})
        self._models = dict(models)

    @property
    def models(self) -> dict[str, TaskModel]:
        """The models by task."""
        return self._models

    def train(self, mode: bool = True) -> "Learner":
        """Training mode, or evaluation mode, of all models."""
        super().train(mode)
        for model in self._models.values():
            model.train(mode)
        return self


@dataclass(slots=True, kw_only=True)
class State:
    """Where a training stands; with the weights and the optimiser, all that a later step depends on.

    Attributes:
        step: steps done; ``total`` of the stage.
        epoch, batch: the next step's place in the order of examples.
        examples, tokens: seen; windows of a long context count as examples, padding is no token.
        losses: of every step.
        log: rows of ``warehouse.rows.LOG`` without run and position.
    """

    total: int
    step: int = 0
    epoch: int = 0
    batch: int = 0
    examples: int = 0
    tokens: int = 0
    seconds: float = 0.0
    best_step: int = 0
    best_score: float | None = None
    losses: list[float] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """How a stage ended. The learner holds the chosen weights.

    Attributes:
        row: columns of ``warehouse.rows.STAGE`` that training determines.
        log: rows of ``warehouse.rows.LOG`` without run and position.
    """

    row: dict[str, Any]
    log: pl.DataFrame


def make_accelerator(stage: StageSpec, device: str) -> Accelerator:
    """An Accelerator for one process on ``cpu`` or a GPU, in the stage's precision."""
    AcceleratorState._reset_state()  # a worker may train stages of different precision one after the other
    mixed = "bf16" if stage.precision == "bf16" else "no"
    return Accelerator(cpu=device == "cpu", mixed_precision=mixed)


def train(
    learner: Learner,
    data: Trainset,
    dev: DevSet,
    stage: StageSpec,
    *,
    accelerator: Accelerator,
    saving: Saving,
    report: Report,
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

    Raises:
        Interrupted: somebody asked to stop; the state is saved.
        XtbError: the loss became NaN or infinite.
    """
    learner.to(accelerator.device)
    optimizer = adamw(learner, stage)
    state, best = _begin(learner, optimizer, data, stage, saving)
    began, earlier = time.monotonic(), state.seconds
    clock = Clock(state.step)
    pending: list[Tensor] = []
    steps = _steps(data, state)
    learner.train()
    with seeds.dropout_generators(), fast_dropout(learner) as masks:
        while state.step < state.total:
            set_learning_rate(optimizer, learning_rate(state.step, state.total, stage))
            masks.key(seeds.integer(data.seed, "dropout masks", state.step))
            pending.append(_update(learner, optimizer, accelerator, data.seed, state, next(steps), stage))
            state.seconds = earlier + time.monotonic() - began
            evaluating = _is_evaluation(state.step, state.total, stage.evaluations) and bool(dev)
            logging = evaluating or _is_logged(state.step, state.total)
            if logging:
                _settle(pending, state, stage)
            if evaluating:
                best = _evaluate(learner, dev, state, best, bf16=stage.precision == "bf16")
                learner.train()
            if logging:
                _log(state, stage)
                report(_news(state, stage, clock))
            if saving.due() and state.step < state.total:
                _settle(pending, state, stage)
                saving.save(learner.state_dict(), optimizer_state(optimizer, learner), best, state)
    state.seconds = earlier + time.monotonic() - began
    if best:
        learner.load_state_dict(best)
    return Trained(row=_row(state, stage, data, dev), log=_log_frame(state))


def _begin(
    learner: Learner, optimizer: torch.optim.Optimizer, data: Trainset, stage: StageSpec, saving: Saving
) -> tuple[State, dict[str, Tensor]]:
    """The state to start from and the best weights so far (none at the start)."""
    partial = saving.newest()
    if partial is None:
        total = stage.steps if stage.steps is not None else math.ceil(stage.epochs * data.count())
        return State(total=total), {}
    learner.load_state_dict(partial.model)
    load_optimizer_state(optimizer, learner, partial.optimizer)
    return State(**partial.state), partial.best


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


def _update(
    learner: Learner,
    optimizer: torch.optim.Optimizer,
    accelerator: Accelerator,
    seed: int,
    state: State,
    step: Step,
    stage: StageSpec,
) -> Tensor:
    """One optimiser step. Returns its loss, still on the device, so that a GPU is not waited for."""
    seeds.seed_step(seed, "dropout", state.step)
    value = add_gradients(
        learner.models[step.task], step.features, stage.robust, accelerator, seed=seed, step=state.step
    )
    accelerator.clip_grad_norm_(learner.parameters(), stage.max_grad_norm)
    optimizer.step()
    optimizer.zero_grad()
    state.step += 1
    state.examples += len(step.features)
    state.tokens += _tokens(step.features)
    return value


def _tokens(features: Sequence[Feature]) -> int:
    """Tokens without padding."""
    return sum(len(row.ids) for feature in features for row in feature.rows)


def _is_evaluation(step: int, total: int, evaluations: int) -> bool:
    """Evaluations lie at equal distances, the last at the end."""
    return any(step == math.ceil(total * k / evaluations) for k in range(1, evaluations + 1))


def _is_logged(step: int, total: int) -> bool:
    return step % max(1, total // _LOGGED) == 0 or step == total


def _settle(pending: list[Tensor], state: State, stage: StageSpec) -> None:
    """Fetch the losses of the last steps; refuse to go on when one is no number."""
    if not pending:
        return
    values = torch.stack(pending).float().tolist()
    pending.clear()
    state.losses += values
    if not all(map(math.isfinite, values)):
        raise XtbError(
            f"training '{stage.task}' diverged: the loss is not finite by step {state.step}. "
            f"Lower the learning rate ({stage.learning_rate:g}) or add warm-up"
        )


def _evaluate(
    learner: Learner, dev: DevSet, state: State, best: dict[str, Tensor], *, bf16: bool
) -> dict[str, Tensor]:
    """Evaluate on dev; the best weights so far, the earliest on ties."""
    score = dev.score(learner.models, bf16=bf16)
    state.log.append({"step": state.step, "dev_score": score})
    if state.best_score is not None and score <= state.best_score:
        return best
    state.best_step, state.best_score = state.step, score
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in learner.state_dict().items()}


def _log(state: State, stage: StageSpec) -> None:
    """Add the row of this step: the mean loss since the last row, the rate that made it, the pace so far."""
    scored = state.log.pop() if state.log and state.log[-1]["step"] == state.step else {"step": state.step}
    since = state.log[-1]["step"] if state.log else 0
    losses = state.losses[since : state.step]
    state.log.append(
        {
            **scored,
            "loss": math.fsum(losses) / len(losses),
            "learning_rate": learning_rate(state.step - 1, state.total, stage),
            "tokens_per_second": state.tokens / max(state.seconds, 1e-9),
        }
    )


def _news(state: State, stage: StageSpec, clock: Clock) -> Progress:
    row = state.log[-1]
    score = f", dev {row['dev_score']:.3f}" if row.get("dev_score") is not None else ""
    return Progress(
        work=f"train {stage.task}",
        done=state.step,
        total=state.total,
        seconds_left=clock.left(state.step, state.total),
        note=f"loss {row['loss']:.3f}{score}",
    )


def _row(state: State, stage: StageSpec, data: Trainset, dev: DevSet) -> dict[str, Any]:
    tail = state.losses[-max(1, state.total // 10) :]
    return {
        "role": stage.role,
        "task": stage.task,
        "languages": ",".join(stage.languages),
        "perturbation": stage.perturbation,
        "severity": stage.severity,
        "robust": stage.robust,
        "train_examples": data.size,
        "steps": state.step,
        "epochs": stage.epochs if stage.steps is None else state.examples / data.size,
        "tokens": state.tokens,
        "batch_tokens": stage.batch_tokens,
        "learning_rate": stage.learning_rate,
        "train_loss": math.fsum(tail) / len(tail) if tail else None,
        "dev_metric": dev.metric,
        "dev_score": state.best_score,
        "dev_chance": dev.chance,
        "best_step": state.best_step if dev else state.step,
        "selection": dev.rule(state.total),
        "seconds": state.seconds,
    }


def _log_frame(state: State) -> pl.DataFrame:
    columns = {
        "step": pl.Int64,
        "loss": pl.Float64,
        "learning_rate": pl.Float64,
        "dev_score": pl.Float64,
        "tokens_per_second": pl.Float64,
    }
    rows = [{name: row.get(name) for name in columns} for row in state.log]
    return pl.DataFrame(rows, schema=columns)
