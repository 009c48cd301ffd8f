"""The shipped studies: three sizes for every question, each a graph of runs that can be planned."""

import pytest

from reports.question import names as questions
from reports.question import question
from xtb import studies
from xtb.encoderfacts import EncoderFacts
from xtb.study import planned_runs
from xtb.studyfile import read_study

ENCODER = EncoderFacts(location="x", label="an/encoder", fingerprint="0" * 64, large=False, layers=12)
TRAINED = [name for name in questions() if f"{name}_mini" in studies.names()]
SIZED = [f"{name}_{size}" for name in TRAINED for size in ("mini", "gpu", "paper")]


def test_each_of_the_five_questions_has_three_sizes():
    assert len(TRAINED) == 5
    assert set(SIZED) <= set(studies.names())
    assert all(question(name).study == f"{name}_mini" for name in TRAINED)


@pytest.mark.parametrize("name", SIZED)
def test_a_study_can_be_planned_and_supplies_both_regimes_of_its_question(name):
    study = read_study(studies.find(name))
    assert study.name == name
    planned = planned_runs(study, [ENCODER], study.data or "hub")
    asked = question(name.rpartition("_")[0])
    seeds = {(p.spec.regime, p.spec.robust, p.spec.target): set() for p in planned}
    for one in planned:
        seeds[one.spec.regime, one.spec.robust, one.spec.target].add(one.spec.seed)
    assert min(len(each) for each in seeds.values()) >= 3
    assert all(any(cell.perturbation != "clean" for cell in one.cells) for one in planned)
    trained = {one.spec.regime for one in planned}
    needed = {
        "english_intermediate": {"direct", "stilts"},
        "noisy_intermediate": {"direct", "stilts"},
        "native_intermediate": {"stilts", "stilts_native"},
        "multilingual_direct": {"direct", "stilts", "multilingual"},
        "intermediate_difficulty": {"direct", "stilts"},
    }
    assert needed[asked.name] <= trained
    if asked.name == "noisy_intermediate":
        assert {one.spec.robust for one in planned} > {"none"}
    if asked.name == "intermediate_difficulty":
        assert len({one.spec.intermediate for one in planned}) > 4


def test_sizes_grow():
    def cells(name: str) -> int:
        study = read_study(studies.find(name))
        return sum(len(one.cells) for one in planned_runs(study, [ENCODER], study.data or "hub"))

    for name in TRAINED:
        assert cells(f"{name}_mini") < cells(f"{name}_gpu") < cells(f"{name}_paper")
