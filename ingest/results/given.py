"""What a person says about other people's results where the files do not: ``--set language=de``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest import catalog
from ingest.results.values import Unfit, name, number_in
from warehouse.errors import UnknownName, UsageError

RUN_FIELDS = (
    "encoder",
    "regime",
    "intermediate",
    "intermediate_language",
    "robust",
    "robust_stage",
    "target",
    "seed",
)
"""Columns of ``run`` that can be said."""

CELL_FIELDS = ("task", "split", "language", "perturbation", "severity", "noise_seed", "metric")
"""Columns of ``score`` that can be said."""

_NUMBERS = {"seed": 2**63, "severity": 6, "noise_seed": 2**31}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was said, by column; it goes before what the files say."""

    run: Mapping[str, Any] = field(default_factory=dict)
    cell: Mapping[str, Any] = field(default_factory=dict)


def given(pairs: Mapping[str, Any]) -> Given:
    """Sort what was said, and see that it can be.

    Args:
        pairs: column -> value, numbers also as text.

    Raises:
        UnknownName: no such column, or no such perturbation.
        UsageError: a value that the column cannot hold.
    """
    said = {column: _value(column, value) for column, value in pairs.items()}
    if "perturbation" in said:
        catalog.perturbation(said["perturbation"])
    return Given(
        run={column: value for column, value in said.items() if column in RUN_FIELDS},
        cell={column: value for column, value in said.items() if column in CELL_FIELDS},
    )


def _value(column: str, value: Any) -> Any:
    if column not in (*RUN_FIELDS, *CELL_FIELDS):
        raise UnknownName("column", column, (*RUN_FIELDS, *CELL_FIELDS), "xtb ingest --help")
    try:
        if column not in _NUMBERS:
            return name(value, column)
        number = number_in(value)
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < _NUMBERS[column]:
            raise Unfit(f"{column} {value!a:.40} is no whole number below {_NUMBERS[column]}")
    except Unfit as unfit:
        raise UsageError(f"--set {column}: {unfit}") from unfit
    return number
