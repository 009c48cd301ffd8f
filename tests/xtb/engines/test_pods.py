"""Pilots as pods, on a stand-in for the API server: what is asked for, a pod that is lost, one that fails."""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from tests.xtb.engines.errands import begun, errand, run_errand
from tests.xtb.engines.pods_here import Cluster, pods_here
from xtb.engines import cluster
from xtb.engines.site import Site
from xtb.errors import XtbError
from xtb.jobs import Ended, Job, Setting
from xtb.stop import Stop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

LAB = Site(
    provider="kubernetes",
    heartbeat=1,
    retries=1,
    python=sys.executable,
    address="127.0.0.1",
    worker_init=f"export PYTHONPATH={Path(__file__).resolve().parents[3]}",
    options={
        "image": "lab/xtb:1",
        "namespace": "lab",
        "cpus": 3,
        "memory": "2Gi",
        "volumes": ("store:/data",),
    },
)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    folder = tmp_path / "lab"
    folder.mkdir()
    with pods_here(folder) as found:
        monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(found.config))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield found


def run(runs: Path, *jobs: Job, site: Site = LAB) -> dict[str, Ended]:
    return cluster.run_jobs(
        jobs,
        Setting(runs=runs, data="mini"),
        site=site,
        stop=Stop(),
        report=lambda news: None,
        on_end=lambda job, ended: None,
        task=run_errand,
    )


def test_a_pod_works_through_the_jobs_and_is_what_the_site_asks_for(tmp_path: Path, lab: Cluster) -> None:
    site = replace(LAB, gpus=1, options={**LAB.options, "service_account": "runner", "secret": "pull"})
    ended = run(tmp_path, errand("first"), errand("second", "first"), site=site)
    assert {how.how for how in ended.values()} == {"done"}
    (pod,) = lab.asked.values()
    (container,) = pod["spec"]["containers"]
    assert container["image"] == "lab/xtb:1"
    size = {"cpu": "3", "memory": "2Gi", "nvidia.com/gpu": "1"}
    assert container["resources"] == {"limits": size, "requests": size}
    assert container["volumeMounts"] == [{"mountPath": "/data", "name": "store"}]
    assert pod["spec"]["volumes"] == [{"name": "store", "persistentVolumeClaim": {"claimName": "store"}}]
    assert pod["spec"]["serviceAccountName"] == "runner"
    assert pod["spec"]["imagePullSecrets"] == [{"name": "pull"}]
    assert not lab.running  # the pilot was ended with the study


@pytest.mark.parametrize("way", ["delete", "evict"])
def test_a_pod_that_is_lost_is_replaced_and_its_job_done_again(
    tmp_path: Path, lab: Cluster, way: str
) -> None:
    def lose_the_first() -> None:
        while not begun(tmp_path, "long"):
            time.sleep(0.1)
        getattr(lab, way)(next(iter(lab.running)))

    thread = Thread(target=lose_the_first)
    thread.start()
    ended = run(tmp_path, errand("long", title="wait once"), errand("after", "long"))
    thread.join()
    assert {how.how for how in ended.values()} == {"done"}
    assert begun(tmp_path, "long") == 2
    assert len(lab.asked) == 2


@pytest.mark.parametrize(
    ("unread", "told"), [(False, "no such module"), (True, "what it wrote cannot be read")]
)
def test_pods_that_fail_tell_what_they_said(tmp_path: Path, lab: Cluster, unread: bool, told: str) -> None:
    lab.unread = unread
    site = replace(LAB, worker_init="echo there is no such module >&2; exit 3")
    with pytest.raises(XtbError, match=f"no pilot works: .*{told}"):
        run(tmp_path, errand("first"), site=site)
