"""Errors that people may meet, here at the bottom floor because every floor raises them.

    KnownError               shown as one line, exit code 1
    ├── UsageError           what was asked cannot be: exit code 2
    │   ├── UnknownName      a name that is not in a catalogue, with the nearest that is
    │   └── BadQuery         SQL that DuckDB refuses, or that the sandbox does
    └── WarehouseError       the database file
        ├── WarehouseLocked      another process holds it
        ├── NewerSchema          written by a newer xtb
        ├── NotAWarehouse        the file is missing or something else
        └── BadShard             a run folder's file is damaged or contradicts what is there

Other folders hang their own base class below ``KnownError``. Only ``xtb/cli/main.py`` shows errors.
"""

import difflib
from collections.abc import Iterable


class KnownError(Exception):
    """Something a person can mend: the message says what was asked, what is there, what to do."""

    exit_code = 1


class UsageError(KnownError):
    """The request itself cannot be met as it stands."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that its catalogue does not hold.

    Args:
        what: kind of name, e.g. ``task``.
        name: the name asked for.
        known: the names there are.
        see: the command that lists them.
    """

    def __init__(self, what: str, name: str, known: Iterable[str], see: str) -> None:
        near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        super().__init__(f"unknown {what} '{name}'.{hint} See: {see}")


class BadQuery(UsageError):
    """SQL that cannot be run as it stands."""


class WarehouseError(KnownError):
    """The database file cannot be used as asked."""


class WarehouseLocked(WarehouseError):
    """Another process holds the file."""


class NewerSchema(WarehouseError):
    """The file was written by a newer xtb."""


class NotAWarehouse(WarehouseError):
    """The file is missing, or no warehouse."""


class BadShard(WarehouseError):
    """A file of a run folder is damaged, or contradicts what the warehouse holds."""
