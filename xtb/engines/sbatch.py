"""A study as plain Slurm job arrays, for sites where no driver may run: nothing but ``sbatch``, bash and xtb.

    DIR/study/         the study's file, and those that it extends, as they were
    DIR/<n>.txt        ids of jobs that need nothing but those of lists before, one a line
    DIR/job.sh         one job: ``xtb study run-job STUDY ID`` for a line of a list
    DIR/submit.sh      hands the lists in, each after the ones before

A job that fails does not hold up the lists after it; those that need it fail with it, or do it again. A job
that Slurm ends early (walltime, preemption) saves its state, is put back into the queue and goes on.
"""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from warehouse.errors import UsageError
from xtb import files
from xtb.engines.cluster import worker_init
from xtb.engines.site import Site
from xtb.jobs import Job, Setting

ARRAY = 1000
"""Jobs of an array; Slurm's own limit is 1,001 unless a site has set another (``MaxArraySize``)."""

_JOB = """#!/bin/bash
{header}

# One job of the study {name}: the line $SLURM_ARRAY_TASK_ID of the list that is the first argument.
{begin}
job=$(sed -n "${{SLURM_ARRAY_TASK_ID}}p" "$1")
trap 'kill -USR2 "$work"' USR2 TERM  # save and end: Slurm is about to take the node away
xtb study run-job {arguments} "$job" &
work=$!
wait "$work"
code=$?
while kill -0 "$work" 2> /dev/null; do
  wait "$work"
  code=$?
done
if [ "$code" = 130 ] && [ "${{SLURM_RESTART_COUNT:-0}}" -lt {restarts} ]; then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
fi
exit "$code"
"""
_RESTARTS = 20


def export(
    study: Sequence[Path],
    name: str,
    jobs: Sequence[Job],
    setting: Setting,
    folder: Path,
    *,
    site: Site,
    encoder: str | None,
) -> list[Path]:
    """Write the arrays of the jobs that are left of a study.

    Args:
        study: its file, then those that it extends.
        name: what it is called.
        jobs: what is left.
        setting: where; folders as the nodes see them.
        folder: made when missing; gets the files.
        site: what a job asks Slurm for; a job has one of the GPUs of a node, and its share of the memory.
        encoder: given on the command line in place of the file's own.

    Returns:
        The lists, in order.

    Raises:
        UsageError: the site is no Slurm.
    """
    if site.provider not in ("slurm", "local"):
        raise UsageError(f"--slurm writes for Slurm; the provider of the cluster's file is '{site.provider}'")
    folder = folder.resolve()
    copy = _copied(study, folder / "study")
    name = " ".join(name.split())
    for old in folder.glob("[0-9]*.txt"):
        old.unlink()
    levels = [level[at : at + ARRAY] for level in _levels(jobs) for at in range(0, len(level), ARRAY)]
    lists = [folder / f"{number}.txt" for number in range(1, len(levels) + 1)]
    for path, level in zip(lists, levels, strict=True):
        files.write_file(path, "".join(f"{job.job_id}\n" for job in level).encode())
    text = _JOB.format(
        header="\n".join(f"#SBATCH {line}" for line in _header(site, setting, folder, name)),
        name=name,
        begin=_begin(site, setting),
        arguments=shlex.join(_arguments(setting, copy, encoder)),
        restarts=_RESTARTS,
    )
    _script(folder / "job.sh", text)
    _script(folder / "submit.sh", _submit(levels, lists, folder))
    (folder / "logs").mkdir(exist_ok=True)
    return lists


def _copied(study: Sequence[Path], folder: Path) -> Path:
    """Copies of a study's files that lie to each other as the files do; returns that of the first."""
    paths = [path.resolve() for path in study]
    top = os.path.commonpath([path.parent for path in paths])
    copies = [folder / path.relative_to(top) for path in paths]
    for path, copy in zip(paths, copies, strict=True):
        files.write_file(copy, path.read_bytes())
    return copies[0]


def _levels(jobs: Sequence[Job]) -> list[list[Job]]:
    """Jobs by how many others have to be done one after another before them."""
    depth: dict[str, int] = {}
    for job in jobs:  # each comes after those it needs
        depth[job.job_id] = 1 + max((depth[need] for need in job.after if need in depth), default=-1)
    deepest = max(depth.values(), default=-1)
    return [[job for job in jobs if depth[job.job_id] == level] for level in range(deepest + 1)]


def _header(site: Site, setting: Setting, folder: Path, name: str) -> list[str]:
    lines = [
        f"--job-name={shlex.quote(f'xtb-{name}')}",
        f"--output={shlex.quote(f'{folder}/logs/%A-%a.log')}",
        f"--time={site.walltime}",
        f"--cpus-per-task={setting.threads}",
        "--requeue",
        "--open-mode=append",
        "--signal=B:USR2@120",  # two minutes before the end of the walltime
    ]
    lines += [
        f"--{key}={site.text(key)}" for key in ("partition", "account", "qos", "constraint") if site.text(key)
    ]
    memory = site.options.get("memory")
    if isinstance(memory, int):
        lines.append(f"--mem={memory * 1024 // site.workers}M")
    if site.gpus:
        lines.append("--gpus-per-node=1")
    own = (site.text("options") or "").splitlines()
    return lines + [line.removeprefix("#SBATCH").strip() for line in own if line.strip()]


def _begin(site: Site, setting: Setting) -> str:
    bin_folder = Path(site.python or sys.executable).parent
    lines = [
        worker_init(site, setting),
        f'export PATH={shlex.quote(str(bin_folder))}:"$PATH"',
        f"cd {shlex.quote(str(Path.cwd()))}",  # relative folders mean the same as now
    ]
    return "\n".join(lines)


def _arguments(setting: Setting, study: Path, encoder: str | None) -> list[str]:
    options: Mapping[str, str | None] = {
        "--runs": str(setting.runs.resolve()),
        "--data": setting.data,
        "--encoder": encoder,
        "--device": setting.device,
        "--threads": str(setting.threads),
    }
    given = [text for key, value in options.items() if value is not None for text in (key, value)]
    return [*given, str(study)]


def _submit(levels: Sequence[Sequence[Job]], lists: Sequence[Path], folder: Path) -> str:
    lines = ["#!/bin/bash", "# Hands in all jobs; a list waits until the one before it has ended."]
    lines += ["set -e", "after="]
    for path, level in zip(lists, levels, strict=True):
        array = f"sbatch --parsable --array=1-{len(level)} $after {shlex.quote(str(folder / 'job.sh'))}"
        lines.append(f"last=$({array} {shlex.quote(str(path))})")
        lines.append('after="--dependency=afterany:${last%%;*}"')
        lines.append(f'echo "$last: {len(level)} jobs of {path.name}"')
    return "\n".join(lines) + "\n"


def _script(path: Path, text: str) -> None:
    files.write_file(path, text.encode())
    path.chmod(path.stat().st_mode | 0o111)
