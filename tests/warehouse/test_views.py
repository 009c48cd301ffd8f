"""What the views say about small runs whose numbers are worked out by hand."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import outcome_row, scores_of, stage_row, write_record, write_run_folder, write_shard
from warehouse.connect import Connection
from warehouse.load import load_runs
from warehouse.query import query
from warehouse.rows import CELL_KEY
from warehouse.sql import files


def ask(con: Connection, sql: str) -> list[dict[str, Any]]:
    return query(con, sql).to_dicts()


def graded(*, clean: float, noisy: Mapping[int, float], examples: int = 100) -> Any:
    """The first so many of a hundred examples are right; one share a severity."""

    def correct(language: str, perturbation: str, severity: int, number: int) -> float:
        return float(number < examples * (clean if perturbation == "clean" else noisy[severity]))

    return correct


def test_the_key_of_a_cell_in_the_file_is_that_of_the_rows(con: Connection) -> None:
    (row,) = ask(con, "select cell_key() as names")
    assert tuple(row["names"]) == ("run_id", *CELL_KEY)


@pytest.fixture
def pair(con: Connection, tmp_path: Path) -> Connection:
    """A direct run, 80 right of 100, 60 and 40 under noise; a stilts run, 90, 75 and 70."""
    common: dict[str, Any] = {"languages": ["de"], "examples": 100}
    write_run_folder(tmp_path, "d", correct=graded(clean=0.8, noisy={1: 0.6, 3: 0.4}), **common)
    write_run_folder(
        tmp_path,
        "s",
        correct=graded(clean=0.9, noisy={1: 0.75, 3: 0.7}),
        regime="stilts",
        intermediate="mnli",
        intermediate_language="en",
        stages=[
            {
                "role": "intermediate",
                "task": "mnli",
                "dev_score": 0.6,
                "dev_chance": 0.2,
                "train_examples": 1000,
            },
            {"role": "target", "dev_score": 0.9},
        ],
        **common,
    )
    load_runs(con, tmp_path)
    return con


def test_macros_do_not_stand_on_views() -> None:
    """Macros are laid first."""
    views = "|".join(files("views"))
    for macro in files("macros").values():
        assert not re.search(rf"(from|join) ({views})\b", macro.text)


def test_views_answer_without_rows(con: Connection) -> None:
    for view in files("views"):
        assert ask(con, f"from {view}") == []


def test_run_flat_has_a_row_for_every_run_with_its_stages(pair: Connection) -> None:
    direct, stilts = ask(pair, "from run_flat order by run_id")
    assert (direct["stages"], direct["intermediate_dev_score"], direct["target_dev_score"]) == (1, None, 0.8)
    assert (stilts["stages"], stilts["intermediate_dev_score"], stilts["target_dev_score"]) == (2, 0.6, 0.9)
    assert (stilts["train_examples"], stilts["intermediate_examples"]) == (1100, 1000)


def test_run_flat_shows_runs_without_stages(con: Connection, tmp_path: Path) -> None:
    write_record(tmp_path / "f", run_id="f", status="failed", error="out of memory")
    load_runs(con, tmp_path)
    [row] = ask(con, "from run_flat")
    assert (row["stages"], row["error"]) == (0, "out of memory")


def test_robustness_sets_each_score_beside_its_clean_twin(pair: Connection) -> None:
    low, high = ask(pair, "from robustness where run_id = 'd' order by severity")
    assert (low["value"], low["clean_value"], low["rate"]) == (0.6, 0.8, 0.1)
    assert low["drop"] == pytest.approx(0.2)
    assert low["relative_drop"] == pytest.approx(1 - 0.6 / 0.8)
    assert low["chance"] == pytest.approx(1 / 3)
    assert low["relative_drop_above_chance"] == pytest.approx(1 - (0.6 - 1 / 3) / (0.8 - 1 / 3))
    assert high["drop"] == pytest.approx(0.4)
    assert (high["n"], high["unchanged"]) == (100, 50)


@pytest.mark.parametrize(
    ("clean", "known"),
    [
        (0.42, False),  # 0.087 above chance, two standard errors are 0.099
        (0.44, True),  # 0.107 above chance, two standard errors are 0.0993
        (0.30, False),
        (1.0, True),  # no standard error at all
    ],
)
def test_the_drop_above_chance_is_null_near_chance(
    con: Connection, tmp_path: Path, clean: float, known: bool
) -> None:
    correct = graded(clean=clean, noisy={1: 0.2})
    write_run_folder(
        tmp_path, "r", languages=["de"], examples=100, perturbations={"typo_mix": [1]}, correct=correct
    )
    load_runs(con, tmp_path)
    [row] = ask(con, "from robustness")
    assert (row["relative_drop_above_chance"] is not None) == known


def test_the_relative_drop_of_nothing_is_null(con: Connection, tmp_path: Path) -> None:
    write_run_folder(tmp_path, "r", correct=lambda *_: 0.0)
    load_runs(con, tmp_path)
    rows = ask(con, "from robustness")
    assert {(row["drop"], row["relative_drop"]) for row in rows} == {(0.0, None)}


def test_robustness_keeps_scores_that_have_no_value_or_no_twin(con: Connection, tmp_path: Path) -> None:
    write_record(tmp_path / "r", run_id="r")
    [score] = scores_of([outcome_row("r", "xnli", "zh", "typo_mix", 1, 0, 1.0)])
    missing = {**score, "language": "sw", "value": None, "error": "not applicable: no layout"}
    write_shard(tmp_path / "r", "score", [score, missing])
    load_runs(con, tmp_path)
    missing, alone = ask(
        con, "select language, value, clean_value, drop, error from robustness order by language"
    )
    assert missing == {
        "language": "sw",
        "value": None,
        "clean_value": None,
        "drop": None,
        "error": "not applicable: no layout",
    }
    assert (alone["value"], alone["drop"]) == (1.0, None)


def test_regime_gap_pairs_with_the_direct_run_of_the_same_seed(pair: Connection) -> None:
    rows = ask(pair, "from regime_gap order by severity")
    assert [(row["run_id"], row["direct_run_id"], row["same_recipe"]) for row in rows] == [
        ("s", "d", True)
    ] * 3
    assert [row["gap"] for row in rows] == pytest.approx([0.1, 0.15, 0.3])


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"encoder": "other", "encoder_fingerprint": "f1"},
        {"data_source": "hub"},
        {"source": "published:x"},
        {"robust": "fgm"},
    ],
)
def test_regime_gap_pairs_nothing_else(con: Connection, tmp_path: Path, other: dict[str, Any]) -> None:
    write_run_folder(tmp_path, "d", **other)
    write_run_folder(tmp_path, "s", regime="stilts", intermediate="mnli")
    load_runs(con, tmp_path)
    assert ask(con, "from regime_gap where run_id = 's'") == []


def test_of_several_direct_runs_the_one_trained_alike_is_taken(con: Connection, tmp_path: Path) -> None:
    early, late = "2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"
    write_run_folder(tmp_path, "d_small", stages=[{"train_examples": 10}], started_at=early)
    write_run_folder(tmp_path, "d_same", stages=[{"train_examples": 100}], started_at=late)
    write_run_folder(tmp_path, "s", regime="stilts", intermediate="mnli")
    load_runs(con, tmp_path)
    rows = ask(con, "select distinct direct_run_id, same_recipe from regime_gap")
    assert rows == [{"direct_run_id": "d_same", "same_recipe": True}]


def test_cells_on_other_numbers_of_examples_are_not_paired(con: Connection, tmp_path: Path) -> None:
    write_run_folder(tmp_path, "d", examples=4)
    write_run_folder(tmp_path, "s", examples=6, regime="stilts", intermediate="mnli")
    load_runs(con, tmp_path)
    assert ask(con, "from regime_gap") == []


def test_worst_case_takes_the_minimum_of_each_example(con: Connection, tmp_path: Path) -> None:
    """Example 0 survives all, 1 falls to typos, 2 only to the risky word_swap, 3 is wrong anyway."""
    right = {"clean": {0, 1, 2}, "typo_mix": {0, 2, 3}, "word_swap": {0, 1, 3}}
    write_run_folder(
        tmp_path,
        "r",
        languages=["de"],
        perturbations={"typo_mix": [1, 2], "word_swap": [1]},
        correct=lambda language, perturbation, severity, number: float(number in right[perturbation]),
    )
    load_runs(con, tmp_path)
    [row] = ask(con, "from worst_case")
    assert (row["n"], row["perturbations"], row["versions"]) == (4, 1, 3)
    assert (row["clean_value"], row["value"], row["drop"]) == (0.75, 0.5, 0.25)


def test_coverage_names_what_is_there_and_what_is_missing(con: Connection, tmp_path: Path) -> None:
    write_run_folder(tmp_path, "full", perturbations={"typo_mix": [1]})
    folder = write_run_folder(tmp_path, "part", languages=["en"], perturbations={}, seed=2)
    [score] = scores_of([outcome_row("part", "xnli", "de", "typo_mix", 1, 0, 1.0)])
    write_shard(folder, "score", [{**score, "value": None, "error": "not applicable"}])
    load_runs(con, tmp_path)
    rows = ask(con, "from coverage where run_id = 'part' order by language, perturbation")
    assert [(row["language"], row["perturbation"], row["status"], row["error"]) for row in rows] == [
        ("de", "clean", "missing", None),
        ("de", "typo_mix", "no_value", "not applicable"),
        ("en", "clean", "present", None),
        ("en", "typo_mix", "missing", None),
    ]
    assert {row["status"] for row in ask(con, "from coverage where run_id = 'full'")} == {"present"}


def test_difficulty_sets_the_intermediate_dev_score_against_chance(pair: Connection) -> None:
    [row] = ask(pair, "from difficulty")
    assert (row["run_id"], row["task"]) == ("s", "mnli")
    assert row["above_chance"] == pytest.approx((0.6 - 0.2) / 0.8)
    assert row["unsolved"] == pytest.approx(0.5)
    assert row["error_rate"] == pytest.approx(0.4)


def test_difficulty_has_the_information_of_the_stage_and_how_fast_it_was_learned(pair: Connection) -> None:
    """Two examples: 2 - 1 = 1 and 1 - 0.5 = 0.5 bits told of 2 and 1, so 0.75 of 1.5 on average."""
    con = pair
    for example, bits, null in (("a", 1.0, 2.0), ("b", 0.5, 1.0)):
        con.execute(
            "insert into pointwise_information values ('s', 0, 'mnli', 'validation', 'en', $e, $b, $n)",
            {"e": example, "b": bits, "n": null},
        )
    con.execute("delete from training_log where run_id = 's'")
    con.execute(
        "insert into training_log (run_id, position, step, dev_score) "
        "values ('s', 0, 10, 0.5), ('s', 0, 20, 0.55), ('s', 0, 30, 0.6), ('s', 1, 5, 0.9)"
    )
    [row] = ask(con, "from difficulty")
    assert (row["entropy"], row["information"], row["information_examples"]) == (1.5, 0.75, 2)
    assert row["unexplained"] == pytest.approx(0.5)
    assert row["steps_to_90"] == 20  # 0.55 is the first of at least 0.54


def test_leaderboard_ranks_systems_by_clean_score(pair: Connection) -> None:
    first, second = ask(pair, "from leaderboard order by rank")
    assert (first["regime"], first["rank"], first["clean"]) == ("stilts", 1, 0.9)
    assert (second["regime"], second["rank"], second["clean"]) == ("direct", 2, 0.8)
    assert second["perturbed"] == pytest.approx(0.5)
    assert second["drop"] == pytest.approx(0.3)
    assert (second["runs"], second["languages"]) == (1, 1)


def test_leaderboard_weighs_languages_alike_and_averages_seeds(con: Connection, tmp_path: Path) -> None:
    for seed, german in ((1, 0.6), (2, 0.4)):
        write_run_folder(
            tmp_path,
            f"r{seed}",
            seed=seed,
            examples=10,
            perturbations={},
            correct=lambda language, p, s, n, german=german: float(
                n < 10 * (1 if language == "en" else german)
            ),
        )
    load_runs(con, tmp_path)
    [row] = ask(con, "from leaderboard")
    assert row["clean"] == pytest.approx((0.8 + 0.7) / 2)
    assert row["clean_sd"] == pytest.approx(0.1 / 2**0.5)
    assert row["clean_worst_language"] == pytest.approx(0.5)
    assert (row["runs"], row["languages"], row["perturbed"]) == (2, 2, None)


def test_leaderboard_scores_span_tasks_by_the_mean_of_their_metrics(con: Connection, tmp_path: Path) -> None:
    con.execute("insert into task by name select 'xquad' as task, 'span' as kind, 'f1' as metric")
    write_record(tmp_path / "q", run_id="q", target="xquad")
    row = outcome_row("q", "xquad", "en", "clean", 0, 0, 0.8)
    [score] = scores_of([row])
    write_shard(tmp_path / "q", "outcome", [{**row, "exact": 0.4}])
    write_shard(
        tmp_path / "q",
        "score",
        [{**score, "metric": "f1"}, {**score, "metric": "exact_match", "value": 0.4}],
    )
    write_shard(tmp_path / "q", "stage", [stage_row("q", 0, task="xquad")])
    load_runs(con, tmp_path)
    assert ask(con, "select clean from leaderboard")[0]["clean"] == pytest.approx(0.6)


def test_controls_do_not_count_as_noise_on_the_leaderboard(con: Connection, tmp_path: Path) -> None:
    write_run_folder(
        tmp_path,
        "r",
        perturbations={"unicode_nfd": [1], "typo_mix": [1]},
        correct=lambda _, p, s, n: p != "typo_mix",
    )
    load_runs(con, tmp_path)
    assert ask(con, "select perturbed from leaderboard") == [{"perturbed": 0.0}]
