"""How a mixture draws its tasks."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.xtb.test_spec import STAGE
from tests.xtb.test_trainset import a_trainset, ids
from tests.xtb.workshop import SMALL, small_spec
from xtb.encoder import Encoder
from xtb.mixture import chances, examples
from xtb.recipe import Settings

SIZES = {"a": 100, "b": 400, "c": 10_000}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (100 / 10_500, 400 / 10_500, 10_000 / 10_500)),
        ({"mixing_cap": 500}, (0.1, 0.4, 0.5)),
        ({"mixing": "uniform"}, (1 / 3, 1 / 3, 1 / 3)),
        ({"mixing": "temperature", "mixing_temperature": 2.0}, (10 / 130, 20 / 130, 100 / 130)),
        ({"mixing": "temperature", "mixing_temperature": 2.0, "mixing_cap": 400}, (0.2, 0.4, 0.4)),
    ],
)
def test_chances_are_those_computed_by_hand(settings: dict[str, object], expected: tuple[float, ...]) -> None:
    stage = replace(STAGE, **settings)  # type: ignore[arg-type]
    assert tuple(chances(SIZES, stage).values()) == pytest.approx(expected)


def test_an_epoch_counts_a_task_up_to_the_cap() -> None:
    assert examples(SIZES, STAGE) == 10_500
    assert examples(SIZES, replace(STAGE, mixing_cap=300)) == 700


def drawn(tiny_encoder: Path, encoder: Encoder, **more: object) -> Counter[str]:
    settings = replace(SMALL, limit=None, **more)  # type: ignore[arg-type]
    spec = small_spec(
        tiny_encoder, "mini_nli", ("mini_copa", "mini_para"), regime="multitask", settings=settings
    )
    data = a_trainset(spec, encoder)
    for part in data.parts:
        del part.examples[{"mini_copa": 6, "mini_para": 150}[part.task.name] :]
    steps = list(data.steps(0))
    assert ids(list(data.steps(0, first=5))) == ids(steps)[5:]
    return Counter(step.task for step in steps)


def test_a_small_task_begins_again_where_it_is_drawn_more_often_than_it_has_examples(
    tiny_encoder: Path, encoder: Encoder
) -> None:
    proportional = drawn(tiny_encoder, encoder)
    uniform = drawn(tiny_encoder, encoder, mixing="uniform")
    assert proportional["mini_copa"] < 0.3 * proportional.total()
    assert 0.2 < uniform["mini_copa"] / uniform.total() < 0.8


def test_mixing_names_other_stages_of_mixtures_only(tiny_encoder: Path) -> None:
    def ids_of(settings: Settings) -> tuple[str, ...]:
        tasks = ("mini_copa", "mini_para")
        return small_spec(tiny_encoder, "mini_nli", tasks, regime="multitask", settings=settings).stage_ids

    plain, uniform = ids_of(SMALL), ids_of(replace(SMALL, mixing="uniform"))
    assert plain[0] != uniform[0]
    assert ids_of(replace(SMALL, mixing_temperature=3.0)) == plain  # proportional knows no temperature
    direct = [
        small_spec(tiny_encoder, settings=settings).run_id
        for settings in (SMALL, replace(SMALL, mixing="uniform", mixing_cap=3, lora_alpha=8.0))
    ]
    assert direct[0] == direct[1]
