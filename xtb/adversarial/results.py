"""What finished attacks of a run folder say."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from warehouse.errors import UsageError
from warehouse.rows import ATTACK_OUTCOME
from xtb import files
from xtb.adversarial.cell import AttackCell, rows_of
from xtb.run import Run


def outcomes_of(found: Run, cells: Sequence[AttackCell]) -> pl.DataFrame:
    """The rows of ``attack_outcome`` of some attacks."""
    return pl.concat([ATTACK_OUTCOME.empty(), *(rows_of(found, "attack_outcome", cell) for cell in cells)])


def check_folder(path: Path) -> None:
    """Refuse a file in a folder that does not exist, before the work that it is to hold."""
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} to write {path.name} into")


def write_texts(path: Path, found: Run, cells: Sequence[AttackCell]) -> None:
    """Write the adversarial texts of some attacks into one Parquet file, for ``--replay``."""
    buffer = io.BytesIO()
    outcomes_of(found, cells).write_parquet(buffer, compression="zstd")
    files.write_file(path, buffer.getvalue())


def scored(found: Run, cells: Sequence[AttackCell]) -> list[dict[str, Any]]:
    """The finished attacks among these, with rates and costs, as the view ``attack_success`` has them."""
    made: list[dict[str, Any]] = []
    for cell in cells:
        made += rows_of(found, "embedding_attack", cell).sort("radius").to_dicts()
        for row in rows_of(found, "attack", cell).iter_rows(named=True):
            won = rows_of(found, "attack_outcome", cell).filter(pl.col("fooled") & pl.col("verified"))
            right, n, verified = row["clean_right"], row["n"], row["verified"]
            made.append(
                {
                    **row,
                    "attack_success_rate": verified / right if right else None,
                    "robust_accuracy": (right - verified) / n if n else None,
                    "median_queries": _median(won["queries"]),
                    "median_edit_rate": _median(won["edit_rate"]),
                }
            )
    return made


def _median(values: pl.Series) -> float | None:
    return float(np.median(values.to_numpy())) if len(values) else None
