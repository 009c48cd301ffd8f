"""A stand-in for the API server of Kubernetes: a pod is a process of this machine."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

PODS = "/api/v1/namespaces/lab/pods"


@dataclass
class Cluster:
    """Pods by name: as they were asked for, and their processes; a pod that was deleted is not there."""

    folder: Path
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    evicted: set[str] = field(default_factory=set)
    unread: bool = False  # is what pods wrote out of reach?

    @property
    def config(self) -> Path:
        """What a client reads to find the server."""
        return self.folder / "config"

    def start(self, pod: dict[str, Any]) -> dict[str, Any]:
        name = pod["metadata"]["name"]
        (container,) = pod["spec"]["containers"]
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [*container["command"], *container["args"]],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.asked[name] = pod
        return pod | {"status": {"phase": "Pending"}}

    def read(self, name: str) -> dict[str, Any]:
        code = self.running[name].poll()
        if name in self.evicted:
            return self.asked[name] | {"status": {"phase": "Failed", "reason": "Evicted"}}
        phase = "Running" if code is None else "Failed" if code else "Succeeded"
        return self.asked[name] | {"status": {"phase": phase}}

    def evict(self, name: str) -> None:
        """End a pod at once, as a node does that runs out of memory; the pod is still there to be read."""
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.evicted.add(name)

    def delete(self, name: str) -> dict[str, Any]:
        """End a pod at once, as the loss of its node does."""
        process = self.running.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return self.asked[name]


@contextmanager
def pods_here(folder: Path) -> Iterator[Cluster]:
    """A cluster whose namespace is ``lab``; its pods end with it."""
    cluster = Cluster(folder)

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            pod = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(cluster.start(pod), 201)

        def do_GET(self) -> None:
            name, _, rest = self.path.removeprefix(f"{PODS}/").partition("/")
            if name not in cluster.running:
                self._answer({"kind": "Status", "code": 404}, 404)
            elif rest.startswith("log?") and cluster.unread:
                self._answer({"kind": "Status", "code": 500}, 500)
            elif rest.startswith("log?"):
                self._send((folder / f"{name}.log").read_bytes(), 200, "text/plain")
            else:
                self._answer(cluster.read(name), 200)

        def do_DELETE(self) -> None:
            self._answer(cluster.delete(self.path.removeprefix(f"{PODS}/")), 200)

        def _answer(self, value: Any, code: int) -> None:
            self._send(json.dumps(value).encode(), code, "application/json")

        def _send(self, body: bytes, code: int, kind: str) -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: a test has no use for it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = {"name": "here", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [here],
            "users": [{"name": "me", "user": {}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
            "current-context": "here",
        }
        cluster.config.write_text(json.dumps(config))
        try:
            yield cluster
        finally:
            for name in list(cluster.running):
                cluster.delete(name)
            server.shutdown()
