"""``xtb perturb``: look at noise."""

from typing import TYPE_CHECKING, Annotated

import typer

from xtb.cli.options import Json

if TYPE_CHECKING:
    from rich.text import Text

    from ingest.one_text import PerturbedText


def command(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text to perturb.")],
    language: Annotated[str, typer.Option("--language", "-l", help="The benchmarks' language code.")] = "en",
    perturbation: Annotated[
        list[str] | None,
        typer.Option("--perturbation", "-p", help="A perturbation; all by default. See: xtb names"),
    ] = None,
    severity: Annotated[str, typer.Option("--severity", "-s", help="Severities, e.g. 3 or 1-5.")] = "3",
    seed: Annotated[int, typer.Option(help="The noise seed.")] = 0,
    json: Json = False,
) -> None:
    """Show what perturbations make of a text, with their edits marked."""
    from ingest import catalog
    from ingest.one_text import perturb_text

    catalog.language(language)  # without one of the benchmarks' codes noise would fall back on no language
    names = perturbation or [name for name in catalog.perturbation_names() if name != "clean"]
    shown = []
    for found in map(catalog.perturbation, names):
        for level in _levels(severity):
            done = perturb_text(text, found, severity=level, language=language, seed=seed)
            shown.append((found.name, level, done))
    if json:
        _print_json([_row(text, *each) for each in shown])
    else:
        _print_table(text, shown)


def _levels(wanted: str) -> list[int]:
    """Severities of an expression such as ``3``, ``1,3`` or ``1-5``."""
    from warehouse.errors import UsageError

    levels: list[int] = []
    for part in wanted.split(","):
        first, _, last = part.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise UsageError(f"--severity '{wanted}' is no severity: give 1 to 5, or a range such as 1-5")
        levels += range(int(first), int(last or first) + 1)
    return levels


def _row(text: str, name: str, level: int, done: "PerturbedText") -> dict[str, object]:
    edits = [
        {
            "start": each.old_start,
            "old": text[each.old_start : each.old_end],
            "new": done.text[each.new_start : each.new_end],
        }
        for each in done.map.joined().edits
    ]
    return {
        "perturbation": name,
        "severity": level,
        "text": done.text,
        "units": done.edits,
        "eligible": done.eligible,
        "edits": edits,
        "not_applicable": done.not_applicable,
        "skipped": done.skipped,
    }


def _print_json(rows: list[dict[str, object]]) -> None:
    import json

    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def _print_table(text: str, shown: list[tuple[str, int, "PerturbedText"]]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for name, level, done in shown:
        line = Text(f"{name} {level}  ", style="dim" if done.not_applicable else "bold")
        if done.not_applicable:
            line.append(done.not_applicable, style="not bold")
        else:
            line.append_text(_marked(text, done, console.is_terminal))
            without = "".join(f"; {why}" for why in done.skipped)
            line.append(f"  ({done.edits} of {done.eligible}{without})", style="dim not bold")
        console.print(line)


def _marked(text: str, done: "PerturbedText", colour: bool) -> "Text":
    """The new text with its edits marked: by colour, or as ``[-old-]{+new+}``."""
    from rich.text import Text

    line = Text(style="not bold")
    at = 0
    for edit in done.map.joined().edits:
        old, new = text[edit.old_start : edit.old_end], done.text[edit.new_start : edit.new_end]
        line.append(text[at : edit.old_start])
        if colour:
            line.append(old, style="red strike")
            line.append(new, style="bold green")
        else:
            line.append((f"[-{old}-]" if old else "") + (f"{{+{new}+}}" if new else ""))
        at = edit.old_end
    line.append(text[at:])
    return line
