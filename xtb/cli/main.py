"""The ``xtb`` command. Takes in one file per command and is the only place that shows errors."""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from ingest import collector
from warehouse.errors import KnownError

COMMANDS = (
    "quickstart",
    "pretrain",
    "train",
    "eval",
    "information",
    "attack",
    "study",
    "ingest",
    "sql",
    "compare",
    "claims",
    "analyze",
    "report",
    "names",
    "perturb",
    "candidates",
    "check",
    "migrate",
    "export",
    "doctor",
)
"""Commands in the order of the help page; each is ``xtb/cli/<name>.py`` with a ``command`` or an ``app``."""


def command_line(names: Sequence[str] = COMMANDS) -> typer.Typer:
    """The command line with these commands."""
    app = typer.Typer(
        name="xtb",
        help="Train multilingual encoders, measure them under noise, keep every score, "
        "answer with mixed models.",
        callback=_options,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in names:
        module: Any = importlib.import_module(f"xtb.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)
    return app


def _options(debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error.")) -> None:
    """Options before the command."""


def run() -> None:
    """Run the command line; turn known errors into one line and an exit code."""
    debug = "--debug" in sys.argv
    if debug:  # accepted anywhere on the line
        sys.argv = [sys.argv[0], "--debug", *(a for a in sys.argv[1:] if a != "--debug")]
    collector.relax()
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        command_line([asked] if asked in COMMANDS else COMMANDS)()  # the others are a third of the start
    except KnownError as error:
        if debug:
            raise
        sys.stderr.write(f"xtb: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("xtb: interrupted; what was finished is kept. Run the same command to go on.\n")
        sys.exit(130)
    except BrokenPipeError:  # `xtb sql ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if debug:
            raise
        where = f" ({error.filename})" if error.filename else ""
        sys.stderr.write(f"xtb: {error.strerror or error}{where}\n")
        sys.exit(1)
