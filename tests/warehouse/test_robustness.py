"""The robustness metrics on tables small enough to work each number out by hand."""

import subprocess
import sys
from collections.abc import Sequence
from math import comb, log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import outcome_row
from warehouse.connect import Connection, open_in_memory
from warehouse.migrate import migrate
from warehouse.query import query
from warehouse.sql import files


def ask(con: Connection, sql: str) -> list[dict[str, Any]]:
    return query(con, sql).to_dicts()


def add_run(con: Connection, run_id: str, regime: str = "direct", **columns: Any) -> None:
    row = {
        "run_id": run_id,
        "source": "xtb",
        "encoder": "mini",
        "encoder_fingerprint": "f0",
        "regime": regime,
        "intermediate": "none" if regime == "direct" else "mnli",
        "intermediate_language": "none",
        "robust": "none",
        "robust_stage": "none",
        "target": "xnli",
        "seed": 1,
        "data_source": "mini",
        "status": "trained",
        **columns,
    }
    con.execute(f"insert into run by name select {', '.join(f'${k} as {k}' for k in row)}", row)


def add_scores(
    con: Connection,
    run_id: str,
    values: dict[tuple[str, str, int], float],
    *,
    n: int = 100,
    noise_seed: int = 1,
) -> None:
    """Scores of a run: (language, perturbation, severity) -> value."""
    for (language, perturbation, severity), value in values.items():
        con.execute(
            "insert into score by name select $run_id as run_id, 'xnli' as task, 'test' as split, "
            "$language as language, $perturbation as perturbation, $severity as severity, "
            "$noise_seed as noise_seed, 'accuracy' as metric, $value as value, $n as n, 0 as unchanged",
            {
                "run_id": run_id,
                "language": language,
                "perturbation": perturbation,
                "severity": severity,
                "noise_seed": 0 if perturbation == "clean" else noise_seed,
                "value": value,
                "n": n,
            },
        )


def add_outcomes(
    con: Connection,
    cell: tuple[str, str, int],
    correct: Sequence[float],
    said: str = "",
    *,
    noise_seed: int = 1,
    **columns: Sequence[Any],
) -> None:
    """Outcomes of run r, one for each of ``correct``; ``said`` has a letter for each prediction."""
    for number, value in enumerate(correct):
        row = outcome_row("r", "xnli", *cell, number, value)
        row["noise_seed"] = 0 if cell[1] == "clean" else noise_seed
        row |= {"prediction": said[number]} if said else {}
        row |= {name: given[number] for name, given in columns.items()}
        con.execute(f"insert into outcome by name select {', '.join(f'${k} as {k}' for k in row)}", row)


def test_corruption_error_is_the_ratio_of_errors_to_direct(con: Connection) -> None:
    """Direct seeds .7 and .5 -> .6, .5 and .3 -> .4; clean .9 and .7 -> .8; stilts .8, .6; clean .9.

    errors: (1-.8)+(1-.6) = .6; of direct (1-.6)+(1-.4) = 1.0; CE .6
    lost: (.9-.8)+(.9-.6) = .4; of direct (.8-.6)+(.8-.4) = .6; relative CE 2/3
    """
    for run_id, seed, low, high, clean in (("d1", 1, 0.7, 0.5, 0.9), ("d2", 2, 0.5, 0.3, 0.7)):
        add_run(con, run_id, seed=seed)
        add_scores(
            con,
            run_id,
            {("de", "clean", 0): clean, ("de", "typo_mix", 1): low, ("de", "typo_mix", 3): high},
        )
    add_run(con, "s", "stilts")
    add_scores(con, "s", {("de", "clean", 0): 0.9, ("de", "typo_mix", 1): 0.8, ("de", "typo_mix", 3): 0.6})
    [row] = ask(con, "from corruption_error where run_id = 's'")
    assert (row["direct_runs"], row["severities"]) == (2, 2)
    assert row["errors"] == pytest.approx(0.6)
    assert row["direct_errors"] == pytest.approx(1.0)
    assert row["corruption_error"] == pytest.approx(0.6)
    assert row["relative_corruption_error"] == pytest.approx(2 / 3)
    direct = ask(con, "from corruption_error where run_id <> 's' order by run_id")
    # d1: (.3 + .5) / 1.0; d2: (.5 + .7) / 1.0; their mean is 1
    assert [one["corruption_error"] for one in direct] == pytest.approx([0.8, 1.2])


