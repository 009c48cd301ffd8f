"""The ``xtb`` command. Registers one file per command and is the only place that shows errors."""

import importlib
import os
import sys
from typing import Any

import typer

from warehouse.errors import KnownError
from xtb import collector

COMMANDS = (
    "quickstart",
    "pretrain",
    "train",
    "eval",
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

app = typer.Typer(
    name="xtb",
    help="Train multilingual encoders, measure them under noise, keep every score, answer with mixed models.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error.")) -> None:
    """Options before the command."""


def _register() -> None:
    for name in COMMANDS:
        module: Any = importlib.import_module(f"xtb.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)


_register()


def run() -> None:
    """Run the command line; turn known errors into one line and an exit code."""
    debug = "--debug" in sys.argv
    if debug:  # accepted anywhere on the line
        sys.argv = [sys.argv[0], "--debug", *(a for a in sys.argv[1:] if a != "--debug")]
    collector.relax()
    try:
        app()
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
