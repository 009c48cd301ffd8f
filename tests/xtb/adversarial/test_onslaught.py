"""The whole road of an attack: publish, resume, replay, take in, check, ask."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.xtb.workshop import place_in, small_spec
from warehouse.check import check
from warehouse.connect import Connection, open_for_writing
from warehouse.errors import UnknownName, UsageError
from warehouse.load import load_runs
from warehouse.query import query
from warehouse.rows import ATTACK_KEY
from xtb.adversarial import curve, onslaught, writer
from xtb.adversarial.curve import mean_norm
from xtb.adversarial.onslaught import attack_run
from xtb.adversarial.order import Order, assaults
from xtb.adversarial.replay import read_texts, replay_run
from xtb.adversarial.results import scored, write_texts
from xtb.adversarial.victim import Seen
from xtb.errors import BadRun, Interrupted
from xtb.fit import train_run
from xtb.run import Run, publish, read_run, read_table
from xtb.stop import Stop

ORDER = Order(
    attacks=("greedy_char", "worst_of_k"),
    tasks=("mini_nli",),
    languages=("en",),
    budget=40,
    limit=24,
    given=("max_edit_rate=0.3",),
)


@pytest.fixture(scope="module")
def trained(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("attacked")
    for seed in (1, 2):
        train_run(small_spec(tiny_encoder, seed=seed), str(tiny_encoder), place_in(runs))
    return runs


@pytest.fixture
def runs(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of two trained runs, attacked in blocks of 8 examples."""
    monkeypatch.setattr(writer, "BLOCK", 8)
    shutil.copytree(trained, tmp_path / "runs")
    return tmp_path / "runs"


def both(runs: Path) -> tuple[Run, Run]:
    first, second = sorted((path.parent for path in runs.glob("*/run.json")), key=lambda path: path.name)
    return read_run(first), read_run(second)


def attacked(found: Run, order: Order = ORDER, **more: Any) -> Any:
    place = place_in(found.folder.parent, **more)
    return attack_run(found, assaults(order, found, place), place, shard_seconds=0)


def rows(found: Run) -> pl.DataFrame:
    return read_table(found.folder, "attack_outcome").sort(*ATTACK_KEY, "example_id")


@pytest.fixture
def con(catalogued: Path, tmp_path: Path) -> Iterator[Connection]:
    with open_for_writing(Path(shutil.copy(catalogued, tmp_path))) as con:
        yield con


def test_every_success_is_a_text_that_fools_and_was_held_against_a_fresh_pass(runs: Path) -> None:
    found, _ = both(runs)
    done = attacked(found)
    assert (done.asked, done.before, done.now) == (2, 0, 2)
    outcomes = rows(found)
    assert outcomes.height == 48
    won = outcomes.filter("fooled")
    assert won.height > 0
    assert won["verified"].all()
    assert won["token_changed"].all()
    assert (won["adversarial_prediction"] != won["clean_prediction"]).all()
    assert outcomes.filter(~pl.col("clean_right"))["adversarial"].is_null().all()
    for row in won.iter_rows(named=True):
        assert json.loads(row["original"]).keys() == json.loads(row["adversarial"]).keys()
        assert row["original"] != row["adversarial"]
        assert 0 < row["queries"] <= 40


def test_a_killed_attack_ends_with_the_rows_of_one_that_was_not(runs: Path, tmp_path: Path) -> None:
    found, _ = both(runs)
    shutil.copytree(runs, tmp_path / "twin")
    twin = read_run(tmp_path / "twin" / found.run_id)
    attacked(twin)
    stop = Stop()
    with pytest.raises(Interrupted, match="8 of 24 examples are done"):
        attacked(found, stop=stop, report=lambda news: stop.request())
    assert rows(found).height == 8
    assert read_table(found.folder, "attack").is_empty()
    attacked(found)
    assert rows(found).equals(rows(twin))
    shards = sorted(path.name for path in found.folder.iterdir())
    assert attacked(found).before == 2
    assert sorted(path.name for path in found.folder.iterdir()) == shards


