"""Identities of runs and stages: what changes them, what does not, and that they stay what they are."""

import hashlib
from dataclasses import replace

from xtb.spec import Cell, RunSpec, StageSpec

STAGE = StageSpec(role="target", task="mnli", learning_rate=2e-5, epochs=3, batch_tokens=2048, max_length=128)
RUN = RunSpec(
    encoder="xlm-r",
    encoder_fingerprint="f" * 64,
    data_source="mirror:abc",
    regime="stilts",
    intermediate="siqa",
    target="xnli",
    seed=1,
    stages=(replace(STAGE, role="intermediate", task="siqa"), STAGE),
)


def test_identities_do_not_change_from_version_to_version() -> None:
    # Folders of runs and checkpoints are named by these; a change of what is hashed orphans all of them.
    stages = (
        '{"batch_tokens": 2048, "epochs": 3.0, "learning_rate": 2e-05, "max_length": 128, "task": "siqa"}, '
        '{"batch_tokens": 2048, "epochs": 3.0, "learning_rate": 2e-05, "max_length": 128, "task": "mnli"}'
    )
    head = f'{{"data": "mirror:abc", "encoder": "{"f" * 64}", "seed": 1, '
    last = digest(f'{head}"stages": [{stages}]}}')
    assert RUN.stage_id(1) == last
    assert RUN.run_id == digest(f'{{"stages": "{last}", "target": "xnli"}}')


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_json_gives_the_same_run_back() -> None:
    assert RunSpec.from_json(RUN.to_json()) == RUN
    assert RunSpec.from_json(RUN.to_json()).run_id == RUN.run_id


def test_whole_numbers_and_fractions_name_the_same_stage() -> None:
    assert replace(STAGE, epochs=3) == replace(STAGE, epochs=3.0)
    one = replace(RUN, stages=(replace(STAGE, epochs=3),))
    assert one.run_id == replace(RUN, stages=(replace(STAGE, epochs=3.0),)).run_id


def test_labels_are_no_part_of_an_identity() -> None:
    same = replace(
        RUN, regime="direct", encoder="another name", stages=(replace(RUN.stages[0], role="target"), STAGE)
    )
    assert same.run_id == RUN.run_id


def test_everything_that_changes_weights_changes_the_identity() -> None:
    changed = [
        replace(RUN, seed=2),
        replace(RUN, encoder_fingerprint="0" * 64),
        replace(RUN, data_source="hub"),
        replace(RUN, target="anli"),
        *(
            replace(RUN, stages=(RUN.stages[0], replace(STAGE, **{name: value})))
            for name, value in {
                "task": "anli",
                "languages": ("en", "de"),
                "limit": 10,
                "keep_head": True,
                "perturbation": "char_swap",
                "severity": 1,
                "noise_rate": 0.5,
                "robust": "augment",
                "learning_rate": 1e-5,
                "epochs": 1,
                "steps": 5,
                "batch_tokens": 4096,
                "max_length": 64,
                "stride": 64,
                "warmup": 0.1,
                "weight_decay": 0.1,
                "max_grad_norm": 2.0,
                "evaluations": 1,
                "dev_limit": 5,
                "precision": "bf16",
            }.items()
        ),
    ]
    assert len({run.run_id for run in (RUN, *changed)}) == len(changed) + 1


def test_runs_share_the_identity_of_a_common_prefix() -> None:
    other = replace(RUN, target="anli", stages=(RUN.stages[0], replace(STAGE, task="anli")))
    assert other.stage_id(0) == RUN.stage_id(0)
    assert other.stage_id(1) != RUN.stage_id(1)


def test_the_clean_twin_of_a_cell() -> None:
    cell = Cell(task="xnli", split="test", language="sw", perturbation="typo_mix", severity=3, noise_seed=2)
    assert cell.clean == Cell(task="xnli", split="test", language="sw")
    assert cell.clean.clean == cell.clean
