"""What the views say about attacks whose numbers are worked out by hand."""

from pathlib import Path
from typing import Any

import pytest

from tests.support import attack_outcome_row, attack_row, write_run_folder, write_shard
from warehouse.check import check
from warehouse.connect import Connection
from warehouse.load import load_runs
from warehouse.query import query, resolve
from warehouse.rows import ATTACK_KEY


@pytest.fixture
def attacked(con: Connection, tmp_path: Path) -> Connection:
    """Run d: 10 examples, 8 right clean, 5 texts found after 10, 60, 60, 300 and 400 queries, one unverified.

    Run s: the texts of d replayed; it gets the last three of the five wrong clean or is not fooled by them.
    Run w is right about nothing.
    """
    spent = [10, 60, 60, 300, 400]
    made: list[dict[str, Any]] = [
        attack_outcome_row(
            "d", f"e{i}", queries=queries, edit_rate=0.01 * i, chrf=0.9, verified=i != 4, token_changed=True
        )
        for i, queries in enumerate(spent)
    ]
    made += [attack_outcome_row("d", f"e{i}") for i in (5, 6, 7)]
    made += [attack_outcome_row("d", f"e{i}", right=False) for i in (8, 9)]
    folder = write_run_folder(tmp_path, "d")
    write_shard(folder, "attack_outcome", made)
    write_shard(folder, "attack", [attack_row("d", n=10, clean_right=8, fooled=5, verified=4)])
    folder = write_run_folder(tmp_path, "s", regime="stilts", intermediate="mnli")
    again = [
        attack_outcome_row("s", "e0", victim_run_id="d", queries=1),
        attack_outcome_row("s", "e1", victim_run_id="d", queries=1),
        attack_outcome_row("s", "e2", victim_run_id="d"),
        attack_outcome_row("s", "e3", victim_run_id="d", right=False),
        *(attack_outcome_row("s", f"e{i}", victim_run_id="d") for i in range(4, 10)),
    ]
    write_shard(folder, "attack_outcome", again)
    row = attack_row("s", victim_run_id="d", n=10, clean_right=9, fooled=2, verified=2)
    write_shard(folder, "attack", [row])
    folder = write_run_folder(tmp_path, "w")
    write_shard(folder, "attack_outcome", [attack_outcome_row("w", "e0", right=False)])
    write_shard(folder, "attack", [attack_row("w", n=1, clean_right=0, fooled=0, verified=0)])
    none = attack_row("w", attack="polygloss", error="not applicable: no lexicon")
    write_shard(folder, "attack", [none | dict.fromkeys(("n", "clean_right", "fooled", "verified"))])
    report = load_runs(con, tmp_path)
    assert report.problems == ()
    return con


def test_the_key_of_an_attack_in_the_file_is_that_of_the_rows(con: Connection) -> None:
    (row,) = query(con, "select attack_key() as names").to_dicts()
    assert tuple(row["names"]) == ATTACK_KEY


def test_success_counts_verified_texts_among_what_is_right_clean(attacked: Connection) -> None:
    rows = query(attacked, "from attack_success where attack = 'greedy_char' order by run_id").to_dicts()
    direct, stilts, wrong = rows
    assert (direct["n"], direct["clean_right"], direct["successes"], direct["unverified"]) == (10, 8, 4, 1)
    assert direct["clean_accuracy"] == pytest.approx(0.8)
    assert direct["attack_success_rate"] == pytest.approx(4 / 8)
    assert direct["robust_accuracy"] == pytest.approx(0.8 * (1 - 4 / 8))
    assert (direct["median_queries"], direct["median_edit_rate"]) == (60, pytest.approx(0.015))
    assert (stilts["regime"], stilts["victim_run_id"]) == ("stilts", "d")
    assert (wrong["attack_success_rate"], wrong["robust_accuracy"]) == (None, 0)
    (refused,) = query(attacked, "from attack_success where attack = 'polygloss'").to_dicts()
    assert (refused["n"], refused["attack_success_rate"]) == (None, None)
    assert refused["error"] == "not applicable: no lexicon"
    assert check(attacked) == []


