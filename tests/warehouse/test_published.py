"""Taking published numbers in: replaced whole, again without effect, all or nothing."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from warehouse.check import check
from warehouse.connect import Connection, DatabaseError
from warehouse.published import LoadedPublished, Shipped, load_published
from warehouse.published_rows import CLAIM, PUBLISHED, TRAINING_MIX
from warehouse.rows import RUN, SCORE, STAGE


def rows(table: Any, *found: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{**dict.fromkeys(table.columns), **row} for row in found], schema=table.schema)


def shipped(
    values: Mapping[str, float] | None = None, *, digests: Mapping[str, str] | None = None
) -> Shipped:
    """Two tables, one number of xnli in German each, and an average that is no score."""
    values = values or {"a": 70.0, "b": 71.5}
    numbers, runs, scores = [], [], []
    for name, value in values.items():
        common = {"table_name": name, "source": f"Paper {name}", "scale": "percent", "task": "xnli"}
        numbers += [
            {
                **common,
                "line": 1,
                "value": value,
                "run_id": f"pub-{name}",
                "score_language": "de",
                "score_metric": "accuracy",
                "score_split": "test",
            },
            {**common, "line": 2, "value": value + 1, "language": "avg"},
        ]
        runs.append(
            {
                "run_id": f"pub-{name}",
                "source": f"published:{name}",
                "encoder": "XLM-R Base",
                "regime": "direct",
                "intermediate": "none",
                "intermediate_language": "none",
                "robust": "none",
                "robust_stage": "none",
                "target": "xnli",
                "status": "trained",
            }
        )
        scores.append(
            {
                "run_id": f"pub-{name}",
                "task": "xnli",
                "split": "test",
                "language": "de",
                "perturbation": "clean",
                "severity": 0,
                "noise_seed": 0,
                "metric": "accuracy",
                "value": value / 100,
            }
        )
    claims = [{name: "x" for name, kind in CLAIM.columns.items() if kind == pl.String}]
    return Shipped(
        frames={
            "published": rows(PUBLISHED, *numbers),
            "run": rows(RUN, *runs),
            "score": rows(SCORE, *scores),
            "stage": STAGE.empty(),
            "training_mix": TRAINING_MIX.empty(),
            "claim": rows(CLAIM, *claims),
        },
        digests=digests or dict.fromkeys(values, "1"),
    )


def held(con: Connection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def test_all_of_it_is_taken_in_and_the_checks_pass(con: Connection) -> None:
    done = load_published(con, shipped())
    assert done == LoadedPublished(
        new=2, known=0, rows={"run": 2, "score": 2, "stage": 0, "training_mix": 0, "published": 4}
    )
    assert check(con) == []
    assert held(con, "select source, value, published_value from published_score order by all") == [
        ("Paper a", 0.7, 70.0),
        ("Paper b", 0.715, 71.5),
    ]
    assert held(con, "select count(*) from claim") == [(1,)]


def test_again_changes_nothing(con: Connection) -> None:
    load_published(con, shipped())
    before = held(con, "select * replace (loaded_at::varchar as loaded_at) from published_table order by all")
    assert load_published(con, shipped()) == LoadedPublished(new=0, known=2, rows={})
    assert (
        held(con, "select * replace (loaded_at::varchar as loaded_at) from published_table order by all")
        == before
    )
    assert held(con, "select count(*) from score") == [(2,)]


def test_another_edition_of_a_table_takes_the_place_of_the_old_one(con: Connection) -> None:
    load_published(con, shipped())
    done = load_published(con, shipped({"a": 70.0, "b": 60.0}, digests={"a": "1", "b": "2"}))
    assert (done.new, done.known, done.rows["score"]) == (1, 1, 1)
    assert held(con, "select value from score order by all") == [(0.6,), (0.7,)]
    assert check(con) == []


def test_a_table_that_ships_no_more_goes(con: Connection) -> None:
    load_published(con, shipped())
    load_published(con, shipped({"a": 70.0}))
    assert held(con, "select table_name from published_table") == [("a",)]
    assert held(con, "select run_id from run") == [("pub-a",)]
    assert check(con) == []


def test_other_runs_are_left_alone(con: Connection) -> None:
    con.register("mine", shipped({"a": 1.0}).frames["run"])
    con.execute(
        "insert into run by name "
        "select * replace ('mine' as run_id, 'lm-eval' as source, 3 as seed) from mine"
    )
    load_published(con, shipped())
    load_published(con, shipped({"a": 70.0}, digests={"a": "2"}))
    assert held(con, "select run_id, seed from run order by all") == [("mine", 3), ("pub-a", None)]


def test_a_fault_halfway_leaves_what_was_there(con: Connection) -> None:
    load_published(con, shipped())
    broken = shipped({"a": 50.0, "b": 50.0}, digests={"a": "2", "b": "2"})
    frames = {
        **broken.frames,
        "published": broken.frames["published"].with_columns(source=pl.lit(None, pl.String)),
    }
    with pytest.raises(DatabaseError):
        load_published(con, Shipped(frames=frames, digests=broken.digests))
    assert held(con, "select value from score order by all") == [(0.7,), (0.715,)]
    assert check(con) == []


def test_a_dimension_that_is_there_is_not_replaced(con: Connection) -> None:
    extra = pl.DataFrame({"task": ["xnli", "new"], "metric": ["f1", "f1"]})
    ready = shipped()
    load_published(con, Shipped(frames={**ready.frames, "task": extra}, digests=ready.digests))
    assert held(con, "select metric from task where task in ('new', 'xnli') order by task") == [
        ("f1",),
        ("accuracy",),
    ]


@pytest.mark.parametrize(
    "fault",
    [
        "update score set value = value + 1e-11 where run_id = 'pub-a'",
        "delete from score where run_id = 'pub-a'",
        "insert into score by name select * replace ('fr' as language) from score where run_id = 'pub-a'",
        "delete from published where table_name = 'a' and line = 2",
        "insert into published from published where line = 2",
        "delete from published_table where table_name = 'b'",
    ],
)
def test_the_check_finds_what_is_no_more_as_it_was_taken_in(con: Connection, fault: str) -> None:
    load_published(con, shipped())
    con.execute(fault)
    assert "published" in {violation.check for violation in check(con)}


def test_a_regime_is_set_beside_the_direct_one_of_its_edition(con: Connection) -> None:
    """Two editions, each with a direct and a robust run of unknown seed: pairs within editions only."""
    load_published(con, shipped({"a": 70.0}))
    con.execute("update run set data_source = 'median'")
    for run, regime, robust, edition, value in (
        ("m2", "direct", "r3f", "median", 0.75),
        ("b1", "direct", "none", "best", 0.80),
        ("b2", "direct", "r3f", "best", 0.81),
    ):
        new = f"'{run}' as run_id, '{regime}' as regime, '{robust}' as robust, '{edition}' as data_source"
        con.execute(f"insert into run by name select * replace ({new}) from run where run_id = 'pub-a'")
        new = f"'{run}' as run_id, {value} as value"
        con.execute(f"insert into score by name select * replace ({new}) from score where run_id = 'pub-a'")
    gaps = held(con, "select run_id, direct_run_id, round(gap, 9) from regime_gap order by all")
    assert gaps == [("b2", "b1", 0.01), ("m2", "pub-a", 0.05)]
