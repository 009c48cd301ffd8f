"""The engine for clusters, on Parsl (imported here and in ``pods`` alone): pilots do the jobs of a study.

A pilot is one batch job whose workers take job after job, so that a thousand short jobs wait once in the
queue and import torch once. A pilot that ends, by its walltime, by ``scancel`` or with its node, is replaced,
and the jobs it had are begun again elsewhere, from their last saved state. The driver holds no state of its
own: killed and started again, it plans what is left. What a worker answers is only for the screen; a job is
done when what it publishes is there.
"""

import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from warehouse.errors import UsageError
from xtb.engines.board import Board, Effort, OnEnd
from xtb.engines.crew import QUIET
from xtb.engines.pilot import do_job
from xtb.engines.site import Site
from xtb.errors import XtbError
from xtb.jobs import Ended, Job, Setting
from xtb.progress import Progress, Report
from xtb.stop import Stop

Task = Callable[[Job, Setting], Ended]

_SUBMIT = {"slurm": "sbatch", "pbs": "qsub"}
_MISSED = 4  # heartbeats after which a pilot is gone
_LABEL = "xtb"


def run_jobs(
    jobs: Sequence[Job],
    setting: Setting,
    *,
    site: Site,
    stop: Stop,
    report: Report,
    on_end: OnEnd,
    task: Task = do_job,
) -> dict[str, Ended]:
    """Run jobs in pilots, each after those it needs.

    Args:
        jobs: what is left of a study.
        setting: where; its folders have to be the same on the nodes.
        site: who gives nodes, and how many.
        stop: when requested, pilots are ended; their workers save their work.
        report: hears of pilots and of progress over all jobs.
        on_end: hears of each job that ended, also of those that cannot begin because one they need failed.
        task: what a worker does with a job.

    Returns:
        How each job ended that did. Jobs are missing only after a stop.

    Raises:
        UsageError: there is no such batch system here, or no Parsl.
        XtbError: no pilot starts, or no job can go on.
    """
    setting = _everywhere(setting)
    board = Board(jobs={job.job_id: job for job in jobs}, on_end=on_end, most=1 + site.retries)
    effort = Effort(jobs, report)
    running: dict[Future[Ended], Job] = {}
    with _pilots(site, setting) as pilots:
        while (board.waiting or running) and not stop.requested:
            board.check()
            while (job := board.ready()) is not None:
                running[pilots.submit(task, _here(board.take(job)), setting)] = job
            done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                job = running.pop(future)
                _hear(future, job, board, pilots)
                effort.tell(board, [], Progress(work=job.title))
            news = pilots.news()
            if news is not None:
                report(news)
        board.check()
    return board.ended


def _hear(future: "Future[Ended]", job: Job, board: Board, pilots: "_Pilots") -> None:
    from parsl.executors.high_throughput.errors import ManagerLost, WorkerLost

    try:
        ended = future.result()
    except WorkerLost as error:
        board.lost(job, f"killed or out of memory on {error.hostname}")
    except ManagerLost as error:
        board.moved(job, f"the pilot on {error.hostname} is gone")
    except Exception as error:  # noqa: BLE001  # whatever Parsl raises concerns this job, or all pilots
        broken = pilots.broken
        if broken is not None:
            board.fatal = f"no pilot works: {broken} (see {pilots.folder})"
        else:
            why = f"{type(error).__name__}: {error}"
            board.end(job, Ended(job_id=job.job_id, how="failed", note=why))
    else:
        if ended.how == "fatal":
            board.fatal = ended.note
        elif ended.how == "stopped":
            board.moved(job, "its pilot was ended")
        else:
            board.end(job, ended)


@dataclass(slots=True)
class _Pilots:
    """Parsl with its one executor."""

    kernel: Any
    executor: Any
    folder: Path
    told: str = ""

    def submit(self, task: Task, job: Job, setting: Setting) -> "Future[Ended]":
        future: Future[Ended] = self.kernel.submit(
            task,
            app_args=(job, setting),
            executors=[_LABEL],
            cache=False,
            ignore_for_cache=None,
            app_kwargs={},
        )
        return future

    @property
    def broken(self) -> str | None:
        """Why Parsl has given up on pilots, in a line; None while it has not."""
        if not self.executor.bad_state_is_set:
            return None
        lines = [line.strip() for line in str(self.executor.executor_exception).splitlines() if line.strip()]
        return "; ".join(lines[:6])

    def news(self) -> Progress | None:
        """How many pilots there are, when that has changed."""
        states = Counter(status.state.name.lower() for status in self.executor.status_facade.values())
        words = ", ".join(f"{states[name]} {name}" for name in ("running", "pending") if states[name])
        if words == self.told:
            return None
        self.told = words
        return Progress(work="pilots", note=words or "none now")


@contextmanager
def _pilots(site: Site, setting: Setting) -> Iterator[_Pilots]:
    command = _SUBMIT.get(site.provider)
    if command and not shutil.which(command):
        raise UsageError(f"provider '{site.provider}' needs {command}, which is not on this machine's PATH")
    try:
        from parsl import Config
        from parsl.dataflow.dflow import DataFlowKernel
    except ImportError:
        raise UsageError(
            "the cluster engine needs Parsl: pip install 'xtb-warehouse[cluster]' (or: pip install parsl)"
        ) from None

    folder = setting.runs / "cluster"
    executor = _executor(site, setting)
    kernel = DataFlowKernel(
        Config(
            executors=[executor],
            run_dir=str(folder),
            # Not "htex_auto_scale": with fewer jobs than workers it cancels every pilot that waits in the
            # queue (asked to scale in by 0, Parsl 2026.10.26 takes all that have not connected).
            strategy="simple",
            strategy_period=min(5, site.heartbeat),
        )
    )
    try:
        yield _Pilots(kernel=kernel, executor=executor, folder=Path(kernel.run_dir))
    finally:
        kernel.cleanup()


