"""Files that appear whole or not at all, also when the process is killed or the disk is full.

Everything is written beside its place under a temporary name, flushed to the disk, then renamed; the
folder is flushed last. A folder gets its ``manifest.json`` (sizes and SHA-256 of its files) as the
last file before it is renamed, so that a folder without a matching manifest is no checkpoint.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

MANIFEST = "manifest.json"
_TEMPORARY = ".tmp-"
_OS_ERROR = re.compile(r"\(os error (\d+)\)")


def write_file(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` atomically, replacing what is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / _temporary_name()
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A staging folder that becomes ``path``, complete with manifest, when the block ends well.

    When ``path`` is already there, complete, it stays and the staging folder is dropped: both were made from
    the same specification.

    Raises:
        OSError: the disk is full or the like; also where a library written in Rust (safetensors, tokenizers)
            says so in an exception of its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.parent / _temporary_name()
    staging.mkdir()
    try:
        yield staging
        _seal(staging)
        if path.exists() and not is_complete(path):
            shutil.rmtree(path)
        if not path.exists():
            staging.rename(path)
    except Exception as error:
        number = _OS_ERROR.search(str(error))
        if isinstance(error, OSError) or number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    sync_folder(path.parent)


def is_complete(folder: Path, *, hashes: bool = False) -> bool:
    """Does the folder hold every file of its manifest, in full length (and content, with ``hashes``)?"""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        whole = all((folder / name).stat().st_size == entry["bytes"] for name, entry in manifest.items())
        return whole and not (hashes and damaged(folder))
    except (OSError, ValueError):
        return False


def damaged(folder: Path) -> list[Path]:
    """Files of a folder with a manifest whose content is not what it says."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    return [folder / name for name, entry in manifest.items() if sha256(folder / name) != entry["sha256"]]


def sweep(folder: Path) -> None:
    """Remove temporary files and folders of processes of this machine that are gone."""
    for path in folder.glob(f"{_TEMPORARY}{_host()}-*"):
        owner = path.name.split("-")[2]
        if owner.isdigit() and not is_alive(int(owner)):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def is_alive(pid: int) -> bool:
    """Is there a process of this number on this machine?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sha256(path: Path) -> str:
    """Hash of a file's bytes, in hexadecimal; read again only when the file has changed."""
    found = path.stat()
    return _sha256(path, found.st_size, found.st_mtime_ns, found.st_ino)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@lru_cache(maxsize=100_000)
def _sha256(path: Path, size: int, changed: int, inode: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _temporary_name() -> str:
    return f"{_TEMPORARY}{_host()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _seal(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {}
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())
        name = str(path.relative_to(folder))
        manifest[name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
    write_file(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
