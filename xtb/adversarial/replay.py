"""Adversarial texts made before, scored on a run: the same texts for every regime."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from ingest import catalog
from ingest.example import Example
from warehouse.errors import UsageError
from warehouse.rows import ATTACK_KEY, ATTACK_OUTCOME
from xtb import run
from xtb.adversarial import stored
from xtb.adversarial.cell import AttackCell, rows_of
from xtb.adversarial.onslaught import SHARD_SECONDS, Attacked, carry_out
from xtb.adversarial.order import Order
from xtb.adversarial.search import Found
from xtb.adversarial.setting import victim_of
from xtb.adversarial.victim import Victim
from xtb.adversarial.writer import Writer
from xtb.errors import BadRun
from xtb.place import Place
from xtb.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of one attack on one language: its outcomes on the run they were made against."""

    cell: AttackCell
    outcomes: pl.DataFrame


def read_texts(name: str, runs: Path, order: Order) -> list[Texts]:
    """The texts that a file of ``--save`` or a run holds, of the attacks, tasks and languages asked for.

    Raises:
        UsageError: there are none, or the file is no such set.
        BadRun: there is no such file or run.
    """
    if Path(name).is_file():
        frame = _read(Path(name))
    else:
        other = run.find_run(runs, name)
        finished = run.read_table(other.folder, "attack").select(ATTACK_KEY)
        frame = run.read_table(other.folder, "attack_outcome").join(finished, on=ATTACK_KEY, how="semi")
        frame = frame.filter(pl.col("victim_run_id") == other.run_id)
    asked = {"attack": order.attacks, "language": order.languages or (), "task": order.tasks}
    for column, names in asked.items():
        if names:
            frame = frame.filter(pl.col(column).is_in(names))
    if frame.is_empty():
        what = ", ".join(f"{column} {'/'.join(names)}" for column, names in asked.items() if names)
        raise UsageError(f"{name} holds no adversarial texts of {what}; make some: xtb attack --attack NAME")
    found = []
    for mine in frame.partition_by(ATTACK_KEY, maintain_order=True):
        key = {column: mine[column][0] for column in ATTACK_KEY if column != "run_id"}
        found.append(Texts(cell=AttackCell(**key), outcomes=mine))
    return found


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
        return frame.select(pl.col(name).cast(kind) for name, kind in ATTACK_OUTCOME.columns.items())
    except pl.exceptions.PolarsError as error:
        line = str(error).splitlines()[0]
        raise UsageError(
            f"{path} is no set of adversarial texts ({line}); write one: xtb attack --save"
        ) from error


def replay_run(found: Run, texts: Sequence[Texts], place: Place) -> Attacked:
    """Score sets of texts on a run; those that are there are not scored again.

    Raises:
        BadRun: the run is not trained, or the texts belong to other data.
        UsageError: the run cannot do a task.
        Interrupted: asked to stop; finished blocks are published.
    """
    return carry_out(found, [partial(_replay, found, one, place) for one in texts], place)


def _replay(found: Run, texts: Texts, place: Place) -> bool:
    cell = texts.cell
    if not rows_of(found, "attack", cell).is_empty():
        return False
    task = catalog.task(cell.task).on(place.source)
    known = {example.id: example for example in task.read(place.source, cell.split, cell.language)}
    rows = {row["example_id"]: row for row in texts.outcomes.iter_rows(named=True)}
    missing = [name for name in rows if name not in known]
    if missing:
        raise BadRun(
            f"the texts are of other data: {len(missing)} of {len(rows)} examples are not in {cell.task} "
            f"{cell.split} {cell.language} of {place.source.name}, the first is {missing[0]}"
        )
    victim = victim_of(found, task, cell, place)
    writer = Writer(found, cell, place, len(rows), SHARD_SECONDS)
    try:
        for block in writer.todo([known[name] for name in rows]):
            writer.add(_block(victim, block, rows))
    finally:
        writer.flush()
    writer.finish()
    return True


def _block(victim: Victim, block: Sequence[Example], rows: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    mine = [rows[example.id] for example in block]
    texts = [_text(example, row) for example, row in zip(block, mine, strict=True)]
    clean = victim.see(block)
    attacked = [text for text, seen in zip(texts, clean, strict=True) if text is not None and not seen.fooled]
    noisy = iter(victim.see(attacked))
    found = [
        Found(example=example, clean=seen)
        if text is None or seen.fooled
        else Found(example=example, clean=seen, adversarial=text, seen=next(noisy), queries=1)
        for example, text, seen in zip(block, texts, clean, strict=True)
    ]
    return stored.rows(victim, found, [row["similarity"] for row in mine])


def _text(example: Example, row: dict[str, Any]) -> Example | None:
    """The adversarial text of an example, None where there is none.

    Raises:
        BadRun: it was made from another text.
    """
    if row["adversarial"] is None:
        return None
    text = stored.restored(example, row["adversarial"])
    if stored.restored(example, row["original"]) != example:
        raise BadRun(f"the texts are of other data: example {example.id} reads differently here")
    return text
