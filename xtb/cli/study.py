"""``xtb study plan|run|status|run-job|export``: many runs from one TOML file."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from warehouse.errors import UnknownName, UsageError
from xtb.cli.options import RUNS, Data, Json, Runs

if TYPE_CHECKING:
    from xtb.engines.site import Site
    from xtb.study import Study

app = typer.Typer(help="Run many runs and their cells from one TOML file.", no_args_is_help=True)

File = Annotated[
    str, typer.Argument(metavar="STUDY", help="A TOML file, or a shipped study: xtb names studies.")
]
Encoder = Annotated[
    str | None, typer.Option(help="Folder or hub id of the encoder, in place of the file's own.")
]


ClusterConfig = Annotated[
    Path | None,
    typer.Option(
        "--cluster-config", envvar="XTB_CLUSTER", help="TOML file of the cluster: see xtb/engines/site.py."
    ),
]


@app.command()
def plan(
    file: File, encoder: Encoder = None, data: Data = None, runs: Runs = RUNS, json: Json = False
) -> None:
    """Show the graph of a study, the work left, and how long it will take by what was measured."""
    from xtb.cli.work import print_json
    from xtb.conduct import plan_runs
    from xtb.engines.crew import default_workers
    from xtb.plan import make_plan
    from xtb.planview import graph_lines, plan_result, work_lines

    study = _read(file, encoder, data)
    found = make_plan(plan_runs(study), runs)
    workers = default_workers("auto")
    if json:
        print_json(plan_result(study.name, found, workers))
        return
    for line in (*graph_lines(found), "", *work_lines(found, workers)):
        typer.echo(line)


@app.command()
def run(
    file: File,
    encoder: Encoder = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes. One a GPU, else one a core by default.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="local: processes on this machine; cluster: pilots of a batch system.")
    ] = "local",
    cluster_config: ClusterConfig = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads of a worker on CPU.")] = 1,
    data: Data = None,
    runs: Runs = RUNS,
    json: Json = False,
) -> None:
    """Do what is left of a study; killed and started again, it goes on. Failed runs are tried again."""
    from xtb.cli.progress import shown
    from xtb.cli.work import check_device, print_json
    from xtb.conduct import run_study
    from xtb.errors import Interrupted, XtbError
    from xtb.planview import plan_result
    from xtb.stop import on_signal

    check_device(device)
    site = _site(engine, cluster_config, workers)
    study = _read(file, encoder, data)
    with on_signal() as stop, shown() as report:
        ended = run_study(
            study, runs, workers=workers, site=site, device=device, threads=threads, stop=stop, report=report
        )
    found = ended.plan
    if json:
        print_json({**plan_result(study.name, found, workers or 1), "failed": list(ended.failed)})
    else:
        done = len(found.runs) - len(found.runs_left)
        cells = found.cells - found.cells_left
        typer.echo(
            f"{study.name}: {done} of {len(found.runs)} runs and {cells} of {found.cells} cells are done"
        )
    if ended.stopped:
        raise Interrupted("interrupted; what was finished is kept. Run the same command to go on.")
    if ended.failed:
        raise XtbError(f"{len(ended.failed)} jobs failed: {ended.failed[0]}. See: xtb study status {file}")


@app.command()
def status(
    file: File,
    encoder: Encoder = None,
    watch: Annotated[bool, typer.Option("--watch", help="A live table: anew every five seconds.")] = False,
    data: Data = None,
    runs: Runs = RUNS,
    json: Json = False,
) -> None:
    """Show what of a study is done, running, failed and waiting."""
    from xtb.cli.progress import in_place
    from xtb.cli.work import print_json
    from xtb.conduct import plan_runs
    from xtb.engines.crew import default_workers
    from xtb.plan import make_plan
    from xtb.planview import plan_result, status_lines, work_lines

    study = _read(file, encoder, data)
    planned, workers = plan_runs(study), default_workers("auto")
    with in_place() as show:
        for _ in _again(watch):
            found = make_plan(planned, runs)
            if json:
                print_json(plan_result(study.name, found, workers))
            else:
                show([*status_lines(found), *(work_lines(found, workers)[-1:] if found.runs_left else [])])
            if not found.runs_left:
                return


@app.command("run-job")
def run_job(
    file: File,
    job: Annotated[str, typer.Argument(metavar="ID", help="Id of a stage or a run: xtb study plan --json")],
    encoder: Encoder = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads on CPU.")] = 1,
    data: Data = None,
    runs: Runs = RUNS,
    json: Json = False,
) -> None:
    """Do one job of a study here: train a stage, or finish and measure a run. Done ones are not repeated."""
    from xtb.cli.work import at_work, print_json
    from xtb.conduct import plan_runs
    from xtb.jobs import job_named

    study = _read(file, encoder, data)
    found = job_named(plan_runs(study), job)
    with at_work(runs, study.data, device=device, threads=threads) as place:
        from xtb.do import do

        done = do(found, place)
    if json:
        print_json({"job": found.job_id, "title": found.title, "note": done})
    else:
        typer.echo(f"{found.title}: {done}")


@app.command()
def export(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="Folder for the scripts, on a disk the nodes share.")],
    slurm: Annotated[bool, typer.Option("--slurm", help="As job arrays of Slurm.")] = False,
    cluster_config: ClusterConfig = None,
    encoder: Encoder = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads of a job on CPU.")] = 1,
    data: Data = None,
    runs: Runs = RUNS,
    json: Json = False,
) -> None:
    """Write what is left of a study as scripts that need no driver: sbatch arrays of xtb study run-job."""
    from xtb.cli.work import check_device, print_json
    from xtb.conduct import plan_runs
    from xtb.engines import sbatch
    from xtb.engines.site import Site, read_site
    from xtb.jobs import Setting, jobs_of
    from xtb.plan import make_plan
    from xtb.studies import find
    from xtb.studyfile import files_of

    if not slurm:
        raise UsageError("say for what to write: --slurm")
    check_device(device)
    study = _read(file, encoder, data)
    site = Site() if cluster_config is None else read_site(cluster_config)
    jobs = jobs_of(make_plan(plan_runs(study), runs, thorough=True))
    setting = Setting(runs=runs, data=study.data, device=device, threads=threads)
    lists = sbatch.export(files_of(find(file)), study.name, jobs, setting, out, site=site, encoder=encoder)
    if json:
        print_json({"out": out, "jobs": len(jobs), "lists": lists})
    elif not jobs:
        typer.echo(f"{study.name}: nothing is left to do")
    else:
        typer.echo(f"{len(jobs)} jobs in {len(lists)} arrays. Hand them in: {out / 'submit.sh'}")


def _read(name: str, encoder: str | None, data: Path | None) -> "Study":
    from dataclasses import replace

    from xtb.cli.work import use_mirror
    from xtb.studies import find
    from xtb.studyfile import read_study

    study = read_study(find(name))
    if encoder is not None:
        study = replace(study, encoders=(encoder,))
    if data is not None:
        study = replace(study, data=str(data))
    use_mirror(study.data)
    if not study.encoders:
        raise UsageError(
            f'study {name} names no encoder; add encoder = "..." or give --encoder PATH-OR-HUB-ID'
        )
    return study


def _site(engine: str, config: Path | None, workers: int | None) -> "Site | None":
    from xtb.engines.site import read_site

    if engine not in ("local", "cluster"):
        raise UnknownName("engine", engine, ("local", "cluster"), "xtb study run --help")
    if engine == "local":
        return None
    if config is None:
        raise UsageError("--engine cluster needs --cluster-config SITE.toml; xtb/engines/site.py shows one")
    if workers is not None:
        raise UsageError("--workers is of the local engine; a cluster's are in its --cluster-config")
    return read_site(config)


def _again(watch: bool) -> Iterator[None]:
    """Once, or every five seconds until Ctrl-C."""
    yield
    with suppress(KeyboardInterrupt):
        while watch:
            time.sleep(5.0)
            yield