@pytest.mark.parametrize(
    ("clean", "noisy", "known", "relative_known"),
    [
        # 2 * sqrt(.97 * .03 / 100) = .0341 > .03: the errors cannot be told from none
        (0.97, 0.97, False, False),
        # .05 >= 2 * sqrt(.95 * .05 / 100) = .0436; drop .04 < 2 * sqrt((.0475 + .0099) / 100) = .0479
        (0.99, 0.95, True, False),
        # drop .09 >= 2 * sqrt((.0099 + .09) / 100) = .0632
        (0.99, 0.90, True, True),
    ],
)
def test_corruption_error_is_null_where_direct_loses_nothing(
    con: Connection, clean: float, noisy: float, known: bool, relative_known: bool
) -> None:
    add_run(con, "d")
    add_scores(con, "d", {("de", "clean", 0): clean, ("de", "typo_mix", 1): noisy})
    [row] = ask(con, "from corruption_error")
    assert (row["corruption_error"] is not None) == known
    assert (row["relative_corruption_error"] is not None) == relative_known


@pytest.mark.parametrize(
    "other", [{"encoder": "e"}, {"data_source": "hub"}, {"target": "t"}, {"robust": "fgm"}]
)
def test_corruption_error_takes_no_other_reference(con: Connection, other: dict[str, Any]) -> None:
    add_run(con, "d", **other)
    add_run(con, "s", "stilts")
    for run_id in ("d", "s"):
        add_scores(con, run_id, {("de", "clean", 0): 0.9, ("de", "typo_mix", 1): 0.5})
    assert ask(con, "from corruption_error where run_id = 's'") == []


def test_noise_seeds_are_averaged_before_errors_are_summed(con: Connection) -> None:
    """Direct .5; the run .6 and .8 -> .7: (1 - .7) / (1 - .5) = .6, one severity."""
    add_run(con, "d")
    add_run(con, "s", "stilts")
    add_scores(con, "d", {("de", "clean", 0): 0.9, ("de", "typo_mix", 1): 0.5})
    add_scores(con, "s", {("de", "clean", 0): 0.9, ("de", "typo_mix", 1): 0.6})
    add_scores(con, "s", {("de", "typo_mix", 1): 0.8}, noise_seed=2)
    [row] = ask(con, "from corruption_error where run_id = 's'")
    assert row["severities"] == 1
    assert row["corruption_error"] == pytest.approx(0.6)


def test_mce_is_the_mean_over_perturbations_without_controls(con: Connection) -> None:
    """typo_mix (1-.8)/(1-.6) = .5, word_swap (1-.7)/(1-.6) = .75: mCE .625.

    Relative: (.9-.8)/(.9-.6) = 1/3, (.9-.7)/(.9-.6) = 2/3: .5.
    """
    add_run(con, "d")
    add_run(con, "s", "stilts")
    for run_id, typo, swap, control in (("d", 0.6, 0.6, 0.6), ("s", 0.8, 0.7, 0.1)):
        add_scores(
            con,
            run_id,
            {
                ("de", "clean", 0): 0.9,
                ("de", "typo_mix", 1): typo,
                ("de", "word_swap", 1): swap,
                ("de", "unicode_nfd", 1): control,
            },
        )
    [row] = ask(con, "from mean_corruption_error where run_id = 's'")
    assert (row["perturbations"], row["relative_perturbations"]) == (2, 2)
    assert row["mce"] == pytest.approx(0.625)
    assert row["relative_mce"] == pytest.approx(0.5)


def test_severity_area_is_the_trapezoid_over_the_realised_rate(con: Connection) -> None:
    """Clean .8 at rate 0, .6 at 3/20 = .15, .4 at 8/20 = .4.

    area (.8 + .6) / 2 * .15 + (.6 + .4) / 2 * .25 = .105 + .125 = .23; over the rate .23 / .4 = .575
    """
    add_run(con, "r")
    add_scores(con, "r", {("de", "clean", 0): 0.8, ("de", "typo_mix", 1): 0.6, ("de", "typo_mix", 3): 0.4})
    add_outcomes(con, ("de", "typo_mix", 1), [1, 0], edits=[1, 2], eligible=[10, 10])
    add_outcomes(con, ("de", "typo_mix", 3), [0, 0], edits=[4, 4], eligible=[10, 10])
    [row] = ask(con, "from severity_area")
    assert (row["levels"], row["clean_value"]) == (2, 0.8)
    assert row["mean_value"] == pytest.approx(0.5)
    assert row["drop"] == pytest.approx(0.3)
    assert row["largest_rate"] == pytest.approx(0.4)
    assert row["area"] == pytest.approx(0.23)
    assert row["value_over_rate"] == pytest.approx(0.575)


