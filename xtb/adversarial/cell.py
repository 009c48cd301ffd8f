"""The identity of an attack on one language."""

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from warehouse.rows import ATTACK_KEY, FACTS
from xtb import run
from xtb.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackCell:
    """What names an attack beside the run that is attacked; see the table ``attack``.

    Attributes:
        settings: ``xtb.adversarial.catalog.settings_text``.
        victim_run_id: run that the texts are made against.
    """

    task: str
    split: str
    language: str
    attack: str
    settings: str
    seed: int
    budget: int
    victim_run_id: str

    def key(self, run_id: str) -> dict[str, Any]:
        """The values of ``ATTACK_KEY``."""
        values = {"run_id": run_id, **asdict(self)}
        return {name: values[name] for name in ATTACK_KEY}


def rows_of(found: Run, table: str, cell: AttackCell) -> pl.DataFrame:
    """What a run folder holds of an attack in one of its tables."""
    key = {name: value for name, value in cell.key(found.run_id).items() if name in FACTS[table].columns}
    return run.read_table(found.folder, table).filter(*(pl.col(name) == value for name, value in key.items()))
