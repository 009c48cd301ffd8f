"""Statuses of claims, on evidence made by hand."""

from collections.abc import Iterator
from typing import Any

import pytest

from reports.claims import KINDS, Kind, assess, judge
from reports.errors import Refused
from warehouse.connect import Connection, open_in_memory
from warehouse.errors import UnknownName, UsageError
from warehouse.migrate import migrate


def claim(rule: str, stated: float = 0.0, tolerance: float | None = None) -> dict[str, Any]:
    return {"claim": "x", "rule": rule, "stated": stated, "tolerance": tolerance, "needs": "three seeds"}


def rows(*values: float | None, subject: str = "a", lacking: str | None = None) -> list[dict[str, Any]]:
    return [
        {"subject": subject, "replicate": str(seed), "value": value, "lacking": lacking}
        for seed, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("rule", "stated", "tolerance", "values", "status"),
    [
        ("count", 392_702, None, [392_702, 392_702], "supported"),
        ("count", 392_702, None, [392_702, 392_701], "contradicted"),
        ("amount", 8.2, 1.0, [8.1, 8.2, 8.3], "supported"),
        ("amount", 8.2, 1.0, [2.1, 2.2, 2.3], "contradicted"),
        ("amount", 8.2, 1.0, [6.2, 8.2, 10.2], "untested"),  # 8.2 +- 4.30 * 2 / sqrt(3)
        ("amount", 8.2, 1.0, [8.1, 8.3], "untested"),  # two seeds
        ("none", 0.0, 1.0, [-0.1, 0.0, 0.1], "supported"),
        ("none", 0.0, 1.0, [-2.1, -2.0, -1.9], "contradicted"),
        ("none", 0.0, 1.0, [-2.0, 0.0, 2.0], "untested"),
        ("above", 0.0, None, [0.9, 1.0, 1.1], "supported"),
        ("above", 0.0, None, [-1.1, -1.0, -0.9], "contradicted"),
        ("above", 0.0, None, [-1.0, 0.5, 2.0], "untested"),
        ("above", 0.0, None, [0.0, 0.0, 0.0], "contradicted"),
    ],
)
def test_own_runs_decide_by_their_interval(
    rule: str, stated: float, tolerance: float | None, values: list[float], status: str
) -> None:
    assert judge(claim(rule, stated, tolerance), "own", rows(*values)).status == status


def test_the_interval_is_that_of_t() -> None:
    """Mean 2, standard error 1 / sqrt(3); t of 2 degrees of freedom: 4.302653 at 97.5 %, 2.919986 at 95 %."""
    [wide] = judge(claim("above"), "own", rows(1.0, 2.0, 3.0)).subjects
    assert (wide.low, wide.high) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5), abs=1e-6)
    [tost] = judge(claim("none", tolerance=1.0), "own", rows(1.0, 2.0, 3.0)).subjects
    assert (tost.low, tost.high) == pytest.approx((2 - 2.919986 / 3**0.5, 2 + 2.919986 / 3**0.5), abs=1e-6)


def test_a_printed_mean_is_taken_as_it_stands() -> None:
    none = claim("none", tolerance=1.0)
    assert judge(none, "published", rows(0.8)).status == "supported"
    assert judge(none, "published", rows(1.2)).status == "contradicted"
    assert judge(none, "own", rows(0.8)).status == "untested"


def test_editions_that_disagree_leave_a_claim_untested() -> None:
    both = [*rows(0.8, subject="one"), *rows(1.2, subject="other")]
    found = judge(claim("none", tolerance=1.0), "published", both)
    assert (found.status, found.why) == ("untested", "they disagree: 1 for it, 1 against")


def test_most_counts_the_subjects_that_gain() -> None:
    gains = [row for task in "abcd" for row in rows(1.0, 2.0, 3.0, subject=task)]
    loses = rows(-1.0, -1.0, 0.5, subject="e")
    few = rows(5.0, subject="f")  # one seed: left out
    assert judge(claim("most", 0.8), "own", [*gains, *loses, *few]).why == "4 of 5 gain"
    assert judge(claim("most", 0.8), "own", [*gains, *loses, *few]).status == "supported"
    assert judge(claim("most", 0.9), "own", [*gains, *loses, *few]).status == "contradicted"


def test_what_lacks_something_is_shown_and_decides_nothing() -> None:
    found = judge(claim("amount", 5.4, 1.0), "published", rows(5.4, lacking="the claim itself"))
    assert (found.status, found.why) == ("untested", "the claim itself")
    [shown] = found.subjects
    assert (shown.value, shown.verdict) == (5.4, "untested")


def test_without_evidence_it_says_what_is_needed() -> None:
    for kind in KINDS:
        found = judge(claim("above"), kind, [])
        assert (found.status, found.why, found.subjects) == ("untested", "needs three seeds", ())


@pytest.fixture
def con() -> Iterator[Connection]:
    with open_in_memory() as con:
        migrate(con)
        yield con


def put(con: Connection, sql: str, rule: str = "above") -> None:
    con.execute(
        "insert into claim (claim, statement, source, rule, stated, unit, needs, sql) "
        "values ('mine', 'it helps', 'me', $rule, 0, 'points', 'runs', $sql)",
        {"sql": sql, "rule": rule},
    )


EVIDENCE = "'{kind}' as evidence, 's' as subject, '1' as replicate, 2.0 as value, null as lacking"


@pytest.mark.parametrize("kind", KINDS)
def test_published_and_own_are_kept_apart(con: Connection, kind: Kind) -> None:
    put(con, "select " + EVIDENCE.format(kind=kind))
    [found] = assess(con)
    assert (found.published.status, found.own.status) == (
        ("supported", "untested") if kind == "published" else ("untested", "untested")
    )
    assert [len(each.subjects) for each in (found.published, found.own)] == [
        int(kind == "published"),
        int(kind == "own"),
    ]


def test_faults_of_a_claim_are_named(con: Connection) -> None:
    with pytest.raises(UsageError, match="xtb ingest published"):
        assess(con)
    put(con, "select 1 as value")
    with pytest.raises(Refused, match="'mine' gives no column evidence, subject, replicate, lacking"):
        assess(con)
    with pytest.raises(UnknownName, match="Did you mean 'mine'"):
        assess(con, "mina")
    con.execute("delete from claim")
    put(con, "select " + EVIDENCE.format(kind="published"), rule="often")
    with pytest.raises(Refused, match="unknown rule 'often'"):
        assess(con)
