"""SQL as files: what a header says, and quoting of names.

A file of ``macros/``, ``views/``, ``checks/`` or ``queries/`` begins with comment lines:

* the first says the grain: ``-- One row per run and language: ...`` (of a macro: what it gives);
* ``-- column_name: text`` describes a column (views) or an argument (macros);
* ``-- param name: text`` is a parameter that must be given, ``-- param name = value: text`` one with
  a default, ``-- param name = null: text`` one that may be left out (queries).

The file's name is the public name. Nothing here opens a database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

Folder = Literal["migrations", "macros", "views", "checks", "queries"]

_HERE = Path(__file__).parent
_PARAM = re.compile(r"-- param (\w+)(?: = (\S+))?: (.+)")
_COLUMN = re.compile(r"-- (\w+): (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a named query; values travel as text and are cast in the SQL."""

    name: str
    help: str
    default: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlFile:
    """One file: its name, first line, documented columns and parameters, and the whole text."""

    name: str
    grain: str
    text: str
    columns: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()


@cache
def files(folder: Folder) -> Mapping[str, SqlFile]:
    """The files of a folder by name, in the order of their names."""
    return {path.stem: parse(path.stem, _text(path)) for path in sorted((_HERE / folder).glob("*.sql"))}


def parse(name: str, text: str) -> SqlFile:
    """Read the header of one file.

    Raises:
        ValueError: the first line is no comment.
    """
    header = re.match(r"(?:--.*(?:\n|$))+", text)
    if header is None:
        raise ValueError(f"{name}.sql does not begin with a comment that says its grain")
    first, *rest = header.group().splitlines()
    parameters = [_parameter(match) for line in rest if (match := _PARAM.fullmatch(line))]
    columns = {match[1]: match[2] for line in rest if (match := _COLUMN.fullmatch(line))}
    return SqlFile(
        name=name, grain=first[2:].strip(), text=text, columns=columns, parameters=tuple(parameters)
    )


def quote(name: str) -> str:
    """A name as a quoted SQL identifier.

    >>> quote('drop')
    '"drop"'
    >>> quote('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string, for the few places that take no parameter (``comment on``, ``copy``).

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _parameter(match: re.Match[str]) -> Parameter:
    name, default, text = match.groups()
    return Parameter(
        name=name, help=text, default=None if default == "null" else default, required=default is None
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")
