"""What of a run people choose beside its regime: hyperparameters, and robustness in training."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, get_args

from ingest.catalog import language, perturbation
from warehouse.errors import UnknownName, UsageError
from xtb.spec import Mixing, Precision, Robust, RobustStage, Role, Schedule

ROBUST: tuple[Robust, ...] = get_args(Robust)
NOISY: tuple[Robust, ...] = ("augment", "consistency")
"""Those that make noisy copies of texts."""

_RANGES: Mapping[str, tuple[Callable[[float], bool], str]] = {
    "epochs": (lambda value: value > 0, "above 0"),
    "learning_rate": (lambda value: value >= 0, "from 0 on"),
    "warmup": (lambda value: 0 <= value <= 1, "from 0 to 1"),
    "weight_decay": (lambda value: value >= 0, "from 0 on"),
    "max_grad_norm": (lambda value: value >= 0, "from 0 on"),
    "mixing_temperature": (lambda value: value >= 1, "from 1 on"),
    "lora_alpha": (lambda value: value > 0, "above 0"),
    "lora_dropout": (lambda value: 0 <= value < 1, "from 0 to below 1"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Hyperparameters that replace a task's defaults; None keeps the default. See ``StageSpec``.

    Raises:
        UsageError: a number that is none, or out of its range.
    """

    limit: int | None = None
    steps: int | None = None
    epochs: float | None = None
    learning_rate: float | None = None
    batch_tokens: int | None = None
    max_length: int | None = None
    stride: int | None = None
    warmup: float | None = None
    weight_decay: float | None = None
    max_grad_norm: float | None = None
    evaluations: int | None = None
    dev_limit: int | None = None
    precision: Precision | None = None
    mixing: Mixing | None = None
    mixing_cap: int | None = None
    mixing_temperature: float | None = None
    accumulation: int | None = None
    schedule: Schedule | None = None
    patience: int | None = None
    compiled: bool | None = None
    lora_rank: int | None = None
    lora_alpha: float | None = None
    lora_dropout: float | None = None

    def __post_init__(self) -> None:
        for name, (fits, words) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and fits(value)):
                raise UsageError(f"{name.replace('_', ' ')} {value:g} is not a number {words}")

    def given(self) -> dict[str, Any]:
        """The settings that are not None."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) is not None}

    def over(self, other: "Settings") -> "Settings":
        """These settings, and the other's where these are None."""
        return replace(other, **self.given())


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Settings of a whole run: for all stages, then by role, then by task; the later wins.

    ``large`` takes the learning rates that tasks state for encoders of XLM-R Large's size.
    """

    everywhere: Settings = Settings()
    roles: Mapping[str, Settings] = field(default_factory=dict)
    tasks: Mapping[str, Settings] = field(default_factory=dict)
    large: bool = False

    def settings(self, role: Role, task_name: str) -> Settings:
        """What holds for one stage."""
        by_role = self.roles.get(role, Settings())
        return self.tasks.get(task_name, Settings()).over(by_role.over(self.everywhere))


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """Training-time robustness: a method, the stages it acts on, and the noise that those of ``NOISY`` draw.

    ``rate`` is the share of training examples that have a noisy copy in each epoch.
    """

    method: Robust = "none"
    stage: RobustStage = "none"
    noise: str = "clean"
    severity: int = 0
    rate: float = 0.0


NO_ROBUSTNESS = Robustness()


@dataclass(frozen=True, slots=True, kw_only=True)
class Masking:
    """Masked language modelling mixed in (``xtb.mlm``): how often, in which stages, in which languages.

    Attributes:
        rate: chance that a step is one of masked language modelling, in [0, 1).
        stage: the stages that have it.
        languages: of the text; empty for all languages of the target task.
        texts: most texts of a language.
    """

    rate: float = 0.2
    stage: RobustStage = "intermediate"
    languages: tuple[str, ...] = ()
    texts: int = 5000


def masking(
    rate: float = 0.2,
    stage: str = "intermediate",
    languages: Sequence[str] = (),
    texts: int = 5000,
) -> Masking:
    """A checked ``Masking``.

    Raises:
        UnknownName: no such stage or language.
        UsageError: the rate is no chance below 1.
    """
    if not 0 < rate < 1:
        raise UsageError(f"MLM rate {rate} is not a share above 0 and below 1")
    if stage not in ("intermediate", "target", "both"):
        raise UnknownName("MLM stage", stage, ("intermediate", "target", "both"), "xtb train --help")
    for code in languages:
        language(code)
    return Masking(rate=rate, stage=stage, languages=tuple(languages), texts=texts)  # type: ignore[arg-type]


def robustness(
    method: str = "none",
    stage: str = "target",
    noise: str = "typo_mix",
    severity: int = 2,
    rate: float = 0.5,
) -> Robustness:
    """A checked ``Robustness``; ``none`` for method ``none``.

    Raises:
        UnknownName: the method or the perturbation is not in its catalogue.
        UsageError: a number out of range.
    """
    if method == "none":
        return NO_ROBUSTNESS
    if method not in ROBUST:
        raise UnknownName("robust method", method, ROBUST, "xtb train --help")
    if stage not in ("intermediate", "target", "both"):
        raise UnknownName("robust stage", stage, ("intermediate", "target", "both"), "xtb train --help")
    if method not in NOISY:  # the others disturb embeddings, with their papers' settings
        return Robustness(method=method, stage=stage)  # type: ignore[arg-type]
    perturbation(noise)
    if noise == "clean":
        raise UsageError(
            f"robust method '{method}' needs a noise other than 'clean'. See: xtb names perturbations"
        )
    if not 1 <= severity <= 5:
        raise UsageError(f"noise severity {severity} is not in 1 to 5")
    if not 0 < rate <= 1:
        raise UsageError(f"noise rate {rate} is not a share above 0 and up to 1")
    return Robustness(method=method, stage=stage, noise=noise, severity=severity, rate=rate)  # type: ignore[arg-type]