def test_texts_of_one_run_are_replayed_on_another(runs: Path, tmp_path: Path, con: Connection) -> None:
    first, second = both(runs)
    attacked(first)
    place = place_in(runs)
    cells = [one.cell for one in assaults(ORDER, first, place)]
    write_texts(tmp_path / "texts.parquet", first, cells)
    wanted = Order(attacks=("greedy_char",), tasks=())
    texts = read_texts(str(tmp_path / "texts.parquet"), runs, wanted)
    assert [one.cell for one in read_texts(first.run_id, runs, wanted)] == [one.cell for one in texts]
    assert replay_run(second, texts, place).now == 1
    assert replay_run(second, texts, place).before == 1
    made, again = (rows(run).filter(attack="greedy_char") for run in (first, second))
    common = again.filter(pl.col("adversarial").is_not_null()).join(made, on="example_id", suffix="_made")
    assert (common["adversarial"] == common["adversarial_made"]).all()
    assert (common["edits"] == common["edits_made"]).all()
    load_runs(con, runs)
    assert check(con) == []
    (row,) = query(con, "from attack_transfer").to_dicts()
    assert (row["run_id"], row["victim_run_id"], row["n"]) == (second.run_id, first.run_id, 24)
    both_right = made.join(again, on="example_id", suffix="_b").filter("fooled", "clean_right_b")
    assert row["texts"] == both_right.height
    assert row["transferred"] == both_right["fooled_b"].sum()


def test_texts_replayed_on_their_own_run_give_the_same(runs: Path) -> None:
    found, _ = both(runs)
    attacked(found)
    with pytest.raises(UsageError, match="no adversarial texts of attack polygloss"):
        read_texts(found.run_id, runs, Order(attacks=("polygloss",), tasks=()))
    for one in read_texts(found.run_id, runs, Order(attacks=(), tasks=())):
        assert replay_run(found, [one], place_in(runs)).before == 1


def test_the_warehouse_holds_attacks_to_their_outcomes(runs: Path, con: Connection) -> None:
    found, _ = both(runs)
    attacked(found)
    load_runs(con, runs)
    assert check(con) == []
    views = query(con, "from attack_success order by attack").to_dicts()
    for row, said in zip(
        views, scored(found, [one.cell for one in assaults(ORDER, found, place_in(runs))]), strict=True
    ):
        assert (row["attack_success_rate"], row["robust_accuracy"]) == (
            said["attack_success_rate"],
            said["robust_accuracy"],
        )
        assert (row["median_queries"], row["median_edit_rate"]) == (
            said["median_queries"],
            said["median_edit_rate"],
        )
    con.execute("update attack set verified = verified - 1 where attack = 'greedy_char'")
    assert [violation.check for violation in check(con)] == ["attack_counts"]


def test_what_does_not_apply_says_why(runs: Path) -> None:
    found, _ = both(runs)
    order = Order(
        attacks=("worst_of_k",),
        tasks=("mini_nli",),
        languages=("en",),
        limit=6,
        given=("perturbation=digit_script",),
    )
    attacked(found, order)
    (row,) = read_table(found.folder, "attack").to_dicts()
    assert row["error"].startswith("not applicable: digit_script")
    assert row["n"] is None