def _executor(site: Site, setting: Setting) -> Any:
    from parsl.executors import HighThroughputExecutor
    from parsl.executors.high_throughput.executor import DEFAULT_LAUNCH_CMD
    from parsl.jobs.error_handlers import windowed_error_handler

    script = "process_worker_pool.py"
    module = f"-m parsl.executors.high_throughput.{script.removesuffix('.py')}"
    return HighThroughputExecutor(
        label=_LABEL,
        provider=_provider(site, setting),
        launch_cmd=DEFAULT_LAUNCH_CMD.replace(script, f"{shlex.quote(_python(site))} {module}"),
        interchange_launch_cmd=[sys.executable, "-m", "xtb.engines.interchange", str(os.getpid())],
        address=site.address or ("127.0.0.1" if site.provider == "local" else None),
        max_workers_per_node=site.workers,
        cores_per_worker=1e-3,  # the site says how many workers a node has, not Parsl's count of cores
        available_accelerators=site.gpus,
        heartbeat_period=site.heartbeat,
        heartbeat_threshold=_MISSED * site.heartbeat,
        block_error_handler=windowed_error_handler,
    )


def _provider(site: Site, setting: Setting) -> Any:
    from parsl import providers as untyped
    from parsl.launchers import MpiExecLauncher, SingleNodeLauncher, SrunLauncher

    providers: Any = untyped
    many = {"slurm": SrunLauncher, "pbs": MpiExecLauncher}.get(site.provider, SingleNodeLauncher)
    shared: dict[str, Any] = {
        "nodes_per_block": site.nodes,
        "init_blocks": 1,
        "max_blocks": site.pilots,
        "worker_init": worker_init(site, setting),
    }
    cores = site.workers * setting.threads
    if site.provider == "local":
        return providers.LocalProvider(**shared)
    if site.provider == "kubernetes":
        return _kubernetes(site, shared)
    shared |= {
        "walltime": site.walltime,
        "account": site.text("account"),
        "launcher": many() if site.nodes > 1 else SingleNodeLauncher(),
        "scheduler_options": site.text("options") or "",
    }
    if site.provider == "pbs":
        select = site.text("select")
        return providers.PBSProProvider(
            queue=site.text("queue"),
            select_options=f":{select}" if select else "",
            cpus_per_node=cores,
            **shared,
        )
    shared |= {key: site.text(key) for key in ("partition", "qos", "constraint", "gres")}
    shared |= {"mem_per_node": site.options.get("memory"), "exclusive": bool(site.options.get("exclusive"))}
    return providers.SlurmProvider(
        cores_per_node=cores, gpus_per_node=site.gpus or None, cmd_timeout=60, **shared
    )


def _kubernetes(site: Site, shared: dict[str, Any]) -> Any:
    try:
        from xtb.engines.pods import Pods
    except ImportError:
        raise UsageError(
            "provider 'kubernetes' needs the package kubernetes: pip install kubernetes"
        ) from None

    gpus = {"nvidia.com/gpu": str(site.gpus)} if site.gpus else {}
    size = {"cpu": site.options.get("cpus", 2), "mem": site.text("memory") or "8Gi"}
    shared |= {f"{bound}_{name}": value for name, value in size.items() for bound in ("init", "max")}
    shared |= {
        "image": site.text("image"),
        "namespace": site.text("namespace") or "default",
        "service_account_name": site.text("service_account"),
        "secret": site.text("secret"),
        "persistent_volumes": [tuple(claim.split(":", 1)) for claim in site.texts("volumes")],
    }
    try:
        return Pods(look=site.heartbeat, extra_requests=gpus, extra_limits=gpus, **shared)
    except Exception as error:
        if type(error).__name__ != "ConfigException":
            raise
        raise XtbError(f"no Kubernetes cluster is configured here: {error}") from error


def worker_init(site: Site, setting: Setting) -> str:
    """Shell lines that a pilot begins with: what workers need, then the site's own."""
    values = QUIET | {"OMP_NUM_THREADS": str(setting.threads)}
    if site.python is None and site.provider != "kubernetes":
        root = str(Path(__file__).resolve().parents[2])
        values["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    if setting.data is not None and Path(setting.data).is_dir():
        values["XTB_DATA"] = setting.data  # perturbations find a mirror's word lists there
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    return "\n".join([*lines, site.worker_init])


def _python(site: Site) -> str:
    return site.python or ("python3" if site.provider == "kubernetes" else sys.executable)


def _everywhere(setting: Setting) -> Setting:
    """The setting with folders that mean the same from any working directory."""
    data = setting.data
    if data is not None and Path(data).is_dir():
        data = str(Path(data).resolve())
    return replace(setting, runs=setting.runs.resolve(), data=data)


def _here(job: Job) -> Job:
    folder = Path(job.encoder)
    return replace(job, encoder=str(folder.resolve())) if folder.is_dir() else job
