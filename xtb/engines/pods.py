"""Pilots as pods of Kubernetes; beside ``cluster`` the only import of parsl.

Parsl's own provider (2026.10.26) goes on to count a pod as running that was evicted with its node or deleted:
the study would wait for it for ever. Here such a pod is ended, so that another takes its place, and one that
failed tells the last lines it wrote.
"""

from collections.abc import Sequence
from typing import Any

from kubernetes.client.exceptions import ApiException
from parsl.jobs.states import JobState, JobStatus
from parsl.providers import KubernetesProvider
from parsl.providers.kubernetes.kube import translate_table
from urllib3.exceptions import HTTPError

_LINES = 6
_GONE = 404


class Pods(KubernetesProvider):
    """Parsl's provider, with a closer look at its pods.

    Args:
        look: seconds between two looks.
        more: what Parsl's takes.
    """

    def __init__(self, *, look: int, **more: Any) -> None:
        super().__init__(**more)
        self._look = look

    @property
    def status_polling_interval(self) -> int:
        """Seconds between two looks at the pods."""
        return self._look

    def status(self, job_ids: Sequence[object]) -> list[JobStatus]:
        """The state of each pod; that of a pod which cannot be asked about now is the last one known."""
        for job in job_ids:
            pod = self.resources[job]
            if not pod["status"].terminal:
                pod["status"] = self._state(pod["pod_name"]) or pod["status"]
        return [self.resources[job]["status"] for job in job_ids]

    def _state(self, name: str) -> JobStatus | None:
        try:
            found = self.kube_client.read_namespaced_pod(name=name, namespace=self.namespace).status
        except ApiException as error:
            gone = error.status == _GONE
            return JobStatus(JobState.CANCELLED, message=f"pod {name} is gone") if gone else None
        except HTTPError:
            return None
        if found is None or found.phase is None:
            return None
        state = translate_table.get(found.phase, JobState.UNKNOWN)
        if state == JobState.FAILED and found.reason:  # Evicted, Shutdown, ...: not what ran in it
            return JobStatus(JobState.CANCELLED, message=f"pod {name}: {found.reason}")
        return JobStatus(state, message=self._said(name) if state == JobState.FAILED else None)

    def _said(self, name: str) -> str:
        try:
            lines: str = self.kube_client.read_namespaced_pod_log(
                name=name, namespace=self.namespace, tail_lines=_LINES
            )
        except (ApiException, HTTPError) as error:
            return f"pod {name} failed, and what it wrote cannot be read ({type(error).__name__})"
        return lines
