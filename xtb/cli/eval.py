"""``xtb eval``: measure a trained run on clean and perturbed cells."""

from pathlib import Path
from typing import Annotated

import typer

from xtb.cli.options import RUNS, WAIT, Data, Json, Runs, Wait


def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run id, the beginning of one, or a run folder.")],
    perturbation: Annotated[
        list[str] | None,
        typer.Option("--perturbation", "-p", help="Perturbations, comma-separated. See: xtb names"),
    ] = None,
    severity: Annotated[
        list[str] | None,
        typer.Option("--severity", "-s", help="Severities, e.g. 1-5 or 1,3. All by default."),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", "-l", help="Language codes, comma-separated. All of the split by default."
        ),
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Tasks, comma-separated. The run's target by default.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Split of the tasks. test by default, else validation.")
    ] = None,
    noise_seed: Annotated[list[str] | None, typer.Option(help="Noise seeds, e.g. 0-2.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Examples of a cell, a stable sample.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads on CPU, all cores by default; outputs are the same.")
    ] = None,
    data: Data = None,
    runs: Runs = RUNS,
    wait: Wait = WAIT,
    json: Json = False,
) -> None:
    """Measure a trained run on cells and their clean twins; cells that are there are not repeated."""
    from xtb.cli.work import at_work, print_json, split_names, split_numbers
    from xtb.grid import SEVERITIES, Grid, grid_cells
    from xtb.run import find_run, scores_of

    found = find_run(runs, run)
    runs = found.folder.parent
    if data is None and found.spec.data_source.startswith("mini"):
        data = Path("mini")
    grid = Grid(
        languages=split_names(language) or None,
        perturbations=split_names(perturbation),
        severities=split_numbers(severity, "severity") or tuple(SEVERITIES),
        noise_seeds=split_numbers(noise_seed, "noise seed") or (0,),
        split=split,
    )
    tasks = split_names(task) or (found.spec.target,)
    cells = [cell for name in tasks for cell in grid_cells(name, grid)]
    with at_work(runs, data, device=device, threads=threads, wait=wait) as place:
        from xtb.measure import evaluate_run

        if place.source.name != found.spec.data_source:
            typer.echo(
                f"note: the run was trained on data from {found.spec.data_source}, "
                f"this evaluation reads {place.source.name}",
                err=True,
            )
        measured = evaluate_run(found, cells, place, limit=limit)
    if json:
        print_json(
            {
                "run_id": found.run_id,
                "folder": str(found.folder),
                "cells": measured.asked,
                "done_before": measured.before,
                "done_now": measured.now,
                "set_aside": list(measured.aside),
                "scores": scores_of(found.folder, cells).drop("run_id").to_dicts(),
            }
        )
        return
    typer.echo(
        f"{found.run_id}  {found.folder}  {measured.asked} cells: {measured.now} measured now, "
        f"{measured.before} were there{measured.damage}"
    )
