"""``xtb information``: how much an intermediate task's inputs tell the encoder about its labels."""

from pathlib import Path
from typing import Annotated

import typer

from xtb.cli.options import RUNS, WAIT, Data, Json, Runs, Wait


def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run id, the beginning of one, or a run folder.")],
    encoder: Annotated[
        str | None,
        typer.Option(help="The run's encoder: folder, or hub id. What the run says by default."),
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads on CPU.")] = 1,
    data: Data = None,
    runs: Runs = RUNS,
    wait: Wait = WAIT,
    json: Json = False,
) -> None:
    """Measure the V-usable information of a run's intermediate tasks, which trains a model without inputs."""
    from xtb.cli.work import at_work, print_json
    from xtb.run import find_run

    found = find_run(runs, run)
    runs = found.folder.parent
    if data is None and found.spec.data_source.startswith("mini"):
        data = Path("mini")
    with at_work(runs, data, device=device, threads=threads, wait=wait, launched=True) as place:
        from xtb.information import measure_information, summary

        rows = summary(measure_information(found, encoder or found.spec.encoder, place))
    if json:
        print_json({"run_id": found.run_id, "folder": str(found.folder), "stages": rows})
        return
    for row in rows:
        typer.echo(
            f"{found.run_id}  {row['task']} {row['split']} {row['language']}: {row['information']:.3f} of "
            f"{row['entropy']:.3f} bits usable ({row['n']} examples)"
        )
