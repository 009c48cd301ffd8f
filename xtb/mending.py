"""What kills and bad disks leave in a run folder, put right before more is measured.

A kill between publishing outcomes and their scores leaves outcomes without scores: they are scored. A damaged
shard (its content is not what its name says) is set aside under another name, which nothing reads. What it
held is measured again; scores whose outcomes it held go with it, for a score stands on its outcomes.
"""

from pathlib import Path

import polars as pl

from ingest import catalog
from warehouse.rows import CELL_KEY
from xtb import files, run
from xtb.cellrows import score_rows
from xtb.run import Run
from xtb.spec import Cell

ASIDE = ".damaged"


def without_outcomes(folder: Path) -> set[Cell]:
    """Cells whose scores stand on outcomes that were damaged."""
    if not run.damaged(folder, "outcome"):
        return set()
    scores = run.read_sound(folder, "score").filter(pl.col("error").is_null(), pl.col("n") > 0)
    return run.cells_of(scores) - run.cells_of(run.read_sound(folder, "outcome"))


def set_aside(found: Run) -> list[Path]:
    """Put damaged shards of scores and outcomes out of the way. The caller holds the run's lock.

    Returns:
        The damaged ones, as they were called.
    """
    folder = found.folder
    broken = [shard for table in ("score", "outcome") for shard in run.damaged(folder, table)]
    lost = without_outcomes(folder)
    unfounded = [
        shard for shard in run.shards(folder, "score") if lost & run.cells_of(pl.read_parquet(shard))
    ]
    for shard in [*unfounded, *broken]:
        shard.rename(shard.with_name(shard.name + ASIDE))
    if broken:
        files.sync_folder(folder)
    return broken


def mend(found: Run) -> None:
    """Publish the scores of cells whose outcomes were published just before a kill."""
    outcomes = run.read_table(found.folder, "outcome")
    lost = run.cells_of(outcomes) - run.cells_done(found.folder)
    if not lost:
        return
    rows = []
    for cell in outcomes.partition_by(CELL_KEY):
        key = {name: cell[name][0] for name in CELL_KEY}
        if Cell(**key) not in lost:
            continue
        rows.append(score_rows(found.run_id, Cell(**key), catalog.task(key["task"]).metrics, cell))
    limits = [facts["limit"] for facts in run.metadata(found.folder, "outcome") if "limit" in facts]
    run.publish(found.folder, "score", pl.concat(rows), {"limit": limits[0]} if limits else {})
