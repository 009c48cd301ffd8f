"""Reading a TOML file into typed values, collecting every mistake instead of stopping at the first."""

import difflib
import math
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from warehouse.errors import KnownError
from xtb.errors import BadStudy

Mistakes = list[str]
T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """The contents of a file.

    Raises:
        BadStudy: it is missing or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadStudy(f"no study file {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadStudy(f"{path} is no TOML: {error}") from error


class Table:
    """One table of the file. Each method takes a key out and returns its value, or the default.

    Args:
        values: the table.
        where: its name, for messages; empty for the top level.
        mistakes: what is wrong is added here.
    """

    def __init__(self, values: dict[str, Any], where: str, mistakes: Mistakes) -> None:
        self._values = values
        self._where = where
        self._mistakes = mistakes
        self._asked: list[str] = []

    def text(self, key: str, default: str | None = None, *, among: Sequence[str] = ()) -> str | None:
        """A string, one of ``among`` where that is given."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, str):
            return self.wrong(key, f"must be a text, not {_shown(value)}", default)
        if among and value not in among:
            return self.wrong(key, f"'{value}' is none of {', '.join(among)}.{_hint(value, among)}", default)
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of strings; a single one counts as a list."""
        value = self._take(key)
        if value is None:
            return tuple(default)
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            return self.wrong(key, f"must be a list of texts, not {_shown(value)}", tuple(default))
        return tuple(dict.fromkeys(items))

    def whole(
        self, key: str, default: int | None = None, *, least: int = 0, most: int | None = None
    ) -> int | None:
        """A whole number in a range."""
        value = self._take(key)
        if value is None:
            return default
        return value if self._is_whole(key, value, least, most) else default

    def wholes(
        self, key: str, default: Sequence[int] = (), *, least: int = 0, most: int | None = None
    ) -> tuple[int, ...]:
        """A list of whole numbers in a range; a single one counts as a list."""
        value = self._take(key)
        if value is None:
            return tuple(default)
        items = value if isinstance(value, list) else [value]
        good = [item for item in items if self._is_whole(key, item, least, most)]
        return tuple(dict.fromkeys(good)) if len(good) == len(items) else tuple(default)

    def number(self, key: str, *, least: float = 0.0, most: float | None = None) -> float | None:
        """A number in a range, or None."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return self.wrong(key, f"must be a number, not {_shown(value)}", None)
        if value < least or (most is not None and value > most):
            return self.wrong(key, f"{value} is not {_range(least, most)}", None)
        return float(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        return self.wrong(key, f"must be true or false, not {_shown(value)}", default)

    def table(self, key: str) -> "Table":
        """A table below this one; empty when missing."""
        value = self._take(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, f"must be a table ([{self._name(key)}]), not {_shown(value)}", None)
            value = None
        return Table(value or {}, self._name(key), self._mistakes)

    def tables(self, key: str) -> list["Table"]:
        """A list of tables (``[[key]]``); empty when missing."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            return self.wrong(key, f"must be a list of tables ([[{self._name(key)}]])", [])
        return [
            Table(item, f"{self._name(key)}[{n}]", self._mistakes) for n, item in enumerate(value, start=1)
        ]

    @property
    def given(self) -> frozenset[str]:
        """The keys that the file has here."""
        return frozenset(self._values)

    @property
    def mistakes(self) -> int:
        """How many mistakes the file has so far."""
        return len(self._mistakes)

    def names(self) -> list[str]:
        """The keys that were not taken yet."""
        return [key for key in self._values if key not in self._asked]

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.names():
            self.wrong(
                key, f"is no key here.{_hint(key, self._asked) or ' Keys: ' + ', '.join(self._asked)}", None
            )

    def wrong(self, key: str, what: str, default: T) -> T:
        """Note a mistake at a key; returns ``default``."""
        self._mistakes.append(f"{self._name(key)}: {what}")
        return default

    def check(self, key: str, call: Callable[[], object]) -> None:
        """Note the known error that ``call`` raises, if any."""
        try:
            call()
        except KnownError as error:
            self.wrong(key, str(error), None)

    def _take(self, key: str) -> Any:
        self._asked.append(key)
        return self._values.get(key)

    def _is_whole(self, key: str, value: Any, least: int, most: int | None) -> bool:
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(key, f"must be a whole number, not {_shown(value)}", None)
            return False
        if value < least or (most is not None and value > most):
            self.wrong(key, f"{value} is not {_range(least, most)}", None)
            return False
        return True

    def _name(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def _range(least: float, most: float | None) -> str:
    return f"{least} or more" if most is None else f"in {least} to {most}"


def _hint(value: str, among: Sequence[str]) -> str:
    near = difflib.get_close_matches(value, among, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""
