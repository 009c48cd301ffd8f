"""Columns of a frame as numbers: factors as integer codes with named levels, covariates as floats.

Levels are sorted, as R sorts them, unless the column is a polars ``Enum`` or an order is given; levels that
no row has are left out. The first level is the reference.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from reports.errors import BadFormula

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A column of names: ``codes[i]`` is the position in ``levels`` of row i."""

    name: str
    levels: tuple[str, ...]
    codes: Ints


def require(frame: pl.DataFrame, names: Sequence[str], where: str) -> None:
    """Raise BadFormula for the first name that is no column, with the nearest that is."""
    for name in names:
        if name not in frame.columns:
            near = difflib.get_close_matches(name, frame.columns, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise BadFormula(
                f"no column '{name}' for {where}.{hint} The data have: {', '.join(frame.columns)}"
            )


def is_numeric(column: pl.Series) -> bool:
    """Whether R would take the column for a covariate rather than a factor."""
    return column.dtype.is_numeric()


def numeric(column: pl.Series) -> Floats:
    """A covariate as floats.

    Raises:
        BadFormula: the column holds text.
    """
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise BadFormula(f"column '{column.name}' holds {column.dtype}, where numbers are needed")
    return column.cast(pl.Float64).to_numpy()


def factor(column: pl.Series, order: Sequence[str] | None = None) -> Factor:
    """A column as a factor.

    Args:
        column: text, Enum, Categorical, boolean (levels FALSE, TRUE as in R) or numbers (sorted by value).
        order: levels to put first; those not named follow in sorted order.

    Raises:
        BadFormula: a level in ``order`` does not occur and nothing like it does.
    """
    if column.dtype.is_numeric():
        values, codes = np.unique(column.to_numpy(), return_inverse=True)
        names = [_number_name(value) for value in values.tolist()]
        column = pl.Series(column.name, names, dtype=pl.Enum(names)).gather(
            pl.Series(codes.astype(np.uint32))
        )
    elif column.dtype == pl.Boolean:
        column = column.replace_strict(
            {False: "FALSE", True: "TRUE"}, return_dtype=pl.Enum(["FALSE", "TRUE"])
        )
    if not isinstance(column.dtype, pl.Enum):
        text = column.cast(pl.String)
        column = text.cast(pl.Enum(text.unique().sort()))
    categories = column.dtype.categories.to_list()  # type: ignore[attr-defined]
    codes = column.to_physical().to_numpy().astype(np.int64)
    held = np.flatnonzero(np.bincount(codes, minlength=len(categories)))
    levels = _reorder(column.name, [categories[code] for code in held], order)
    number = {level: i for i, level in enumerate(levels)}
    place = np.array([number.get(category, 0) for category in categories], dtype=np.int64)
    return Factor(name=column.name, levels=tuple(levels), codes=place[codes])


def interaction(factors: Sequence[Factor]) -> Factor:
    """The combinations of several factors that occur, as one factor."""
    if len(factors) == 1:
        return factors[0]
    key = np.zeros_like(factors[0].codes)
    for each in factors:
        key = key * len(each.levels) + each.codes
    present, codes = np.unique(key, return_inverse=True)
    names: list[list[str]] = []
    for each in reversed(factors):
        present, position = np.divmod(present, len(each.levels))
        names.append([each.levels[p] for p in position])
    levels = tuple(":".join(parts) for parts in zip(*reversed(names), strict=True))
    return Factor(name=":".join(f.name for f in factors), levels=levels, codes=codes.astype(np.int64))


def distinct(columns: Mapping[str, Factor | Floats]) -> tuple[Ints, Ints]:
    """Distinct combinations of columns.

    Returns:
        The row of the first occurrence of each combination, and for every row the number of its combination.
        Combinations are numbered by their values, so that the order of rows does not matter.
    """
    key: Ints | None = None
    size = 1
    for column in columns.values():
        if isinstance(column, Factor):
            codes, count = column.codes, len(column.levels)
        else:
            values, inverse = np.unique(column, return_inverse=True)
            codes, count = inverse.astype(np.int64), len(values)
        if key is None:
            key, size = codes, count
            continue
        if size * count > 2**62:
            _, compact = np.unique(key, return_inverse=True)
            key, size = compact.astype(np.int64), int(compact.max()) + 1
        key, size = key * count + codes, size * count
    if key is None:
        raise BadFormula("a design needs at least one column")
    return first_and_inverse(key, size)


def first_and_inverse(key: Ints, size: int) -> tuple[Ints, Ints]:
    """As ``numpy.unique(key, return_index, return_inverse)``; by counting instead of sorting where keys
    are small.
    """
    if size > max(4 * len(key), 1_000_000):
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        return first.astype(np.int64), inverse.astype(np.int64)
    where = np.full(size, -1, dtype=np.int64)
    where[key[::-1]] = np.arange(len(key) - 1, -1, -1)
    present = np.flatnonzero(where >= 0)
    number = np.empty(size, dtype=np.int64)
    number[present] = np.arange(len(present))
    return where[present], number[key]


def _number_name(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _reorder(name: str, present: list[str], order: Sequence[str] | None) -> list[str]:
    if not order:
        return present
    known = [level for level in order if level in present]
    if not known:
        raise BadFormula(
            f"column '{name}' has none of the levels {', '.join(order)}; it has: {', '.join(present[:12])}"
        )
    return known + [level for level in present if level not in known]