@pytest.mark.parametrize(
    ("order", "error", "says"),
    [
        (Order(attacks=(), tasks=("mini_nli",)), UsageError, "name at least one attack"),
        (Order(attacks=("greedy_chars",), tasks=("mini_nli",)), UnknownName, "greedy_char"),
        (Order(attacks=("worst_of_k",), tasks=("mini_nli",), given=("k=ten",)), UsageError, "whole number"),
        (Order(attacks=("worst_of_k",), tasks=("mini_nli",), given=("kk=1",)), UsageError, "no setting 'kk'"),
        (Order(attacks=("worst_of_k",), tasks=("mini_nli",), given=("k",)), UsageError, "NAME=VALUE"),
        (Order(attacks=("worst_of_k",), tasks=("mini_nli",), languages=("xx",)), UnknownName, "xx"),
        (
            Order(attacks=("worst_of_k",), tasks=("mini_nli",), given=("goal=top20",)),
            UsageError,
            "no goal 'top20'; pair tasks have label",
        ),
        (
            Order(attacks=("greedy_char",), tasks=("tatoeba",), given=("goal=top20",)),
            UsageError,
            "needs a ranking",
        ),
        (Order(attacks=("worst_of_k",), tasks=("mini_nli",), translator="t"), UsageError, "for the attack b"),
        (
            Order(attacks=("bumblebee",), tasks=("mini_nli",), translator="nowhere"),
            UsageError,
            "no translator in 'nowhere'",
        ),
        (Order(attacks=("worst_of_k", "addsent"), tasks=("mini_nli",)), UsageError, "not defined for pair"),
        (
            Order(attacks=("worst_of_k",), tasks=("mini_nli",), given=("min_similarity=0.5",)),
            UsageError,
            "--similarity",
        ),
    ],
)
def test_a_wrong_order_is_refused_in_a_line(runs: Path, order: Order, error: Any, says: str) -> None:
    found, _ = both(runs)
    with pytest.raises(error, match=says):
        assaults(order, found, place_in(runs))


@pytest.mark.parametrize(
    ("attack", "setting", "says"),
    [
        ("worst_of_k", "k=0", "a whole number from 1"),
        ("greedy_char", "max_edit_rate=-1", "a number from 0"),
        ("greedy_char", "max_edit_rate=nan", "a number from 0"),
        ("greedy_char", "fields=context", "those of 'mini_nli': first, second"),
        ("imperceptible", "families=magic", "families=magic are not among invisible"),
        ("imperceptible", "population=1", "at least 2 members"),
        ("pgd_embedding", "radii=1,-1", "radii=1,-1 are not numbers from 0"),
        ("pgd_embedding", "steps=0", "a whole number from 1"),
        ("pgd_embedding", "max_edit_rate=0.1", "has no setting 'max_edit_rate'"),
    ],
)
def test_a_setting_that_would_give_wrong_numbers_is_refused(
    runs: Path, attack: str, setting: str, says: str
) -> None:
    found, _ = both(runs)
    with pytest.raises(UsageError, match=says):
        assaults(Order(attacks=(attack,), tasks=("mini_nli",), given=(setting,)), found, place_in(runs))


def test_texts_of_other_data_are_refused(runs: Path) -> None:
    first, second = both(runs)
    attacked(first)
    texts = read_texts(first.run_id, runs, Order(attacks=("greedy_char",), tasks=()))
    other = texts[0].outcomes.with_columns(example_id=pl.lit("nobody-") + pl.col("example_id"))
    with pytest.raises(Exception, match="texts are of other data"):
        replay_run(second, [texts[0].__class__(cell=texts[0].cell, outcomes=other)], place_in(runs))


def test_only_a_trained_run_is_attacked(runs: Path) -> None:
    found, _ = both(runs)
    failed = Run(folder=found.folder, record={**found.record, "status": "failed"}, spec=found.spec)
    with pytest.raises(BadRun, match="is not trained"):
        onslaught.carry_out(failed, [], place_in(runs))


def test_a_similarity_of_one_lets_nothing_through_but_equal_vectors(runs: Path, tiny_encoder: Path) -> None:
    found, _ = both(runs)
    order = Order(
        attacks=("greedy_char",),
        tasks=("mini_nli",),
        languages=("en",),
        limit=24,
        budget=40,
        given=("min_similarity=0.99", "max_edit_rate=0.3"),
        similarity=str(tiny_encoder),
    )
    attacked(found, order)
    kept = rows(found).filter(pl.col("adversarial").is_not_null())
    assert kept["settings"][0].startswith("limit=24 max_edit_rate=0.3 min_similarity=0.99 similarity=")
    assert (kept["similarity"] >= 0.99 - 1e-5).all()


