"""``xtb ingest published``: results of others that ship with xtb."""

import json
from dataclasses import asdict
from pathlib import Path

import typer

from xtb.cli.asking import say

SHOWN = {"published": "numbers", "score": "scores", "run": "runs"}
"""Tables that the line about what was taken in counts."""


def take_in_published(db: Path, wait: float, *, as_json: bool) -> None:
    """Take in what is new of what ships, and say so."""
    from ingest.published.ship import shipped
    from warehouse.interrupt import interruptibly
    from warehouse.published import load_published
    from xtb.intake import open_for_intake

    everything = shipped()
    with open_for_intake(db, wait_seconds=wait, on_wait=say) as con:
        done = interruptibly(con, lambda: load_published(con, everything))
    if as_json:
        typer.echo(json.dumps({"db": str(db), "published": asdict(done)}, indent=1))
        return
    counts = [f"{count:,} {SHOWN[name]}" for name, count in done.rows.items() if name in SHOWN]
    rows = ", ".join(counts) or "no new rows"
    typer.echo(f"published: {done.new} new tables ({rows}), {done.known} known -> {db}")
