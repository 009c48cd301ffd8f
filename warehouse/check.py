"""Holding the warehouse against its rules.

Every file of ``checks/`` selects the rows that are wrong; its first line says what they are. The rules of
single rows (``warehouse.rules``) are one more check for each fact table. A check with the parameters
``first`` and ``next`` is run on batches of runs, because its memory grows with the outcomes it looks at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.connect import Connection
from warehouse.query import rows
from warehouse.rows import FACTS
from warehouse.rules import RULES, missing_key
from warehouse.sql import files, literal, quote

BATCH = 5_000_000
"""Outcomes looked at together by a check that runs in batches: about half a GB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One check that found faulty rows.

    Attributes:
        check: its name.
        meaning: what is wrong with the rows.
        count: how many there are.
        examples: the first of them, column by column.
    """

    check: str
    meaning: str
    count: int
    examples: tuple[Mapping[str, Any], ...]


def check_names() -> list[str]:
    """Every check, in the order in which they run."""
    return [*(f"{table}_rows" for table in FACTS), *files("checks")]


def check(
    con: Connection,
    *,
    examples: int = 5,
    on_check: Callable[[int, int, str], None] | None = None,
) -> list[Violation]:
    """Run every check.

    Args:
        con: an open connection; reading is enough.
        examples: faulty rows shown for each check.
        on_check: called before each with its number from 0, how many there are, and its name.

    Returns:
        The checks that found something; empty when the warehouse is sound.
    """
    checks = {f"{table}_rows": _row_rules(table) for table in FACTS}
    checks |= {name: (file.grain, file.text) for name, file in files("checks").items()}
    batches = _batches(con)
    found = []
    for position, (name, (meaning, sql)) in enumerate(checks.items()):
        if on_check is not None:
            on_check(position, len(checks), name)
        batched = name in files("checks") and bool(files("checks")[name].parameters)
        parts = [_run(con, sql, values, examples) for values in (batches if batched else [{}])]
        if count := sum(faulty for faulty, _ in parts):
            shown = [row for _, some in parts for row in some][:examples]
            found.append(Violation(check=name, meaning=meaning, count=count, examples=tuple(shown)))
    return found


def _run(
    con: Connection, sql: str, values: Mapping[str, str | None], examples: int
) -> tuple[int, list[dict[str, Any]]]:
    """How many rows are faulty, and the first of them."""
    counted = f"with faulty as (\n{sql}\n) select *, count(*) over () as faulty_rows from faulty limit $limit"
    result = rows(con, counted, {"limit": examples, **values})
    shown = [dict(zip(result.columns, row, strict=True)) for row in result.all()]
    count = int(shown[0]["faulty_rows"]) if shown else 0
    for row in shown:
        del row["faulty_rows"]
    return count, shown


def _batches(con: Connection) -> list[dict[str, str | None]]:
    """Bounds of the batches of runs, cut by what the ledger says of their outcomes; they hold all runs."""
    counted = con.execute(
        "select run_id, sum(rows) from shard where table_name = 'outcome' group by run_id order by run_id"
    ).fetchall()
    firsts, held = [""], 0
    for run_id, count in counted:
        if held and held + count > BATCH:
            firsts.append(run_id)
            held = 0
        held += count
    return [{"first": first, "next": after} for first, after in zip(firsts, [*firsts[1:], None], strict=True)]


def _row_rules(table: str) -> tuple[str, str]:
    """Meaning and SQL of the check that every row of a table keeps its rules."""
    faults = {"incomplete key": missing_key(table), **RULES[table]}
    named = ",\n".join(
        f"case when {condition} then {literal(name)} end" for name, condition in faults.items()
    )
    key = ", ".join(quote(column) for column in FACTS[table].key)
    sql = f"select concat_ws('; ', {named}) as fault, {key} from {quote(table)} where fault <> ''"
    return f"A row of {table} that breaks a rule of single rows.", sql
