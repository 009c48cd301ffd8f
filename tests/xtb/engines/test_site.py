"""Site files: every mistake at once, defaults, and what Parsl is told of them."""

from pathlib import Path

import pytest

from warehouse.errors import UsageError
from xtb.engines import cluster, site
from xtb.engines.site import Site, read_site
from xtb.errors import BadStudy
from xtb.jobs import Setting


def read(folder: Path, text: str) -> Site:
    path = folder / "site.toml"
    path.write_text(text)
    return read_site(path)


def example() -> str:
    """The file in the module's docstring, which is the documentation."""
    return (site.__doc__ or "").partition("\n\n")[2]


def test_the_documented_file_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, example())
    assert (found.provider, found.pilots, found.workers, found.gpus) == ("slurm", 4, 4, 4)
    assert found.text("partition") == "gpu"
    assert found.options["memory"] == 64
    assert found.text("qos") is None
    assert read(tmp_path, example().replace('"slurm"', '"pbs"')).text("select") == "ngpus=4"
    pods = read(tmp_path, example().replace('"slurm"', '"kubernetes"'))
    assert pods.options["volumes"] == ("claim:/mounted/here",)


def test_an_empty_file_is_this_machine(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Site()


def test_a_gpu_has_one_worker(tmp_path: Path) -> None:
    assert read(tmp_path, "gpus = 3").workers == 3


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    text = """
provider = "slrum"
gpus = 2
workers = 4
walltime = "an hour"
pilot = 3
[slurm]
memory = "64 GB"
exclusive = "no"
[kubernetes]
volumes = ["here"]
"""
    with pytest.raises(BadStudy) as raised:
        read(tmp_path, text)
    told = str(raised.value).splitlines()
    assert told[0].endswith("has 7 mistakes:")
    assert "Did you mean 'slurm'?" in str(raised.value)
    assert "Did you mean 'pilots'?" in str(raised.value)
    assert "  workers: 4 is not the number of GPUs (2): a GPU has one worker" in told
    assert "  walltime: 'an hour' is no time such as 04:00:00" in told
    assert "  slurm.exclusive: must be true or false, not 'no'" in told
    assert "  kubernetes.volumes: 'here' is no claim:/folder" in told
    assert raised.value.exit_code == 2


def test_pods_need_an_image(tmp_path: Path) -> None:
    with pytest.raises(BadStudy, match=r"kubernetes\.image: is missing"):
        read(tmp_path, 'provider = "kubernetes"')
    with pytest.raises(BadStudy, match="nodes: 2 cannot be: a pilot is one pod"):
        read(tmp_path, 'provider = "kubernetes"\nnodes = 2')


def test_workers_begin_with_what_they_need_then_the_sites_own_lines(tmp_path: Path) -> None:
    setting = Setting(runs=tmp_path, data=str(tmp_path), threads=3)
    lines = cluster.worker_init(Site(worker_init="module load cuda"), setting).splitlines()
    assert "export OMP_NUM_THREADS=3" in lines
    assert f"export XTB_DATA={tmp_path}" in lines
    assert any(line.startswith("export PYTHONPATH=") for line in lines)
    assert lines[-1] == "module load cuda"
    elsewhere = cluster.worker_init(Site(python="/opt/python"), setting)
    assert "PYTHONPATH" not in elsewhere  # paths of this machine mean nothing to another installation


def test_kubernetes_without_its_package_is_told(tmp_path: Path) -> None:
    try:
        import kubernetes  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        pods = Site(provider="kubernetes", options={"image": "xtb"})
        with pytest.raises(UsageError, match="needs the package kubernetes"):
            cluster.run_jobs(
                [],
                Setting(runs=tmp_path, data="mini"),
                site=pods,
                stop=None,  # type: ignore[arg-type]
                report=None,  # type: ignore[arg-type]
                on_end=None,  # type: ignore[arg-type]
            )
    else:
        pytest.skip("the package is installed")
