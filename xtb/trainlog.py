"""Where a training stands, what it logs on the way, and what its row in the warehouse says."""

import math
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from xtb.devset import DevSet
from xtb.optim import learning_rate
from xtb.progress import Clock, Progress
from xtb.spec import StageSpec
from xtb.trainset import Trainset

_LOGGED = 100  # log rows of a stage, about; each is the mean since the row before


@dataclass(slots=True, kw_only=True)
class State:
    """Where a training stands; with the weights and the optimiser, all that a later step depends on.

    Attributes:
        step: steps done; ``total`` of the stage.
        epoch, batch: the next step's place in the order of examples.
        examples, tokens: seen; windows of a long context count as examples, padding is no token.
        stale: evaluations since the best one; ``ended``: they were as many as the stage's patience.
        scaler: state of the gradient scaler, in fp16.
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
    stale: int = 0
    ended: bool = False
    scaler: dict[str, Any] = field(default_factory=dict)
    losses: list[float] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)


def is_evaluation(step: int, total: int, evaluations: int) -> bool:
    """Evaluations lie at equal distances, the last at the end."""
    return any(step == math.ceil(total * k / evaluations) for k in range(1, evaluations + 1))


def is_logged(step: int, total: int) -> bool:
    """About ``_LOGGED`` steps of a stage, and its last."""
    return step % max(1, total // _LOGGED) == 0 or step == total


def add_log_row(state: State, stage: StageSpec) -> None:
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


def news(state: State, stage: StageSpec, clock: Clock) -> Progress:
    """The newest log row for people."""
    row = state.log[-1]
    score = f", dev {row['dev_score']:.3f}" if row.get("dev_score") is not None else ""
    return Progress(
        work=f"train {stage.task}",
        done=state.step,
        total=state.total,
        seconds_left=clock.left(state.step, state.total),
        note=f"loss {row['loss']:.3f}{score}",
    )


def stage_row(state: State, stage: StageSpec, data: Trainset, dev: DevSet) -> dict[str, Any]:
    """Columns of ``warehouse.rows.STAGE`` that training determines."""
    tail = state.losses[-max(1, state.step // 10) :]
    return {
        "role": stage.role,
        "task": stage.task,
        "languages": ",".join(stage.languages),
        "perturbation": stage.perturbation,
        "severity": stage.severity,
        "robust": stage.robust,
        "train_examples": data.size,
        "steps": state.step,
        "epochs": stage.epochs * state.step / state.total
        if stage.steps is None
        else state.examples / data.size,
        "tokens": state.tokens,
        "batch_tokens": stage.batch_tokens,
        "learning_rate": stage.learning_rate,
        "train_loss": math.fsum(tail) / len(tail) if tail else None,
        "dev_metric": dev.metric,
        "dev_score": state.best_score,
        "dev_chance": dev.chance,
        "best_step": state.best_step if dev else state.step,
        "selection": dev.rule(state.total, ended=state.step if state.ended else None),
        "mlm_rate": stage.mlm_rate,
        "mlm_languages": ",".join(data.texts.languages) if data.texts else "",
        "mlm_texts": data.texts.size if data.texts else 0,
        "translator": stage.translator,
        "dropped_examples": data.dropped,
        "seconds": state.seconds,
    }


def log_frame(state: State) -> pl.DataFrame:
    """Rows of ``warehouse.rows.LOG`` without run and position."""
    columns = {
        "step": pl.Int64,
        "loss": pl.Float64,
        "learning_rate": pl.Float64,
        "dev_score": pl.Float64,
        "tokens_per_second": pl.Float64,
    }
    rows = [{name: row.get(name) for name in columns} for row in state.log]
    return pl.DataFrame(rows, schema=columns)