def curve_order(radii: str) -> Order:
    given = (f"radii={radii}", "steps=3")
    return Order(attacks=("pgd_embedding",), tasks=("mini_nli",), languages=("en",), limit=12, given=given)


def curve_of(found: Run) -> pl.DataFrame:
    return read_table(found.folder, "embedding_attack").sort("settings", "radius")


def test_curves_are_published_by_radius_and_grow_from_clean(runs: Path, con: Connection) -> None:
    found, _ = both(runs)
    order = curve_order("0.1,1")
    assert attacked(found, order).now == 1
    curve = curve_of(found)
    assert curve["radius"].to_list() == [0, 0.1, 1]
    assert curve["loss"][0] == curve["climbed_loss"][0] == curve["clean_loss"][0]
    assert curve["fooled"][0] == 0
    assert curve["loss"].is_sorted()
    assert curve["fooled"].is_sorted()
    assert read_table(found.folder, "attack").is_empty()
    assert attacked(found, order).before == 1
    publish(found.folder, "embedding_attack", curve.head(0))
    load_runs(con, runs)
    assert check(con) == []


def test_a_larger_ball_holds_what_a_smaller_one_does_also_after_a_kill(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk in the large ball is made to find less: each example keeps what the small one found."""
    found, _ = both(runs)

    def fall_short(victim: Any, attack: Any, assault: Any, examples: Any, radius: float) -> list[Seen]:
        clean = victim.see(examples)
        norm = mean_norm(victim)
        # By itself radius .5 raises every loss by 2 and fools; radius 1 every other one by 3, and fools none.
        raised = (2.0, 2.0) if radius < norm * 0.9 else (3.0, 0.0)
        return [
            one._replace(loss=one.loss + raised[i % 2], fooled=radius < norm * 0.9)
            for i, one in enumerate(clean)
        ]

    monkeypatch.setattr(curve, "worst_points", fall_short)
    stop = Stop()
    with pytest.raises(Interrupted, match="2 of 3 radii are done"):
        attacked(
            found, curve_order("0.5,1"), stop=stop, report=lambda news: news.done == 2 and stop.request()
        )
    assert curve_of(found)["radius"].to_list() == [0, 0.5]
    attacked(found, curve_order("0.5,1"))
    resumed = curve_of(found)
    clean = resumed["clean_loss"][0]
    assert resumed["loss"].to_list() == pytest.approx([clean, clean + 2, clean + 2.5])
    assert resumed["climbed_loss"].to_list() == pytest.approx([clean, clean + 2, clean + 1.5])
    assert resumed["fooled"].to_list() == [0, *[resumed["clean_right"][0]] * 2]
    attacked(found, curve_order("1,0.5"))
    rising, falling = curve_of(found).partition_by("settings", include_key=False)
    assert rising.equals(falling)


@pytest.mark.slow
def test_a_trigger_is_found_once_for_all_languages_and_replayed(runs: Path, con: Connection) -> None:
    first, second = both(runs)
    order = Order(
        attacks=("universal_trigger",),
        tasks=("mini_nli",),
        languages=("en", "qle"),
        limit=16,
        given=("examples=8", "rounds=1", "candidates=3"),
    )
    assert attacked(first, order).now == 2
    (kept,) = first.folder.glob("universal_trigger-*.json")
    trigger = json.loads(kept.read_text())["trigger"]
    made = rows(first).filter(pl.col("adversarial").is_not_null())
    assert set(made["language"]) == {"en", "qle"}
    assert all(json.loads(text)["second"].startswith(f"{trigger} ") for text in made["adversarial"])
    texts = read_texts(first.run_id, runs, Order(attacks=(), tasks=()))
    assert replay_run(second, texts, place_in(runs)).now == 2
    load_runs(con, runs)
    assert check(con) == []
