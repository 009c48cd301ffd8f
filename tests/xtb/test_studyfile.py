"""Study files: what they say, and all their mistakes at once."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from xtb.encoderfacts import EncoderFacts
from xtb.errors import BadStudy
from xtb.recipe import Settings
from xtb.study import Study, planned_runs
from xtb.studyfile import read_study

GOOD = """
name = "small"
encoder = "some/encoder"
data = "mini"
targets = ["mini_nli", "mini_pos"]
seeds = [1, 2]

[[regime]]
name = "direct"

[[regime]]
name = "stilts"
intermediates = ["mini_copa", "mini_qa"]
targets = ["mini_nli"]
robust = "augment"
robust_stage = "intermediate"
noise = "char_swap"
noise_severity = 3
noise_rate = 0.25

[train]
steps = 50
learning_rate = 1e-3
[train.intermediate]
steps = 20
[train.tasks.mini_qa]
batch_tokens = 512

[evaluate]
languages = ["en", "qle"]
perturbations = ["char_swap"]
severities = [1, 3]
limit = 30
[evaluate.tasks.mini_pos]
languages = ["en"]
noise_seeds = [0, 1]
"""
ENCODER = EncoderFacts(location="some/encoder", label="encoder", fingerprint="f" * 64, large=False, layers=12)


def study(tmp_path: Path, text: str) -> Study:
    path = tmp_path / "study.toml"
    path.write_text(text)
    return read_study(path)


def mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(BadStudy) as raised:
        study(tmp_path, text)
    return [line.strip() for line in str(raised.value).splitlines()[1:]]


def test_a_study_becomes_runs_and_cells(tmp_path: Path) -> None:
    planned = planned_runs(study(tmp_path, GOOD), [ENCODER], "mini")
    assert len(planned) == 2 * (2 + 2)  # seeds x (two direct targets, two intermediates for one target)
    assert len({one.spec.run_id for one in planned}) == 8
    direct = next(one for one in planned if one.spec.target == "mini_nli" and one.spec.regime == "direct")
    assert len(direct.cells) == 2 * (1 + 2)
    assert direct.limit == 30
    pos = next(one for one in planned if one.spec.target == "mini_pos")
    assert len(pos.cells) == 1 + 2 * 2
    qa = next(one for one in planned if one.spec.intermediate == "mini_qa")
    assert (qa.spec.stages[0].steps, qa.spec.stages[0].batch_tokens) == (20, 512)
    assert (qa.spec.stages[0].robust, qa.spec.stages[0].noise_rate) == ("augment", 0.25)
    assert qa.spec.stages[1].steps == 50


def test_five_mistakes_are_told_together(tmp_path: Path) -> None:
    text = (
        GOOD.replace('"mini_pos"]', '"mini_pso"]')
        .replace('name = "stilts"', 'name = "stitls"')
        .replace("steps = 50", "stesp = 50")
        .replace("severities = [1, 3]", "severities = [1, 9]")
        .replace('perturbations = ["char_swap"]', 'perturbations = ["charswap"]')
        .replace("[evaluate.tasks.mini_pos]", "[evaluate.tasks.mini_nli]")
    )
    found = mistakes(tmp_path, text)
    assert len(found) == 5
    assert any("unknown task 'mini_pso'. Did you mean 'mini_pos'" in line for line in found)
    assert any(
        "regime[2].name: 'stitls' is none of" in line and "Did you mean 'stilts'" in line for line in found
    )
    assert any("train.stesp: is no key here. Did you mean 'steps'" in line for line in found)
    assert any("evaluate.severities: 9 is not in 1 to 5" in line for line in found)
    assert any("unknown perturbation 'charswap'. Did you mean 'char_swap'" in line for line in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"en", "qle"]', '"en", "qel"]', "evaluate.languages: unknown language 'qel'"),
        ('"en", "qle"]', '"en", "sw"]', "evaluate.languages: no target has data in 'sw': mini_nli, mini_pos"),
        ("limit = 30", 'limit = "30"', "evaluate.limit: must be a whole number, not '30'"),
        ("seeds = [1, 2]", "seeds = [1, -2]", "seeds: -2 is not in 0 to"),
        (
            'intermediates = ["mini_copa", "mini_qa"]',
            "",
            "regime[2].name: regime 'stilts' takes one intermediate",
        ),
        (
            'name = "direct"',
            'name = "multilingual"\nrobust_stage = "no"',
            "regime[1].robust_stage: 'no' is none of",
        ),
        (
            'targets = ["mini_nli"]\nrobust',
            'targets = ["mini_ner"]\nrobust',
            "'mini_ner' is not among the study's",
        ),
        ("[train.tasks.mini_qa]", "[train.tasks.mini_q]", "train.tasks.mini_q: unknown task 'mini_q'"),
        ("[evaluate.tasks.mini_pos]", "[evaluate.tasks.mini_qa]", "evaluate.tasks.mini_qa: is no key here"),
        ("learning_rate = 1e-3", 'learning_rate = "x"', "train.learning_rate: must be a number, not 'x'"),
        ("noise_rate = 0.25", "noise_rate = 2", "regime[2].noise_rate: 2 is not in 0.0 to 1.0"),
        ("data = ", "dta = ", "dta: is no key here. Did you mean 'data'"),
        ("[evaluate]", "evaluate = 3\n[evalute]", "evaluate: must be a table ([evaluate]), not 3"),
    ],
)
def test_each_mistake_is_told_where_it_is(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in GOOD
    if new.startswith("evaluate = 3"):
        found = mistakes(tmp_path, "evaluate = 3\n" + GOOD.split("[evaluate]")[0])
    else:
        found = mistakes(tmp_path, GOOD.replace(old, new))
    assert len(found) == 1
    assert message in found[0]


def test_a_file_without_regimes_targets_or_toml_is_told(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "") == [
        "targets: is missing",
        "regime: is missing: a study needs at least one [[regime]]",
    ]
    with pytest.raises(BadStudy, match="is no TOML"):
        study(tmp_path, "targets = [")
    with pytest.raises(BadStudy, match="no study file"):
        read_study(tmp_path / "none.toml")


def test_a_regime_that_cannot_be_had_is_told_with_the_reason(tmp_path: Path) -> None:
    text = 'targets = ["xnli"]\n[[regime]]\nname = "multilingual"\n[[regime]]\nname = "stilts_translated"'
    found = mistakes(tmp_path, text)
    assert "training data are English only" in found[0]
    assert "takes one intermediate task" in found[1]


def test_a_target_without_a_common_language_is_told(tmp_path: Path) -> None:
    text = 'targets = ["xnli", "xcopa"]\n[[regime]]\nname = "direct"\n[evaluate]\nlanguages = ["en", "de"]'
    assert mistakes(tmp_path, text) == ["evaluate.languages: 'xcopa' has data in none of them"]


def test_a_target_is_measured_in_the_languages_it_has(tmp_path: Path) -> None:
    text = (
        'targets = ["xnli", "xcopa"]\n[[regime]]\nname = "direct"\n[evaluate]\nlanguages = ["en", "sw", "qu"]'
    )
    read = study(tmp_path, text)
    assert read.grids["xnli"].languages == ("en", "sw")
    assert read.grids["xcopa"].languages == ("sw", "qu")


def test_a_study_extends_another_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(GOOD)
    found = study(tmp_path, 'extends = "base.toml"\nseeds = [7]\n[train.intermediate]\nsteps = 9\n')
    plain = study(tmp_path, GOOD)
    assert (found.seeds, found.ways, found.grids) == ((7,), plain.ways, plain.grids)
    assert found.recipe.everywhere == plain.recipe.everywhere
    assert found.recipe.roles["intermediate"].steps == 9


def test_studies_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('extends = "study.toml"')
    (tmp_path / "study.toml").write_text('extends = "other.toml"')
    with pytest.raises(BadStudy, match="extends it in turn"):
        read_study(tmp_path / "study.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("noise_rate = 0.25", "noise_rate = 0", "noise rate 0.0 is not a share above 0"),
        ("learning_rate = 1e-3", "learning_rate = nan", "train.learning_rate: must be a number"),
        ("learning_rate = 1e-3", "epochs = 0", "train.epochs: epochs 0 is not a number above 0"),
        ("learning_rate = 1e-3", "warmup = 1.5", "train.warmup: warmup 1.5 is not a number from 0 to 1"),
        ("learning_rate = 1e-3", "mixing_temperature = 0", "is not a number from 1 on"),
    ],
)
def test_a_number_that_cannot_be_is_no_default(old: str, new: str, message: str, tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, GOOD.replace(old, new))
    assert message in found


def test_no_masked_language_modelling_in_its_regime_is_a_mistake(tmp_path: Path) -> None:
    regime = '[[regime]]\nname = "stilts_mlm"\nintermediates = ["mini_qa"]\nmlm_rate = 0\n\n[train]'
    assert any(
        "MLM rate 0.0 is not" in line for line in mistakes(tmp_path, GOOD.replace("[train]", regime, 1))
    )


def test_every_setting_is_a_key_and_the_nearest_table_wins(tmp_path: Path) -> None:
    values: dict[str, object] = {
        "precision": "bf16",
        "mixing": "uniform",
        "schedule": "cosine",
        "compiled": True,
        "lora_dropout": 0.5,
        "warmup": 0.5,
    }
    lines = [f"{field.name} = {json.dumps(values.get(field.name, 7))}" for field in fields(Settings)]
    found = study(tmp_path, GOOD.replace("steps = 50\nlearning_rate = 1e-3", "\n".join(lines))).recipe
    assert None not in [getattr(found.everywhere, field.name) for field in fields(Settings)]
    assert found.settings("intermediate", "mini_copa").compiled is True
    assert found.settings("intermediate", "mini_copa").steps == 20
