"""``xtb pretrain``: make the built-in benchmark's encoder."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from xtb.cli.options import Json


def command(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder; by default in the cache ($XTB_CACHE).")
    ] = None,
    documents: Annotated[int | None, typer.Option(min=16, help="Documents to learn from.")] = None,
    hidden: Annotated[int | None, typer.Option(min=16, help="Width of the model.")] = None,
    layers: Annotated[int | None, typer.Option(min=1, help="Layers of the model.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of weights and corpus.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 1,
    json: Json = False,
) -> None:
    """Pretrain the small encoder of the built-in benchmark; at once when it is there already."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch

    from xtb.cli.progress import shown
    from xtb.cli.work import print_json
    from xtb.mini.recipe import QUICKSTART
    from xtb.pretrain import pretrained
    from xtb.stop import on_signal

    torch.set_num_threads(threads)
    given = {"documents": documents, "hidden": hidden, "layers": layers, "seed": seed}
    recipe = replace(QUICKSTART, **{name: value for name, value in given.items() if value is not None})
    with on_signal() as stop, shown() as report:
        folder = pretrained(recipe, out=out, stop=stop, report=report)
    if json:
        print_json({"encoder": str(folder)})
    else:
        typer.echo(folder)
