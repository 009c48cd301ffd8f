"""A hub of one machine: serves a folder of repositories the way the Hugging Face hub does, for tests.

Only what reading Parquet needs: the commit of a branch, the listing of a commit, and files.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse


def commit_of(repo: str, revision: str) -> str:
    """The commit this server gives a branch; a commit stands for itself."""
    if re.fullmatch(r"[0-9a-f]{40}", revision):
        return revision
    return hashlib.sha1(f"{repo}@{revision}".encode()).hexdigest()


@contextmanager
def serve(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve ``<owner>/<name>/`` below ``root``; gives the address and the list of requests as they come."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer()

        def do_HEAD(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self.answer(self.rfile.read(length).decode())

        def answer(self, body: str = "") -> None:
            requests.append(f"{self.command} {self.path}")
            path = unquote(urlparse(self.path).path)
            if found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/revision/(.+))?", path):
                return self.info(found[1], found[2] or "main")
            if found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/tree/([0-9a-f]{40})/?(.*)", path):
                return self.tree(found[1], found[3])
            if found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/paths-info/([0-9a-f]{40})", path):
                return self.paths(found[1], body)
            if found := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([0-9a-f]{40})/(.+)", path):
                return self.file(found[1], found[2], found[3])
            return self.json({"error": "Not found"}, 404)

        def info(self, repo: str, revision: str) -> None:
            if not (root / repo).is_dir():
                return self.json({"error": "Repository not found"}, 404, "RepoNotFound")
            files = [{"rfilename": entry["path"]} for entry in entries(repo) if entry["type"] == "file"]
            sha = commit_of(repo, revision)
            return self.json({"id": repo, "sha": sha, "private": False, "tags": [], "siblings": files})

        def tree(self, repo: str, below: str) -> None:
            deep = "recursive" in parse_qs(urlparse(self.path).query)
            here = [
                entry
                for entry in entries(repo)
                if entry["path"].startswith(f"{below}/" if below else "")
                and (deep or "/" not in entry["path"][len(below) + 1 if below else 0 :])
            ]
            if below and not (root / repo / below).is_dir():
                return self.json({"error": "not found"}, 404, "EntryNotFound")
            return self.json(here)

        def paths(self, repo: str, body: str) -> None:
            asked = parse_qs(body).get("paths", []) if not body.startswith("{") else json.loads(body)["paths"]
            return self.json([entry for entry in entries(repo) if entry["path"] in asked])

        def file(self, repo: str, revision: str, path: str) -> None:
            place = root / repo / path
            if not place.is_file():
                return self.json({"error": "Entry not found"}, 404, "EntryNotFound")
            data = place.read_bytes()
            headers = {"X-Repo-Commit": revision, "ETag": f'"{hashlib.sha1(data).hexdigest()}"'}
            return self.send(200, data, headers)

        def json(self, value: Any, status: int = 200, code: str = "") -> None:
            headers = {"Content-Type": "application/json", **({"X-Error-Code": code} if code else {})}
            return self.send(status, json.dumps(value).encode(), headers)

        def send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    def entries(repo: str) -> list[dict[str, Any]]:
        home = root / repo
        return [
            {
                "type": "directory" if path.is_dir() else "file",
                "path": path.relative_to(home).as_posix(),
                "oid": hashlib.sha1(path.read_bytes() if path.is_file() else b"").hexdigest(),
                "size": path.stat().st_size if path.is_file() else 0,
            }
            for path in sorted(home.rglob("*"))
        ]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