def test_severity_area_is_null_without_outcomes(con: Connection) -> None:
    add_run(con, "r")
    add_scores(con, "r", {("de", "clean", 0): 0.8, ("de", "typo_mix", 1): 0.6, ("de", "typo_mix", 3): 0.4})
    add_outcomes(con, ("de", "typo_mix", 1), [1, 0])
    [row] = ask(con, "from severity_area")
    assert (row["area"], row["value_over_rate"]) == (None, None)
    assert row["mean_value"] == pytest.approx(0.5)


def test_worst_case_counts_the_risks_that_are_asked_for(con: Connection) -> None:
    """Example 0 right throughout, 1 wrong under typo_mix, 2 under word_swap (medium), 3 wrong throughout.

    none and low: minima 1 0 1 0 = .5; with medium 1 0 0 0 = .25; clean alone 1 1 1 0 = .75
    """
    add_run(con, "r")
    for cell, correct in (
        (("de", "clean", 0), [1, 1, 1, 0]),
        (("de", "typo_mix", 1), [1, 0, 1, 0]),
        (("de", "word_swap", 1), [1, 1, 0, 0]),
    ):
        add_outcomes(con, cell, correct)
        add_scores(con, "r", {cell: sum(correct) / 4}, n=4)
    found = {
        name: (row["n"], row["perturbations"], row["versions"], row["clean_value"], row["value"])
        for name in ("worst_case", "worst_case_of(['none', 'low', 'medium'])", "worst_case_of(['none'])")
        for row in ask(con, f"from {name}")
    }
    assert found == {
        "worst_case": (4, 1, 2, 0.75, 0.5),
        "worst_case_of(['none', 'low', 'medium'])": (4, 2, 3, 0.75, 0.25),
        "worst_case_of(['none'])": (4, 0, 1, 0.75, 0.75),
    }


def test_worst_of_k_counts_the_ways_to_draw(con: Connection) -> None:
    """Of 4 draws 3, 2, 4 right: C(3,2)/C(4,2) = 3/6, C(2,2)/C(4,2) = 1/6, 6/6; mean 10/18."""
    for noise_seed, correct in enumerate(([1, 1, 1], [1, 1, 1], [1, 0, 1], [0, 0, 1]), start=1):
        add_outcomes(con, ("de", "typo_mix", 1), correct, noise_seed=noise_seed)
    [one] = ask(con, "from worst_of_draws(1)")
    [two] = ask(con, "from worst_of_draws(2)")
    [five] = ask(con, "from worst_of_draws(5)")
    assert (two["n"], two["draws"], two["k"]) == (3, 4, 2)
    assert one["value"] == pytest.approx(9 / 12)
    assert two["mean_value"] == pytest.approx(9 / 12)
    assert two["value"] == pytest.approx(10 / 18)
    assert five["value"] is None


def test_worst_of_draws_knows_results_between_0_and_1(con: Connection) -> None:
    """Of .2 .5 .9 the pairs' minima are .2 .2 .5: mean .3."""
    for noise_seed, correct in enumerate((0.9, 0.2, 0.5), start=1):
        add_outcomes(con, ("de", "typo_mix", 1), [correct], noise_seed=noise_seed)
    [row] = ask(con, "from worst_of_draws(2)")
    assert row["value"] == pytest.approx(0.3)


@pytest.fixture(scope="module")
def empty() -> Any:
    with open_in_memory() as con:
        migrate(con)
        yield con


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_worst_of_k_is_a_ratio_of_binomials(empty: Connection, correct: int, wrong: int, k: int) -> None:
    draws = correct + wrong
    [(found,)] = empty.execute("select worst_of_k($1, $2, $3)", [correct, draws, k]).fetchall()
    if k > draws:
        assert found is None
    else:
        assert found == pytest.approx(comb(correct, k) / comb(draws, k))


