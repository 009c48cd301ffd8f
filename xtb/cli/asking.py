"""What the commands that ask the warehouse share."""

import sys
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from warehouse.errors import UsageError

Format = Annotated[
    Literal["table", "csv", "json", "parquet", "xlsx", "markdown", "latex"] | None,
    typer.Option("--format", help="How to write the result; what the suffix of --output says, else table."),
]
Params = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="NAME=VALUE", help="Value of a parameter; repeat for more."),
]
Spreadsheet = Annotated[
    bool, typer.Option("--spreadsheet", help="CSV: disarm cells that a spreadsheet would run as formulas.")
]


def pairs(given: Sequence[str] | None, option: str = "--param") -> dict[str, str]:
    """``NAME=VALUE`` texts as a mapping.

    Args:
        given: the texts.
        option: of which they are the values, for the message.

    Raises:
        UsageError: one has no ``=``, or a name is given twice.
    """
    found: dict[str, str] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"{option} {text}: write it as name=value")
        if name in found:
            raise UsageError(f"{option} {name} is given twice")
        found[name] = value
    return found


def say(text: str) -> None:
    """A note beside the result, on standard error."""
    sys.stderr.write(f"xtb: {text}\n")
    sys.stderr.flush()
