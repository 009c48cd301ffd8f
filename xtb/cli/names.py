"""``xtb names``: what may be asked for by name."""

from typing import Annotated, Any

import typer

from xtb.cli.options import Json

COLUMNS = {
    "tasks": ("name", "kind", "metric", "languages", "trained_on", "synthetic"),
    "languages": ("name", "language", "script", "family", "word_order", "syntax_distance_en"),
    "perturbations": (),
    "attacks": ("name", "access", "settings", "definition"),
    "metrics": ("name", "aggregate"),
    "regimes": ("name", "definition"),
    "questions": ("name", "title"),
    "queries": ("name", "grain"),
    "studies": ("name", "title"),
}
"""What a table shows of each catalogue (perturbations are no table); ``--json`` gives everything."""


def command(
    catalogue: Annotated[
        str | None,
        typer.Argument(
            metavar="[CATALOGUE]", help=f"One of {', '.join(COLUMNS)}; without it, how many there are."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """List tasks, languages, perturbations, attacks, metrics, regimes, questions, queries or studies."""
    from xtb.names import CATALOGUES, names

    if catalogue is None:
        found: Any = {kind: [row["name"] for row in names(kind)] for kind in CATALOGUES}
    else:
        found = names(catalogue)
    if json:
        _print_json(found)
    elif catalogue is None:
        for kind, known in found.items():
            typer.echo(f"{kind:15}{len(known):4}  {', '.join(known)}")
    elif catalogue == "perturbations":
        _print_perturbations(found)
    else:
        _print_table(found, COLUMNS[catalogue])


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _print_table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column == "name", overflow="fold")
    for row in rows:
        table.add_row(*(_text(row[column], column) for column in columns))
    Console(highlight=False).print(table)


def _print_perturbations(rows: list[dict[str, Any]]) -> None:
    """Some lines each: six columns would be too narrow to read."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    for row in rows:
        facts = f"  {row['family']}; risk {row['risk']}; scripts: {row['scripts']}; {', '.join(row['kinds'])}"
        console.print(Text(row["name"], style="bold").append(facts, style="not bold"))
        for value, style in ((row["definition"], ""), (row["example"], "green"), (row["citation"], "dim")):
            if value:
                console.print(Padding(Text(value, style=style), (0, 0, 0, 4)))


def _text(value: Any, column: str) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else ""
        case list() if column == "languages":
            return str(len(value))
        case list():
            return ", ".join(value)
        case dict():
            return " ".join(f"{name}={part}" for name, part in value.items())
    return str(value)
