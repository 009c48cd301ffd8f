"""What a run is: the encoder, the stages it is taken through, one seed; and the identities that follow.

Everything that changes the trained weights is a field here, so that equal specifications share
checkpoints: ``stage_id`` names the weights after a stage, ``run_id`` those after the last one. Labels
that change nothing (``role``, ``regime``) are no part of an identity, and a field at its default
is left out of the hash, so that a field added later renames no old run.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, Literal

Robust = Literal["none", "augment", "fgm", "pgd", "freelb", "smart", "r3f", "consistency"]
RobustStage = Literal["none", "intermediate", "target", "both"]
Role = Literal["intermediate", "target"]
Precision = Literal["fp32", "bf16", "fp16"]
Mixing = Literal["proportional", "temperature", "uniform"]
Schedule = Literal["linear", "cosine", "constant"]

_LABELS = ("role", "translator_at")
_FLOATS = (
    "noise_rate",
    "learning_rate",
    "epochs",
    "warmup",
    "weight_decay",
    "max_grad_norm",
    "mixing_temperature",
    "mlm_rate",
    "mlm_share",
    "lora_alpha",
    "lora_dropout",
)
_TUPLES = ("languages", "mlm_languages")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """One fine-tuning.

    Attributes:
        role: whether the stage counts as intermediate or target training; a label.
        task: name of the task whose ``train`` split is used; several joined by ``+`` are a mixture.
        languages: languages of the training data.
        limit: number of training examples (a stable sample), None for all. In a mixture the cap of
            each task; with several languages shared equally among them.
        keep_head: go on with the head of the stage before (a recipe such as Social IQa, then COPA);
            a new head otherwise, as in Phang et al. (2020).
        perturbation: noise of the training data, ``clean`` for none; with ``robust='augment'``
            each example is replaced by a noisy copy with probability ``noise_rate``, drawn anew
            every epoch; with ``robust='consistency'`` the copy stands beside it.
        batch_tokens: subword tokens (with padding) of one optimiser step.
        steps: optimiser steps; None means ``epochs`` over the data.
        warmup: share of the steps in which the learning rate rises linearly; it falls linearly to 0 after.
        max_grad_norm: L2 norm that gradients are clipped to; 0 leaves them as they are.
        evaluations: dev evaluations of the stage; the best checkpoint on English dev is kept.
        dev_limit: number of dev examples (a stable sample), None for all.
        precision: ``bf16`` computes in mixed precision; weights and optimiser stay in fp32.
        pooling: how a retriever that is trained makes vectors (``xtb.pooling.Pooling.code``); '' for the
            default, and for other kinds.
        mixing: how a mixture draws its tasks, with ``mixing_cap`` and ``mixing_temperature``
            (``xtb.mixture``).
        mlm_rate: chance that a step is one of masked language modelling on unlabelled text (``xtb.mlm``)
            in ``mlm_languages``, at most ``mlm_texts`` texts a language; ``mlm_share`` of the tokens are
            masked.
        translator: identity of what translated the training data (``xtb.translate``); '' for none.
        translator_at: where that translator lies; a label.
        accumulation: micro-batches that the batch of a step is cut into, one after the other on the device.
        schedule: how the learning rate falls after the warm-up.
        patience: dev evaluations without improvement after which the stage ends; None never ends early.
        compiled: whether the encoder is compiled by torch (other kernels, other last bits).
        lora_rank: rank of low-rank adapters that are trained in place of the encoder's weights; 0 for none.
            With ``lora_alpha`` and ``lora_dropout`` as in peft.
        blank: train on inputs without content (``xtb.nullmodel``).
    """

    role: Role
    task: str
    languages: tuple[str, ...] = ("en",)
    limit: int | None = None
    keep_head: bool = False
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
    evaluations: int = 4
    dev_limit: int | None = None
    precision: Precision = "fp32"
    pooling: str = ""
    mixing: Mixing = "proportional"
    mixing_cap: int | None = None
    mixing_temperature: float = 1.0
    mlm_rate: float = 0.0
    mlm_languages: tuple[str, ...] = ()
    mlm_texts: int = 0
    mlm_share: float = 0.15
    translator: str = ""
    translator_at: str = ""
    accumulation: int = 1
    schedule: Schedule = "linear"
    patience: int | None = None
    compiled: bool = False
    lora_rank: int = 0
    lora_alpha: float = 16.0
    lora_dropout: float = 0.0
    blank: bool = False

    def __post_init__(self) -> None:
        for name in _FLOATS:  # 3 and 3.0 are the same stage
            object.__setattr__(self, name, float(getattr(self, name)))

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks trained on: one, or the parts of a mixture."""
        return tuple(self.task.split("+"))

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "StageSpec":
        """A stage from its fields as JSON has them."""
        lists = {name: tuple(values[name]) for name in _TUPLES if name in values}
        return cls(**{**values, **lists})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """One encoder taken through the stages of a regime with one seed.

    Attributes:
        encoder: name for people (hub id or folder name); ``encoder_fingerprint`` is its identity.
        data_source: ``mini``, ``hub``, or ``mirror:<fingerprint>``.
        pooling: how retrieval tasks are measured with it (``xtb.pooling.Pooling.code``); a run of its own for
            each way, which shares all weights.
    """

    encoder: str
    encoder_fingerprint: str
    data_source: str
    regime: str
    target: str
    intermediate: str = "none"
    intermediate_language: str = "none"
    robust: Robust = "none"
    robust_stage: RobustStage = "none"
    seed: int
    stages: tuple[StageSpec, ...]
    pooling: str = ""

    def stage_id(self, position: int) -> str:
        """Identity of the weights after stage ``position``: of encoder, data, seed and all stages so far."""
        return _digest(
            {
                "encoder": self.encoder_fingerprint,
                "data": self.data_source,
                "seed": self.seed,
                "stages": [_identity(stage) for stage in self.stages[: position + 1]],
            }
        )

    @property
    def stage_ids(self) -> tuple[str, ...]:
        """Identities of the weights after each stage, in order."""
        return tuple(self.stage_id(position) for position in range(len(self.stages)))

    @property
    def intermediate_positions(self) -> tuple[int, ...]:
        """Which stages are intermediate ones."""
        return tuple(at for at, stage in enumerate(self.stages) if stage.role == "intermediate")

    @property
    def run_id(self) -> str:
        """Sixteen hexadecimal digits; equal for runs that train the same thing."""
        pooling = {"pooling": self.pooling} if self.pooling else {}
        return _digest({"target": self.target, "stages": self.stage_id(len(self.stages) - 1), **pooling})

    def to_json(self) -> str:
        """The whole specification as canonical JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "RunSpec":
        """The inverse of ``to_json``."""
        values: dict[str, Any] = json.loads(text)
        values["stages"] = tuple(StageSpec.from_values(stage) for stage in values["stages"])
        return cls(**values)


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


def _identity(stage: StageSpec) -> dict[str, object]:
    """The fields that decide the weights, without those at their default."""
    return {
        field.name: getattr(stage, field.name)
        for field in fields(stage)
        if field.name not in _LABELS
        and (field.default is MISSING or getattr(stage, field.name) != field.default)
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
