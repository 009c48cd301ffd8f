"""Where something stands in other people's files, and the rows that come of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
"""Column -> value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: a file, and a line or row from 1; 0 is the file as a whole."""

    file: Path
    line: int = 0