@given(st.lists(st.integers(0, 1), min_size=1, max_size=12), st.integers(1, 12))
def test_the_expected_minimum_of_right_and_wrong_is_worst_of_k(
    empty: Connection, results: list[int], k: int
) -> None:
    [(minimum, ratio)] = empty.execute(
        "select expected_minimum($1::double[], $3), worst_of_k(list_sum($1), $2, $3)",
        [results, len(results), k],
    ).fetchall()
    assert minimum == (None if k > len(results) else pytest.approx(ratio))


def test_worst_language_and_the_gap_to_english(con: Connection) -> None:
    """Clean en .9 de .8 sw .6; noisy .8 .6 .5: drops .1 .2 .1; the others lose .15, gap .1 - .15 = -.05."""
    add_run(con, "r")
    for language, clean, noisy in (("en", 0.9, 0.8), ("de", 0.8, 0.6), ("sw", 0.6, 0.5)):
        add_scores(con, "r", {(language, "clean", 0): clean, (language, "typo_mix", 1): noisy})
    clean, noisy = ask(con, "from worst_language order by severity")
    assert (clean["languages"], clean["worst_language"], clean["worst_value"]) == (3, "sw", 0.6)
    assert (clean["english_drop"], clean["gap"]) == (None, None)
    assert (noisy["worst_language"], noisy["worst_value"]) == ("sw", 0.5)
    assert noisy["mean_value"] == pytest.approx(1.9 / 3)
    assert noisy["english_drop"] == pytest.approx(0.1)
    assert noisy["mean_drop"] == pytest.approx(0.15)
    assert noisy["gap"] == pytest.approx(-0.05)


def test_flips_are_negative_positive_or_lateral(con: Connection) -> None:
    """Gold a a b b b. Clean a b b c c, noisy a a c a c: same, positive, negative, lateral, same."""
    add_run(con, "r")
    add_outcomes(con, ("de", "clean", 0), [1, 0, 1, 0, 0], "abbcc")
    add_outcomes(con, ("de", "typo_mix", 1), [1, 1, 0, 0, 0], "aacac")
    [row] = ask(con, "from flip")
    assert row["pairs"] == 5
    assert row["flip_rate"] == pytest.approx(3 / 5)
    assert (row["negative"], row["positive"], row["lateral"]) == pytest.approx((1 / 5, 1 / 5, 1 / 5))


def test_examples_without_a_prediction_are_no_pair(con: Connection) -> None:
    add_run(con, "r")
    add_outcomes(con, ("de", "clean", 0), [1, 0], prediction=["a", None])
    add_outcomes(con, ("de", "typo_mix", 1), [0, 1], "bb")
    [row] = ask(con, "from flip")
    assert (row["pairs"], row["flip_rate"], row["negative"]) == (1, 1.0, 1.0)


def test_consistency_is_the_share_of_equal_pairs(con: Connection) -> None:
    """Three versions, so three pairs: aaa 3/3, aab 1/3, abc 0/3; mean 4/9. word_swap is of medium risk."""
    add_run(con, "r")
    for cell, said in (
        (("de", "clean", 0), "aaa"),
        (("de", "typo_mix", 1), "aab"),
        (("de", "typo_mix", 3), "abc"),
        (("de", "word_swap", 1), "zzz"),
    ):
        add_outcomes(con, cell, [1, 1, 1], said)
        add_scores(con, "r", {cell: 1.0}, n=3)
    [row] = ask(con, "from consistency")
    assert (row["n"], row["versions"]) == (3, 3)
    assert row["value"] == pytest.approx(4 / 9)
    # with word_swap six pairs each: aaaz 3/6, aabz 1/6, abcz 0/6
    [more] = ask(con, "from consistency_of(['none', 'low', 'medium'])")
    assert (more["versions"], more["value"]) == (4, pytest.approx(4 / 18))


