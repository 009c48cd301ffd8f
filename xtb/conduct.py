"""Run a study: plan, do what is left, record what fails, go on."""

from dataclasses import dataclass
from pathlib import Path

from ingest.source import open_source
from xtb import run
from xtb.encoderfacts import look_at
from xtb.engines import local
from xtb.engines.site import Site
from xtb.errors import XtbError
from xtb.jobs import Ended, Job, Setting, jobs_of
from xtb.place import SAVE_SECONDS, pick_device
from xtb.plan import Plan, make_plan
from xtb.progress import Progress, Report, silent
from xtb.stop import Stop
from xtb.study import PlannedRun, Study, planned_runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Conducted:
    """How running a study ended.

    Attributes:
        jobs: jobs there were to do.
        failed: what failed, with why, one sentence each.
        stopped: did somebody ask to stop?
        plan: as things stand now.
    """

    jobs: int
    failed: tuple[str, ...]
    stopped: bool
    plan: Plan


def plan_runs(study: Study) -> list[PlannedRun]:
    """The runs of a study: reads its encoders' fingerprints and looks where its data lie, no more.

    Raises:
        XtbError: it names no encoder.
        BadEncoder: an encoder is not there.
        IngestError: its data are not there.
    """
    if not study.encoders:
        raise XtbError(f"study '{study.name}' names no encoder; give one: --encoder PATH-OR-HUB-ID")
    return planned_runs(study, [look_at(name) for name in study.encoders], open_source(study.data).name)


def run_study(
    study: Study,
    runs: Path,
    *,
    workers: int | None = None,
    site: Site | None = None,
    device: str = "auto",
    threads: int = 1,
    stop: Stop | None = None,
    report: Report = silent,
    save_seconds: float = SAVE_SECONDS,
) -> Conducted:
    """Do what is left of a study. Failed runs are tried again.

    Args:
        study: a checked study with its encoders.
        runs: folder of runs; made when missing.
        workers: processes on this machine; None for one a GPU, else one a core.
        site: work in pilots of a cluster instead.
        device: ``auto``, ``cpu`` or ``cuda``.
        threads: of each process on CPU.
        stop: may ask to stop; everything done is kept.
        report: hears of progress.
        save_seconds: time between two saved states of a training.

    Raises:
        UsageError: the device is not on this machine.
        OSError: the folder of runs cannot be made.
        XtbError: no job can go on (the disk is full or read-only); what was done is kept.
    """
    if device == "cuda" and site is None:
        pick_device(device)  # one that is not here is told once, not by every job
    runs.mkdir(parents=True, exist_ok=True)
    planned = plan_runs(study)
    plan = make_plan(planned, runs, thorough=True)
    jobs = jobs_of(plan)
    stop = stop or Stop()
    failed: list[str] = []
    if plan.cells_left < plan.cells:
        done = plan.cells - plan.cells_left
        report(Progress(work=f"study {study.name}", note=f"going on: {done} of {plan.cells} cells are there"))

    def on_end(job: Job, ended: Ended) -> None:
        if ended.how == "failed":
            failed.append(f"{job.title}: {ended.note}")
            if job.position is None and not run.is_trained(job.spec, runs):
                run.record_failure(job.spec, XtbError(ended.note), runs, device, run.now())
        report(Progress(work=job.title, note=f"{ended.how}: {ended.note}"))

    setting = Setting(runs=runs, data=study.data, device=device, threads=threads, save_seconds=save_seconds)
    if jobs and site is None:
        local.run_jobs(jobs, setting, workers=workers, stop=stop, report=report, on_end=on_end)
    elif jobs and site is not None:
        from xtb.engines import cluster

        cluster.run_jobs(jobs, setting, site=site, stop=stop, report=report, on_end=on_end)
    return Conducted(
        jobs=len(jobs), failed=tuple(failed), stopped=stop.requested, plan=make_plan(planned, runs)
    )
