"""``xtb claims``: what the literature claims, held against the warehouse."""

import json as jsonlib
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xtb.cli.asking import say
from xtb.cli.options import DATABASE, Database, Json

if TYPE_CHECKING:
    from reports.claims import Claim, Finding


def command(
    name: Annotated[
        str | None,
        typer.Argument(metavar="CLAIM", help="Only this claim, with every value.", show_default=False),
    ] = None,
    sql: Annotated[
        str | None, typer.Option(metavar="CLAIM", help="Print the SQL that gathers its evidence.")
    ] = None,
    json: Json = False,
    db: Database = DATABASE,
) -> None:
    """Claims of the literature: supported, contradicted or untested by what the warehouse holds.

    Published results and your own runs are judged apart. The claims come with xtb ingest published, each with
    its source and the SQL that tests it (--sql CLAIM); what was measured with fewer than three seeds is shown
    and decides nothing.
    """
    from reports.claims import assess
    from warehouse.connect import open_sandboxed
    from warehouse.interrupt import interruptibly
    from warehouse.render import plain, write_table

    with open_sandboxed(db, on_wait=say) as con:
        found = interruptibly(con, lambda: assess(con, sql or name))
    if sql is not None:
        typer.echo(found[0].sql)
    elif json:
        typer.echo(jsonlib.dumps([plain(asdict(one)) for one in found], indent=1, ensure_ascii=False))
    elif name is not None:
        _one(found[0])
    else:
        write_table(("claim", "stated", "published", "own"), map(_row, found), sys.stdout)
        say("xtb claims CLAIM shows what is claimed, by whom, and the values")


def _row(claim: "Claim") -> list[Any]:
    return [claim.claim, _stated(claim), _told(claim, claim.published), _told(claim, claim.own)]


def _stated(claim: "Claim") -> str:
    if claim.rule == "most":
        return f"gain in {claim.stated:.0%}"
    if claim.rule == "above":
        return "above 0"
    shown = f"{claim.stated:,.0f}" if claim.rule == "count" else f"{claim.stated:+.1f}"
    margin = "" if claim.tolerance is None else f" ± {claim.tolerance:g}"
    return f"{shown}{margin}"


def _told(claim: "Claim", finding: "Finding") -> str:
    """Status, and the values of up to three subjects."""
    values = [_number(claim, one.value) for one in finding.subjects if one.value is not None]
    numbers = ", ".join(values[:3]) + (", ..." if len(values) > 3 else "")
    return finding.status + (f" ({numbers})" if numbers else "")


def _number(claim: "Claim", value: float) -> str:
    return f"{value:,.0f}" if claim.unit == "examples" else f"{value:+.2f}"


def _one(claim: "Claim") -> None:
    from warehouse.render import write_table

    typer.echo(f"{claim.statement}.\n{claim.source}\n{claim.url}\nneeds {claim.needs}")
    for kind, finding in (("published", claim.published), ("own", claim.own)):
        why = f": {finding.why}" if finding.why else ""
        typer.echo(f"\n{kind}: {finding.status}{why}")
        if finding.subjects:
            write_table(
                ("subject", "n", claim.unit, "low", "high", "verdict", "why"),
                (
                    [one.subject, one.n, *map(_rounded, (one.value, one.low, one.high)), one.verdict, one.why]
                    for one in finding.subjects
                ),
                sys.stdout,
            )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