def test_effective_robustness_is_the_distance_to_the_line_of_direct_runs(con: Connection) -> None:
    """Three direct runs whose points (x, y) on the logit scale are fitted by hand.

    With n = 9 a value v has the logit ln((9 v + .5) / (9.5 - 9 v)): 8/9 -> ln(8.5/1.5), 5/9 -> ln(5.5/4.5).
    slope = sum (x - mean x)(y - mean y) / sum (x - mean x)^2; residual = y - mean y - slope (x - mean x)
    """

    def logit(right: int) -> float:
        return log((right + 0.5) / (9 - right + 0.5))

    direct = {"d1": (8, 6), "d2": (6, 3), "d3": (5, 3)}
    for seed, (run_id, (clean, noisy)) in enumerate(direct.items()):
        add_run(con, run_id, seed=seed, encoder=f"e{seed}")
        add_scores(con, run_id, {("de", "clean", 0): clean / 9, ("de", "typo_mix", 1): noisy / 9}, n=9)
    add_run(con, "s", "stilts")
    add_scores(con, "s", {("de", "clean", 0): 1.0, ("de", "typo_mix", 1): 7 / 9}, n=9)
    x = [logit(clean) for clean, _ in direct.values()]
    y = [logit(noisy) for _, noisy in direct.values()]
    mean_x, mean_y = sum(x) / 3, sum(y) / 3
    slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum(
        (a - mean_x) ** 2 for a in x
    )
    rows = {row["run_id"]: row for row in ask(con, "from effective_robustness")}
    assert rows["s"]["reference_runs"] == 3
    assert rows["s"]["slope"] == pytest.approx(slope)
    assert rows["s"]["clean_logit"] == pytest.approx(log(9.5 / 0.5))
    expected = logit(7) - mean_y - slope * (logit(9) - mean_x)
    assert rows["s"]["effective_robustness"] == pytest.approx(expected)
    # residuals of least squares sum to 0 over the points of the line
    assert sum(rows[run_id]["effective_robustness"] for run_id in direct) == pytest.approx(0, abs=1e-12)


def test_two_direct_runs_make_no_line(con: Connection) -> None:
    for seed in (1, 2):
        add_run(con, f"d{seed}", seed=seed)
        add_scores(con, f"d{seed}", {("de", "clean", 0): 0.4 + seed / 5, ("de", "typo_mix", 1): 0.5})
    rows = ask(con, "from effective_robustness")
    assert [(row["reference_runs"], row["effective_robustness"]) for row in rows] == [(0, None)] * 2


def test_cell_noise_says_what_noise_did_to_texts_and_tokens(con: Connection) -> None:
    """Edits 1 + 2 + 0 of 10 + 5 + 5 units: 3/20; one text of three as it was; tokens 33 for 30."""
    add_outcomes(con, ("de", "clean", 0), [1, 1, 1], tokens=[10, 10, 10])
    add_outcomes(
        con,
        ("de", "typo_mix", 1),
        [1, 0, 1],
        edits=[1, 2, 0],
        eligible=[10, 5, 5],
        changed=[True, True, False],
        token_changed=[True, False, False],
        tokens=[11, 12, 10],
    )
    [row] = ask(con, "from cell_noise")
    assert (row["n"], row["rate"], row["tokens"], row["clean_tokens"]) == (3, 0.1, 33, 30)
    assert row["realised_rate"] == pytest.approx(3 / 20)
    assert row["unchanged_share"] == pytest.approx(1 / 3)
    assert row["token_unchanged_share"] == pytest.approx(2 / 3)
    assert row["fertility"] == pytest.approx(1.1)


def test_fertility_is_null_where_the_clean_cell_has_other_examples(con: Connection) -> None:
    add_outcomes(con, ("de", "clean", 0), [1, 1])
    add_outcomes(con, ("de", "typo_mix", 1), [1])
    add_outcomes(con, ("de", "typo_mix", 3), [1], eligible=[0], edits=[0])
    rows = ask(con, "from cell_noise order by severity")
    assert [(row["clean_tokens"], row["fertility"]) for row in rows] == [(None, None)] * 2
    assert rows[1]["realised_rate"] is None


def test_views_and_functions_work_without_xtb(db: Path) -> None:
    """A file made here answers in a plain DuckDB that knows nothing of xtb."""
    asked = [*(f"from {view}" for view in files("views"))]
    asked += ["select worst_of_k(3, 4, 2)", "from worst_case_of(['none'])", "from worst_of_draws(2)"]
    code = (
        "import sys, duckdb\n"
        "con = duckdb.connect(sys.argv[1], read_only=True)\n"
        "for sql in sys.argv[2:]: con.execute(sql).fetchall()\n"
        "print(con.execute('select worst_of_k(3, 4, 2)').fetchall()[0][0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(db), *asked], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) == 0.5
