"""Ways of training, each a tuple of stages; and the runs that follow from them.

==================  ====================================================================
direct              the target's own training data, English
stilts              one English intermediate task first (Phang et al., 2018; 2020)
multitask           a mixture of English intermediate tasks first, the target's own data left out
stilts_mlm          as stilts, with masked language modelling in many languages mixed in (``xtb.mlm``)
stilts_translated   the intermediate task in other languages, machine-translated (``xtb.translate``)
stilts_native       the intermediate task in one other language, where its training data exist
multilingual        the target's training data in all their languages
==================  ====================================================================

How a mixture draws its tasks is said in ``xtb.mixture``. Each regime can be trained robustly (``Robustness``)
in its intermediate stages, its target stages, or both.

A target without training data of its own is fine-tuned on its ``trained_on`` tasks in order: XNLI on MNLI,
XCOPA on Social IQa and then COPA. Within such a recipe the head goes on where both tasks have the same
labels; a target's first stage always gets a new head.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from ingest.catalog import language as known_language
from ingest.catalog import task
from ingest.task import Hyperparameters, Task
from warehouse.errors import UnknownName, UsageError
from xtb.encoderfacts import EncoderFacts
from xtb.intermediate import mixed
from xtb.pooling import Pooling
from xtb.recipe import NO_ROBUSTNESS, Masking, Recipe, Robustness
from xtb.spec import Role, RunSpec, StageSpec
from xtb.translate.choose import identity
from xtb.translate.examples import TRANSLATABLE

REGIMES = (
    "direct",
    "stilts",
    "multitask",
    "stilts_mlm",
    "stilts_translated",
    "stilts_native",
    "multilingual",
)
WITH_INTERMEDIATE = ("stilts", "multitask", "stilts_mlm", "stilts_translated", "stilts_native")
_identity = cache(identity)  # of a model it takes seconds, and a study asks for each of its runs
_IN_LANGUAGES = ("stilts_translated", "stilts_native")


def stages(
    regime: str,
    target: str,
    intermediate: Sequence[str] = (),
    *,
    language: str | None = None,
    robust: Robustness = NO_ROBUSTNESS,
    masking: Masking | None = None,
    translator: str | None = None,
    recipe: Recipe | None = None,
) -> tuple[StageSpec, ...]:
    """The stages of a regime.

    Args:
        regime: one of ``REGIMES``.
        target: task that is measured.
        intermediate: for ``multitask`` several tasks, or none for the usual ones (``xtb.intermediate``);
            one for the other regimes that have an intermediate stage.
        language: language of the intermediate task in ``stilts_native``; in ``stilts_translated`` one or
            more, comma-separated (``en`` among them takes the original too).
        robust: training-time robustness.
        masking: of ``stilts_mlm``; None for the defaults.
        translator: of ``stilts_translated``: a folder (``xtb.translate.choose``); None for the data source's
            own ``translate_train`` tables.
        recipe: hyperparameters that replace the tasks' defaults.

    Raises:
        UnknownName: an unknown regime, task or language.
        UsageError: the regime cannot be had for these tasks; the message says why.
    """
    recipe = recipe or Recipe()
    _check(regime, intermediate, language)
    if masking is not None and regime != "stilts_mlm":
        raise UsageError(f"regime '{regime}' has no masked language modelling; use stilts_mlm")
    if translator is not None and regime != "stilts_translated":
        raise UsageError(f"regime '{regime}' takes no translator; use stilts_translated")
    first: list[StageSpec] = []
    if regime == "multitask":
        first = [_mixture(mixed(target, intermediate), recipe)]
    elif regime in WITH_INTERMEDIATE:
        native = language if regime == "stilts_native" else None
        first = _chain(intermediate[0], "intermediate", recipe, language=native or "en")
    if regime == "stilts_translated":
        first = _translated(first, split_languages(language or ""), translator)
    last = _chain(target, "target", recipe, language="*" if regime == "multilingual" else "en")
    if robust.stage == "intermediate" and not first:
        raise UsageError(
            f"regime '{regime}' has no intermediate stage to make robust; use --robust-stage target"
        )
    whole = [_robust(stage, robust) for stage in (*first, *last)]
    if regime == "stilts_mlm":
        whole = [_masked(stage, masking or Masking(), task(target).languages) for stage in whole]
    return tuple(whole)


def run_spec(
    regime: str,
    target: str,
    intermediate: Sequence[str] = (),
    *,
    encoder: EncoderFacts,
    data_source: str,
    seed: int,
    language: str | None = None,
    robust: Robustness = NO_ROBUSTNESS,
    masking: Masking | None = None,
    translator: str | None = None,
    recipe: Recipe | None = None,
    pooling: Pooling | None = None,
) -> RunSpec:
    """The run of a regime; arguments and errors as for ``stages``.

    Args:
        pooling: how retrievers make vectors, in training and in evaluation; None for the default.

    Raises:
        UsageError: also for a layer that the encoder does not have.
    """
    recipe = replace(recipe or Recipe(), large=encoder.large)
    parts = stages(
        regime,
        target,
        intermediate,
        language=language,
        robust=robust,
        masking=masking,
        translator=translator,
        recipe=recipe,
    )
    pooling = pooling or Pooling()
    if encoder.layers:
        pooling.check(encoder.layers)
    code = pooling.code
    parts = tuple(replace(part, pooling=code) if _retrieves(part) else part for part in parts)
    first = [stage for stage in parts if stage.role == "intermediate"]
    if regime == "multitask":
        intermediate = first[0].tasks
    return RunSpec(
        encoder=encoder.label,
        encoder_fingerprint=encoder.fingerprint,
        data_source=data_source,
        regime=regime,
        target=target,
        intermediate="+".join(intermediate) if first else "none",
        intermediate_language=",".join(first[0].languages) if first else "none",
        robust=robust.method,
        robust_stage=robust.stage,
        seed=seed,
        stages=parts,
        pooling=code,
    )


def _retrieves(stage: StageSpec) -> bool:
    return any(task(name).kind == "retrieval" for name in stage.tasks)


def _check(regime: str, intermediate: Sequence[str], language: str | None) -> None:
    if regime not in REGIMES:
        raise UnknownName("regime", regime, REGIMES, "xtb train --help")
    if regime in WITH_INTERMEDIATE and regime != "multitask" and len(intermediate) != 1:
        raise UsageError(f"regime '{regime}' takes one intermediate task; {len(intermediate)} given")
    if regime not in WITH_INTERMEDIATE and intermediate:
        raise UsageError(f"regime '{regime}' takes no intermediate task; '{intermediate[0]}' given")
    if (regime in _IN_LANGUAGES) != (language is not None):
        wanted = "needs an" if regime in _IN_LANGUAGES else "takes no"
        raise UsageError(f"regime '{regime}' {wanted} intermediate language (--intermediate-language)")


def _chain(name: str, role: Role, recipe: Recipe, *, language: str) -> list[StageSpec]:
    """The stages that fine-tune for one task: its own training data, or its recipe."""
    chain: list[StageSpec] = []
    before: Task | None = None
    for part in (task(part) for part in task(name).trained_on):
        keep = before is not None and (before.kind, before.labels) == (part.kind, part.labels)
        chain.append(_stage([part], role, recipe, _languages(part, language), keep))
        before = part
    if not chain and task(name).kind != "retrieval":  # a retriever has no head, so that it may go untrained
        raise UsageError(f"task '{name}' has no training data, neither of its own nor of another task")
    if language == "*" and not any(len(stage.languages) > 1 for stage in chain):
        raise UsageError(
            f"regime 'multilingual' is not to be had for '{name}': its training data are English only"
        )
    return chain


def _languages(part: Task, wanted: str) -> tuple[str, ...]:
    """Languages to train on: one, or all there are (``*``)."""
    there = part.splits.get("train", ())
    if wanted == "*" and there:
        return there
    if wanted not in there:
        have = ", ".join(there) or "none"
        raise UsageError(f"task '{part.name}' has no training data in '{wanted}'; there are: {have}")
    return (wanted,)


def _mixture(parts: Sequence[Task], recipe: Recipe) -> StageSpec:
    for part in parts:
        _languages(part, "en")
    return _stage(parts, "intermediate", recipe, ("en",), False)


def _stage(
    parts: Sequence[Task], role: Role, recipe: Recipe, languages: tuple[str, ...], keep: bool
) -> StageSpec:
    """A stage with the tasks' own hyperparameters where the recipe gives none.

    ``batch_tokens`` is half of ``batch_size * max_length``: the benchmarks' texts fill well under half
    of the maximal length, so that a step sees about as many examples as in the authors' scripts.
    """
    name = "+".join(part.name for part in parts)
    defaults = [part.defaults for part in parts]
    values: dict[str, Any] = {
        "learning_rate": min(_rate(d, recipe.large) for d in defaults),
        "epochs": max(d.epochs for d in defaults),
        "batch_tokens": max(d.batch_size * d.max_length for d in defaults) // 2,
        "max_length": max(d.max_length for d in defaults),
        "stride": max(d.stride for d in defaults),
        "warmup": max(d.warmup for d in defaults),
        "weight_decay": max(d.weight_decay for d in defaults),
    }
    values |= _relevant(recipe.settings(role, name).given(), mixture=len(parts) > 1)
    return StageSpec(role=role, task=name, languages=languages, keep_head=keep, **values)


def _relevant(given: dict[str, Any], *, mixture: bool) -> dict[str, Any]:
    """Settings without those that change nothing, so that they name no other stage."""
    idle = set()
    if not mixture:
        idle |= {"mixing", "mixing_cap", "mixing_temperature"}
    elif given.get("mixing") != "temperature":
        idle.add("mixing_temperature")
    if not given.get("lora_rank"):
        idle |= {"lora_alpha", "lora_dropout"}
    return {name: value for name, value in given.items() if name not in idle}


def _translated(
    chain: Sequence[StageSpec], languages: Sequence[str], translator: str | None
) -> list[StageSpec]:
    """Stages on data that were translated into these languages."""
    for code in languages:
        known_language(code)
    if not set(languages) - {"en"}:
        raise UsageError("regime 'stilts_translated' needs a language other than 'en' to translate into")
    for stage in chain:
        for part in map(task, stage.tasks):
            if part.kind not in TRANSLATABLE:
                raise UsageError(
                    f"regime 'stilts_translated' is not to be had for '{part.name}': {part.kind} data "
                    f"cannot be translated with their labels (kinds that can: {', '.join(TRANSLATABLE)})"
                )
    name = _identity(translator)
    at = str(Path(translator).expanduser().resolve()) if translator else ""
    return [replace(stage, languages=tuple(languages), translator=name, translator_at=at) for stage in chain]


def _masked(stage: StageSpec, masking: Masking, languages: Sequence[str]) -> StageSpec:
    if masking.stage not in (stage.role, "both"):
        return stage
    return replace(
        stage,
        mlm_rate=masking.rate,
        mlm_languages=masking.languages or tuple(languages),
        mlm_texts=masking.texts,
    )


def split_languages(text: str) -> tuple[str, ...]:
    """Comma-separated codes, each once.

    >>> split_languages("de, sw,de")
    ('de', 'sw')
    """
    return tuple(dict.fromkeys(code.strip() for code in text.split(",") if code.strip()))


def _rate(defaults: Hyperparameters, large: bool) -> float:
    return defaults.learning_rate_large if large and defaults.learning_rate_large else defaults.learning_rate


def _robust(stage: StageSpec, robust: Robustness) -> StageSpec:
    if robust.stage not in (stage.role, "both"):
        return stage
    return replace(
        stage,
        robust=robust.method,
        perturbation=robust.noise,
        severity=robust.severity,
        noise_rate=robust.rate,
    )
