"""What a run is: the encoder, the stages it is taken through, one seed; and the identities that follow.

Everything that changes the trained weights is a field here, and nothing else is, so that equal
specifications share checkpoints: ``stage_id`` names the weights after a stage, ``run_id`` those
after the last one.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

Robust = Literal["none", "augment", "fgm", "pgd", "freelb", "smart", "r3f"]
Role = Literal["intermediate", "target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """One fine-tuning.

    Attributes:
        role: whether the stage counts as intermediate or target training.
        task: name of the task whose ``train`` split is used.
        languages: languages of the training data.
        limit: number of training examples (a stable sample), None for all.
        perturbation: noise of the training data, ``clean`` for none; with ``robust='augment'``
            each example is replaced by a noisy copy with probability ``noise_rate``, drawn anew
            every epoch.
        batch_tokens: subword tokens (with padding) of one optimiser step.
        steps: optimiser steps; None means ``epochs`` over the data.
    """

    role: Role
    task: str
    languages: tuple[str, ...] = ("en",)
    limit: int | None = None
    perturbation: str = "clean"
    severity: int = 0
    noise_rate: float = 0.0
    robust: Robust = "none"
    learning_rate: float
    epochs: float
    steps: int | None = None
    batch_tokens: int
    max_length: int
    stride: int = 128
    warmup: float = 0.0
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    evaluations: int = 4  # dev evaluations per stage; the best checkpoint on English dev is kept
    dev_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """One encoder taken through the stages of a regime with one seed."""

    encoder: str
    encoder_fingerprint: str
    data_source: str  # 'mini', 'hub', or 'mirror:<fingerprint>'
    regime: str
    target: str
    intermediate: str = "none"
    intermediate_language: str = "none"
    robust: Robust = "none"
    robust_stage: Literal["none", "intermediate", "target", "both"] = "none"
    seed: int
    stages: tuple[StageSpec, ...]

    def stage_id(self, position: int) -> str:
        """Identity of the weights after stage ``position``: of encoder, data, seed and all stages so far."""
        prefix = [asdict(stage) for stage in self.stages[: position + 1]]
        return _digest(
            {
                "encoder": self.encoder_fingerprint,
                "data": self.data_source,
                "seed": self.seed,
                "stages": prefix,
            }
        )

    @property
    def run_id(self) -> str:
        """Sixteen hexadecimal digits; equal for runs that train the same thing."""
        return _digest({"target": self.target, "stages": self.stage_id(len(self.stages) - 1)})

    def to_json(self) -> str:
        """The whole specification as canonical JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "RunSpec":
        """The inverse of ``to_json``."""
        fields: dict[str, Any] = json.loads(text)
        fields["stages"] = tuple(
            StageSpec(**{**stage, "languages": tuple(stage["languages"])}) for stage in fields["stages"]
        )
        return cls(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Task x split x language x perturbation x severity x noise seed: what one score is about."""

    task: str
    split: str
    language: str
    perturbation: str = "clean"
    severity: int = 0
    noise_seed: int = 0

    @property
    def clean(self) -> "Cell":
        """The clean twin."""
        return Cell(task=self.task, split=self.split, language=self.language)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
