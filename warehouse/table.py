"""What a table of the warehouse is as a typed frame."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: what a row is, its columns with types, and the columns that identify a row."""

    name: str
    grain: str
    columns: Mapping[str, pl.DataType | type[pl.DataType]]
    key: tuple[str, ...]

    @property
    def schema(self) -> pl.Schema:
        """The columns as polars has them."""
        return pl.Schema(self.columns)

    def empty(self) -> pl.DataFrame:
        """A frame of this table without rows."""
        return pl.DataFrame(schema=self.schema)
