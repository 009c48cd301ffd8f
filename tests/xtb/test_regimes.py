"""Regimes as tuples of stages."""

from dataclasses import replace

import pytest

from ingest import catalog
from warehouse.errors import UnknownName, UsageError
from xtb.encoderfacts import EncoderFacts
from xtb.pooling import Pooling
from xtb.recipe import Recipe, Settings, robustness
from xtb.regimes import REGIMES, run_spec, stages
from xtb.spec import RunSpec

ENCODER = EncoderFacts(location="here", label="xlm-r", fingerprint="f" * 64, large=False, layers=12)


def tasks(*arguments: object, **more: object) -> list[str]:
    return [stage.task for stage in stages(*arguments, **more)]  # type: ignore[arg-type]


def test_direct_trains_on_the_targets_own_data() -> None:
    (stage,) = stages("direct", "mini_nli")
    assert (stage.role, stage.task, stage.languages) == ("target", "mini_nli", ("en",))
    assert stage.learning_rate == catalog.task("mini_nli").defaults.learning_rate


def test_a_target_without_training_data_uses_its_recipe() -> None:
    assert tasks("direct", "xnli") == ["mnli"]
    assert tasks("direct", "xcopa") == ["siqa", "copa"]


def test_the_head_goes_on_within_a_recipe_and_is_new_for_the_target() -> None:
    recipe = stages("stilts", "xcopa", ["siqa"])
    assert [(s.role, s.task, s.keep_head) for s in recipe] == [
        ("intermediate", "siqa", False),
        ("target", "siqa", False),
        ("target", "copa", True),
    ]


def test_stilts_trains_the_intermediate_task_first() -> None:
    assert tasks("stilts", "xquad", ["mnli"]) == ["mnli", "squad_v1"]


def test_an_intermediate_task_without_training_data_uses_its_own_recipe() -> None:
    assert tasks("stilts", "xquad", ["xnli"]) == ["mnli", "squad_v1"]


def test_multitask_takes_the_mixture_it_is_given() -> None:
    assert tasks("multitask", "xnli", ["siqa", "squad_v1"])[0] == "siqa+squad_v1"


def test_multilingual_trains_on_all_languages_of_the_training_data() -> None:
    (stage,) = stages("multilingual", "mini_nli")
    assert stage.languages == catalog.task("mini_nli").splits["train"]
    with pytest.raises(UsageError, match="'xnli': its training data are English only"):
        stages("multilingual", "xnli")


def test_stilts_native_trains_the_intermediate_task_in_the_language() -> None:
    language = catalog.task("mini_copa").splits["train"][1]
    first, last = stages("stilts_native", "mini_nli", ["mini_copa"], language=language)
    assert (first.languages, last.languages) == ((language,), ("en",))
    with pytest.raises(UsageError, match="no training data in 'sw'; there are: en"):
        stages("stilts_native", "xnli", ["siqa"], language="sw")


def test_augment_makes_the_chosen_stages_noisy() -> None:
    robust = robustness("augment", "intermediate", "char_swap", 3, 0.25)
    first, last = stages("stilts", "mini_nli", ["mini_copa"], robust=robust)
    assert (first.robust, first.perturbation, first.severity, first.noise_rate) == (
        "augment",
        "char_swap",
        3,
        0.25,
    )
    assert (last.robust, last.perturbation) == ("none", "clean")
    both = stages("stilts", "mini_nli", ["mini_copa"], robust=replace(robust, stage="both"))
    assert {stage.robust for stage in both} == {"augment"}


def test_adversarial_methods_need_no_noise() -> None:
    (stage,) = stages("direct", "mini_nli", robust=robustness("freelb"))
    assert (stage.robust, stage.perturbation) == ("freelb", "clean")


def test_a_robust_intermediate_stage_needs_an_intermediate_stage() -> None:
    with pytest.raises(UsageError, match="no intermediate stage to make robust"):
        stages("direct", "mini_nli", robust=robustness("fgm", "intermediate"))


def test_settings_for_a_task_win_over_those_for_a_role_and_for_all() -> None:
    recipe = Recipe(
        everywhere=Settings(steps=1, limit=5, batch_tokens=9),
        roles={"intermediate": Settings(steps=2, limit=6)},
        tasks={"mini_copa": Settings(steps=3)},
    )
    first, last = stages("stilts", "mini_nli", ["mini_copa"], recipe=recipe)
    assert (first.steps, first.limit, first.batch_tokens) == (3, 6, 9)
    assert (last.steps, last.limit, last.batch_tokens) == (1, 5, 9)


def test_large_encoders_take_the_rate_stated_for_them() -> None:
    def rate(encoder: EncoderFacts) -> float:
        spec = run_spec("direct", "xcopa", encoder=encoder, data_source="hub", seed=1)
        return spec.stages[-1].learning_rate

    defaults = catalog.task("copa").defaults
    assert rate(ENCODER) == defaults.learning_rate
    assert rate(replace(ENCODER, large=True)) == defaults.learning_rate_large


def test_a_run_describes_its_regime_in_columns() -> None:
    spec = run_spec(
        "stilts",
        "mini_nli",
        ["mini_copa"],
        encoder=ENCODER,
        data_source="mini",
        seed=3,
        robust=robustness("augment", "both"),
    )
    assert (spec.regime, spec.intermediate, spec.intermediate_language) == ("stilts", "mini_copa", "en")
    assert (spec.robust, spec.robust_stage, spec.encoder) == ("augment", "both", "xlm-r")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("stilt", "xnli"), "unknown regime 'stilt'. Did you mean 'stilts'"),
        (("direct", "xnil"), "unknown task 'xnil'. Did you mean 'xnli'"),
        (("stilts", "xnli", ["mnil"]), "unknown task 'mnil'. Did you mean 'mnli'"),
    ],
)
def test_an_unknown_name_gets_the_nearest(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(UnknownName, match=message):
        stages(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("stilts", "xnli"), "takes one intermediate task; 0 given"),
        (("direct", "xnli", ["mnli"]), "takes no intermediate task; 'mnli' given"),
        (("stilts_native", "xnli", ["mnli"]), "needs an intermediate language"),
        (("stilts_mlm", "xnli"), "takes one intermediate task; 0 given"),
        (("stilts_translated", "xnli", ["mnli"]), "needs an intermediate language"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        stages(*arguments)  # type: ignore[arg-type]


def test_every_regime_is_tested_here() -> None:
    assert set(REGIMES) == {
        "direct",
        "stilts",
        "multitask",
        "stilts_mlm",
        "stilts_translated",
        "stilts_native",
        "multilingual",
    }


def test_a_retriever_reads_a_layer_that_the_encoder_has() -> None:
    def spec(layer: int) -> RunSpec:
        return run_spec(
            "direct", "tatoeba", encoder=ENCODER, data_source="d", seed=1, pooling=Pooling(layer=layer)
        )

    assert spec(12).pooling == "12,mean,special"
    with pytest.raises(UsageError, match=r"no layer 13: choose 0 \(embeddings\) to 12"):
        spec(13)
