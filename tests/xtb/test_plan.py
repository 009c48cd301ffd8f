"""The graph of a study, what is left of it, and its price."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.xtb.test_regimes import ENCODER
from tests.xtb.workshop import SMALL, flip_a_bit, mini, place_in
from xtb.do import do
from xtb.encoderfacts import EncoderFacts, look_at
from xtb.errors import XtbError
from xtb.grid import Grid
from xtb.jobs import Job, job_named, jobs_of
from xtb.layout import lock_file
from xtb.lock import locked
from xtb.nullmodel import unmeasured
from xtb.plan import make_plan
from xtb.planview import graph_lines, plan_result, status_lines, work_lines
from xtb.recipe import Recipe
from xtb.run import now, read_table, record_failure
from xtb.study import PlannedRun, Study, Way, planned_runs

TARGETS = ("mini_nli", "mini_pos")


def small_study(seeds: tuple[int, ...] = (1, 2), targets: tuple[str, ...] = TARGETS) -> Study:
    grid = Grid(languages=("en", "qle"), perturbations=("lowercase",), severities=(1,), limit=8)
    return Study(
        name="small",
        encoders=("here",),
        data="mini",
        seeds=seeds,
        ways=(
            Way(regime="direct", targets=targets),
            Way(regime="stilts", intermediate=("mini_copa",), targets=targets),
        ),
        recipe=Recipe(everywhere=replace(SMALL, steps=3)),
        grids=dict.fromkeys(targets, grid),
    )


def planned(encoder: EncoderFacts = ENCODER, **more: tuple[int, ...]) -> list[PlannedRun]:
    return planned_runs(small_study(**more), [encoder], mini().name)


def test_shared_stages_are_planned_once(tmp_path: Path) -> None:
    plan = make_plan(planned(), tmp_path)
    assert (len(plan.runs), len(plan.stages), plan.naive, plan.cells) == (8, 10, 12, 32)
    assert plan.stages_left == list(plan.stages)
    shared = [node for node in plan.stages if node.runs == 2]
    assert [node.run.spec.stages[0].task for node in shared] == ["mini_copa", "mini_copa"]


def test_nine_intermediates_ten_targets_five_seeds_share_their_prefixes(tmp_path: Path) -> None:
    # 9 x 5 intermediate stages serve ten targets each; trained apart they would be 450.
    targets = tuple(f"mini_{name}" for name in ("nli", "pos", "copa", "ner", "qa", "para"))
    study = small_study(seeds=(1, 2, 3, 4, 5), targets=targets)
    plan = make_plan(planned_runs(study, [ENCODER], "mini"), tmp_path)
    assert len(plan.runs) == 2 * 6 * 5
    assert plan.naive == 5 * (6 + 2 * 6)
    # mini_copa direct is also the intermediate stage: it is the same training.
    assert len(plan.stages) == 5 * (6 + 6)


def test_jobs_come_after_what_they_need(tmp_path: Path) -> None:
    jobs = jobs_of(make_plan(planned(), tmp_path))
    place = {job.job_id: number for number, job in enumerate(jobs)}
    assert len(jobs) == 18
    assert all(place[need] < place[job.job_id] for job in jobs for need in job.after)


def test_information_is_measured_once_a_stage_and_its_null_models_are_trained_before(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    study = replace(small_study(seeds=(1,)), information=True)
    runs = planned_runs(study, [look_at(str(tiny_encoder))], mini().name)
    telling = [one for one in runs if one.information]
    assert [(one.spec.regime, one.spec.target) for one in telling] == [("stilts", "mini_nli")]
    plan = make_plan(runs, tmp_path)
    assert (len(plan.stages), plan.naive) == (5 + 1, 6 + 1)
    assert "   mini_copa without inputs: 0 of 1 trained; 1 runs need it" in graph_lines(plan)
    jobs = {job.job_id: job for job in jobs_of(plan)}
    null = next(job for job in jobs.values() if job.title == "train mini_copa without inputs, seed 1")
    assert [job.job_id for job in jobs.values() if null.job_id in job.after] == [telling[0].spec.run_id]
    assert job_named(runs, null.job_id) == null
    needed = [jobs[telling[0].spec.run_id]]
    for job in needed:  # what the run waits for, the deepest last
        needed += [jobs[need] for need in job.after]
    for job in dict.fromkeys(reversed(needed)):
        do(replace(job, cells=()), place_in(tmp_path))
    folder = tmp_path / telling[0].spec.run_id
    assert set(read_table(folder, "pointwise_information")["task"]) == {"mini_copa"}
    [node] = [node for node in make_plan(runs, tmp_path).runs if node.run.information]
    assert (node.state, unmeasured(node.spec, folder)) == ("waiting", [])  # its cells are left


def test_the_text_names_the_graph_and_the_work(tmp_path: Path) -> None:
    plan = make_plan(planned(), tmp_path)
    assert graph_lines(plan) == [
        "xlm-r",
        "   mini_copa: 0 of 2 trained; 4 runs need it",
        "      mini_nli: 0 of 2 trained; 2 runs need it",
        "         = stilts mini_copa -> mini_nli: 0 of 2 done; 0 of 8 cells measured",
        "      mini_pos: 0 of 2 trained; 2 runs need it",
        "         = stilts mini_copa -> mini_pos: 0 of 2 done; 0 of 8 cells measured",
        "   mini_nli: 0 of 2 trained; 2 runs need it",
        "      = direct -> mini_nli: 0 of 2 done; 0 of 8 cells measured",
        "   mini_pos: 0 of 2 trained; 2 runs need it",
        "      = direct -> mini_pos: 0 of 2 done; 0 of 8 cells measured",
    ]
    assert work_lines(plan, 2)[1] == "stages  10 of 10 left to train (12 if every run trained its own)"
    assert "unknown until" in work_lines(plan, 2)[3]


def test_what_is_done_is_not_left_and_prices_what_is(tiny_encoder: Path, tmp_path: Path) -> None:
    runs = planned(look_at(str(tiny_encoder)))
    place = place_in(tmp_path)
    for job in jobs_of(make_plan(runs, tmp_path)):
        if job.spec.seed == 1:
            do(job, place)
    plan = make_plan(runs, tmp_path)
    assert (len(plan.runs_left), len(plan.stages_left), plan.cells_left) == (4, 5, 16)
    assert plan.seconds(1) == pytest.approx(2 * (plan.seconds(2) or 0))
    spent = sum(plan.pace.stage_seconds(node.run.spec, node.position) or 0 for node in plan.stages_left)
    assert 0 < spent < (plan.seconds(1) or 0)
    # Each stage left is like one that was trained, so its own time counts, not its tokens.
    kinds = [(node.run.spec.encoder_fingerprint, node.run.spec.stages[node.position]) for node in plan.stages]
    assert plan.pace.stages.keys() == {f"{encoder} {stage}" for encoder, stage in kinds}
    assert "from what was measured here" in work_lines(plan, 2)[3]
    result = plan_result("small", plan, 2)
    assert (result["runs_left"], result["stages_without_sharing"]) == (4, 12)
    assert {node["state"] for node in result["graph"]["runs"]} == {"done", "waiting"}


def test_failed_runs_are_shown_and_tried_again(tmp_path: Path) -> None:
    runs = planned()
    record_failure(runs[0].spec, XtbError("no room"), tmp_path, "cpu", now())
    plan = make_plan(runs, tmp_path)
    assert plan.runs[0].state == "failed"
    assert "failed: direct -> mini_nli, seed 1: no room" in status_lines(plan)
    assert runs[0].spec.run_id in [job.job_id for job in jobs_of(plan)]


def test_the_status_says_what_is_at_work(tiny_encoder: Path, tmp_path: Path) -> None:
    runs = planned(look_at(str(tiny_encoder)), seeds=(1,))
    stage = next(one.spec for one in runs if one.spec.regime == "stilts").stage_id(0)
    (tmp_path / "checkpoints" / f"{stage}.partial" / "step-000000002").mkdir(parents=True)
    with locked(lock_file(tmp_path, stage)), locked(lock_file(tmp_path, f"run-{runs[0].spec.run_id}")):
        (tmp_path / runs[0].spec.run_id).mkdir()
        lines = status_lines(make_plan(runs, tmp_path))
    assert "stages: 1 running, 4 waiting" in lines
    assert "running: train mini_copa, seed 1, saved at step 2 of 3" in lines
    assert "running: direct -> mini_nli, seed 1: 0/4 cells measured" in lines


def test_stages_that_only_finished_runs_needed_are_not_trained_again(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    runs = planned(look_at(str(tiny_encoder)), seeds=(1,))
    place = place_in(tmp_path)
    for job in jobs_of(make_plan(runs, tmp_path)):
        do(job, place)
    copa = next(one.spec.stage_id(0) for one in runs if one.spec.regime == "stilts")
    (tmp_path / "checkpoints" / copa / "heads.safetensors").unlink()
    left: list[Job] = jobs_of(make_plan(runs, tmp_path))
    assert left == []
    damage_costs_only_its_own_run(runs, tmp_path)


def damage_costs_only_its_own_run(runs: list[PlannedRun], folder: Path) -> None:
    """A record, scores, a log and outcomes are damaged, each of another run: all is shown, and put right."""
    mine = [folder / one.spec.run_id for one in runs]
    names = ("run.json", "score-*", "training_log-*", "outcome-*")
    broken = [next(place.glob(name)) for place, name in zip(mine, names, strict=True)]
    for path in broken:
        flip_a_bit(path)
    for path in folder.glob("checkpoints/*/stage.json"):
        path.write_bytes(path.read_bytes().replace(b"{", b"[", 1))  # no pace can be read from it
    plan = make_plan(runs, folder)
    assert [node.state for node in plan.runs] == ["failed", "failed", "waiting", "done"]
    assert [str(path) in (node.error or "") for node, path in zip(plan.runs[:2], broken, strict=False)] == [
        True,
        True,
    ]
    plan = make_plan(runs, folder, thorough=True)
    assert (len(plan.runs_left), len(jobs_of(plan))) == (4, 4)
    for path in folder.glob("checkpoints/*/stage.json"):
        path.write_bytes(path.read_bytes().replace(b"[", b"{", 1))
    notes = [do(job, place_in(folder)) for job in jobs_of(plan)]
    assert [path.name in note for path, note in zip(broken, notes, strict=True)] == [False, True, False, True]
    assert make_plan(runs, folder, thorough=True).runs_left == []
