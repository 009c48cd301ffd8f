"""Files that appear whole or not at all."""

import os
from pathlib import Path


def replace_file(path: Path, content: str | bytes) -> Path:
    """Write a file beside its place, force it to disk, and put it there in one step."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        return part.replace(path)
    finally:
        part.unlink(missing_ok=True)
