"""Which commit of a hub repository is read: looked up once, written down, never changed behind your back.

A ``Hub`` that names a commit needs nothing of this. For a branch the first use asks the hub and
writes ``<cache>/pins/<owner>--<name>@<branch>.json``; every later use, here and in any process that
shares the cache, reads that file. Delete it to take a newer commit.
"""

import json
import os
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ingest.dataset import Hub
from ingest.errors import BadData


def cache_folder() -> Path:
    """``$XTB_CACHE``, else ``xtb`` in the user's cache folder."""
    own = os.environ.get("XTB_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xtb"


def commit_of(hub: Hub, ask: Callable[[str, str], str], folder: Path | None = None) -> str:
    """The commit to read a repository at.

    Args:
        hub: the place; its own revision when that is a commit.
        ask: (repository, branch) -> commit, called only when nothing is written down.
        folder: where pins lie; ``<cache>/pins`` when None.

    Raises:
        BadData: the pin cannot be read, or the hub's answer is no commit.
    """
    if hub.pinned:
        return hub.revision
    name = f"{hub.repo.replace('/', '--')}@{hub.revision.replace('/', '_')}.json"
    pin = (folder or cache_folder() / "pins") / name
    if not pin.exists():
        commit = ask(hub.repo, hub.revision)
        if not re.fullmatch(r"[0-9a-f]{40}", commit):
            raise BadData(
                f"the hub names '{commit}' as the commit of {hub.repo}@{hub.revision}, which is none"
            )
        _write_new(pin, {"repo": hub.repo, "revision": hub.revision, "commit": commit})
    return _read(pin)


def _write_new(pin: Path, entry: dict[str, str]) -> None:
    """Write a pin unless another process was first; then its word holds."""
    pin.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**entry, "since": datetime.now(UTC).isoformat(timespec="seconds")}, indent=1)
    draft = pin.with_suffix(f".{uuid.uuid4().hex}.tmp")
    draft.write_text(text + "\n", encoding="utf-8")
    try:
        os.link(draft, pin)  # atomic, and fails when the pin is there
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        draft.replace(pin)
    finally:
        draft.unlink(missing_ok=True)


def _read(pin: Path) -> str:
    try:
        commit = json.loads(pin.read_text(encoding="utf-8"))["commit"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadData(f"{pin} is damaged; delete it to ask the hub again") from error
    if not isinstance(commit, str) or not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise BadData(f"{pin} names no commit; delete it to ask the hub again")
    return commit
