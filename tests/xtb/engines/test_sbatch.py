"""A study as scripts: what they say, and that bash runs them to the end without any Slurm."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.xtb.cli.test_study import TEXT
from tests.xtb.cli.test_study import run as xtb_study
from tests.xtb.engines.errands import errand
from tests.xtb.engines.test_local import assert_complete
from warehouse.errors import UnknownName, UsageError
from xtb.conduct import plan_runs, run_study
from xtb.engines.sbatch import export
from xtb.engines.site import Site
from xtb.jobs import Job, Setting, job_named, jobs_of
from xtb.plan import make_plan
from xtb.studies import find
from xtb.studyfile import files_of, read_study

FAKE_SBATCH = """#!/bin/bash
# Runs the array here, one task after the other, as Slurm would one beside the other.
echo "$@" >> asked
for option; do
  case "$option" in --array=*) last=${option##*-} ;; esac
done
for ((task = 1; task <= last; task++)); do
  SLURM_ARRAY_TASK_ID=$task bash "${@: -2:1}" "${@: -1}" >> log 2>&1 || true
done
echo "$((++number))$RANDOM"
"""


def written(folder: Path, *jobs: Job, site: Site | None = None) -> Path:
    (folder / "a study.toml").write_text("seeds = [1]")
    setting = Setting(runs=folder / "runs", data="mini", device="cpu", threads=2)
    site = site or Site()
    out = folder / "out"
    export([folder / "a study.toml"], "grid", jobs, setting, out, site=site, encoder=None)
    return out


def test_a_list_holds_what_needs_only_lists_before(tmp_path: Path) -> None:
    chain = [errand("a"), errand("b", "a"), errand("c", "b", "done before"), errand("d")]
    out = written(tmp_path, *chain)
    lists = [path.read_text().split() for path in sorted(out.glob("*.txt"))]
    assert lists == [["a", "d"], ["b"], ["c"]]
    submit = (out / "submit.sh").read_text()
    assert submit.count("sbatch --parsable --array=1-1 ") == 2
    assert 'after="--dependency=afterany:${last%%;*}"' in submit


def test_a_long_list_is_cut_to_what_slurm_takes(tmp_path: Path) -> None:
    out = written(tmp_path, *(errand(f"job{n}") for n in range(2001)))
    assert sorted(len(path.read_text().split()) for path in out.glob("*.txt")) == [1, 1000, 1000]
    written(tmp_path, errand("a"))
    assert [path.name for path in out.glob("*.txt")] == ["1.txt"]  # nothing is left of the export before


def test_a_job_asks_for_its_share_of_a_node(tmp_path: Path) -> None:
    options: dict[str, str | int | bool | tuple[str, ...]] = {
        "partition": "gpu",
        "memory": 64,
        "options": "#SBATCH --mail-type=NONE",
    }
    out = written(tmp_path, errand("a"), site=Site(provider="slurm", gpus=4, workers=4, options=options))
    text = (out / "job.sh").read_text()
    for line in (
        "--partition=gpu",
        "--mem=16384M",
        "--gpus-per-node=1",
        "--cpus-per-task=2",
        "--mail-type=NONE",
    ):
        assert f"#SBATCH {line}\n" in text
    assert f"xtb study run-job --runs {tmp_path}/runs --data mini --device cpu --threads 2" in text
    with pytest.raises(UsageError, match="the provider of the cluster's file is 'pbs'"):
        written(tmp_path, errand("a"), site=Site(provider="pbs"))


def test_what_a_study_extends_goes_with_it(tmp_path: Path) -> None:
    found = files_of(find("english_intermediate_mini"))
    assert len(found) > 1
    setting = Setting(runs=tmp_path / "runs", data="mini")
    export(found, "two\nwords", [errand("a")], setting, tmp_path / "out", site=Site(), encoder=None)
    (copy,) = (tmp_path / "out" / "study").rglob("english_intermediate_mini.toml")
    assert read_study(copy) == read_study(found[0])
    text = (tmp_path / "out" / "job.sh").read_text()
    assert str(copy) in text
    assert "#SBATCH --job-name='xtb-two words'\n" in text


def test_a_job_that_the_study_has_not_is_told(tiny_encoder: Path, tmp_path: Path) -> None:
    planned = plan_runs(read_study(study_file(tmp_path, tiny_encoder)))
    for job in jobs_of(make_plan(planned, tmp_path)):
        assert job_named(planned, job.job_id).title == job.title
    with pytest.raises(UnknownName, match=r"unknown job 'none'\. See: xtb study plan STUDY --json"):
        job_named(planned, "none")


def study_file(folder: Path, encoder: Path, seeds: str = "[1]") -> Path:
    path = folder / "study.toml"
    text = TEXT.replace("seeds = [1, 2]", f"seeds = {seeds}")
    path.write_text(f'encoder = "{encoder}"\ndata = "mini"\n{text}')
    return path


@pytest.mark.slow
def test_the_scripts_do_the_study(tiny_encoder: Path, tmp_path: Path) -> None:
    """Through the real script and the real ``xtb``; only ``sbatch`` is ours."""
    file, out = study_file(tmp_path, tiny_encoder), tmp_path / "out"
    shown = xtb_study("export", file, tiny_encoder, "--slurm", "--out", str(out))
    assert "5 jobs in 3 arrays. Hand them in:" in shown
    (tmp_path / "sbatch").write_text(FAKE_SBATCH)
    (tmp_path / "sbatch").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for _ in range(2):  # the second time all is done, and nothing is doubled
        subprocess.run([out / "submit.sh"], env=env, cwd=tmp_path, check=True, timeout=500)
    log = (tmp_path / "log").read_text()
    assert log.count("measure direct mini_nli, seed 1: ") == 2
    assert "4 cells measured" in log
    assert "--dependency=afterany:" in (tmp_path / "asked").read_text().splitlines()[1]
    ended = run_study(read_study(file), tmp_path / "runs", device="cpu")
    assert ended.jobs == 0
    assert_complete(tmp_path / "runs", ended)