def test_success_by_queries_grows_to_that_of_the_budget(attacked: Connection) -> None:
    sql = """
        select queries, successes, attack_success_rate
        from attack_success_at_budget where run_id = 'd' order by queries
    """
    rows = query(attacked, sql).rows()
    assert rows == [(50, 1, 1 / 8), (100, 3, 3 / 8), (500, 4, 4 / 8)]
    assert query(attacked, "from attack_success_at_budget where run_id = 's'").is_empty()
    (wrong,) = query(
        attacked, "from attack_success_at_budget where run_id = 'w' and queries = 500"
    ).to_dicts()
    assert wrong["attack_success_rate"] is None


def test_transfer_counts_texts_that_fooled_their_victim_and_could_fool_this_run(attacked: Connection) -> None:
    (row,) = query(attacked, "from attack_transfer").to_dicts()
    assert (row["run_id"], row["victim_run_id"], row["victim_regime"]) == ("s", "d", "direct")
    assert (row["texts"], row["transferred"]) == (3, 2)  # e0 e1 e2; e3 is wrong clean, e4 was unverified
    assert row["transfer_rate"] == pytest.approx(2 / 3)
    assert row["robust_accuracy"] == pytest.approx(7 / 10)


def test_regimes_are_compared_by_the_texts_made_against_their_own_runs(attacked: Connection) -> None:
    """Runs d and w: clean .8 and 0, robust .4 and 0; success .5, unknown for w. The replay is left out."""
    (row,) = query(attacked, *resolve(attacked, "attack_success_by_regime", {})).to_dicts()
    assert (row["regime"], row["attack"], row["runs"], row["examples"]) == ("direct", "greedy_char", 2, 11)
    assert row["clean_accuracy"] == pytest.approx(0.4)
    assert row["attack_success_rate"] == pytest.approx(0.5)
    assert row["robust_accuracy"] == pytest.approx(0.2)
    assert row["median_queries"] == pytest.approx(60)


@pytest.mark.parametrize(("losses", "fall"), [((0.5, 1.0, 0.9), 0.1), ((0.5, 0.9, 1.0), 0.0)])
@pytest.mark.parametrize(("by_gradient", "suspicious"), [(2, True), (4, False)])
def test_gradients_that_lose_to_chance_or_fall_are_suspicious(
    con: Connection,
    tmp_path: Path,
    losses: tuple[float, ...],
    fall: float,
    by_gradient: int,
    suspicious: bool,
) -> None:
    folder = write_run_folder(tmp_path, "r")
    counts = {"n": 10, "clean_right": 8}
    for attack, won in (("hotflip", by_gradient), ("worst_of_k", 3)):
        write_shard(folder, "attack", [attack_row("r", attack=attack, fooled=won, verified=won, **counts)])
    key = {
        name: attack_row("r")[name] for name in ("run_id", "task", "split", "language", "settings", "seed")
    }
    curve = [
        {**key, **counts, "attack": "pgd_embedding", "radius": radius, "fooled": 0, "norm": 1.0}
        | {"loss": max(losses[: number + 1]), "climbed_loss": losses[number]}
        for number, radius in enumerate((0.0, 0.1, 0.2))
    ]
    write_shard(folder, "embedding_attack", [{**row, "clean_loss": 0.5} for row in curve])
    assert load_runs(con, tmp_path).problems == ()
    (row,) = query(con, *resolve(con, "gradient_masking", {})).to_dicts()
    assert row["gained_by_gradient"] == pytest.approx((by_gradient - 3) / 8)
    assert (row["radii"], row["largest_fall"]) == (2, pytest.approx(fall))
    assert row["suspicious"] == (suspicious or fall > 0)
