"""What made a result: code, packages, machine. Never environment variables, which may hold secrets."""

import json
import platform
import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("xtb-warehouse", "torch", "transformers", "tokenizers", "accelerate", "numpy", "polars")


@lru_cache(maxsize=1)
def code_version() -> str:
    """The commit of the checkout the code runs from (``+`` when changed), else the package's version."""
    root = Path(__file__).resolve().parents[1]
    if not (root / ".git").exists():
        return _version("xtb-warehouse")
    try:
        commit = _git(root, "rev-parse", "--short=12", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return _version("xtb-warehouse")
    return commit + ("+" if changed else "")


def versions() -> dict[str, str]:
    """Versions of Python, the system and the packages that make the numbers."""
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    return found | {name: _version(name) for name in _PACKAGES}


def environment() -> dict[str, str]:
    """``versions`` and what of torch's state changes bits: threads, vector instructions, CUDA."""
    import torch

    found = versions() | {
        "threads": str(torch.get_num_threads()),
        "vector_instructions": torch.backends.cpu.get_cpu_capability(),
    }
    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
    return found


def environment_json() -> str:
    """``environment`` as canonical JSON."""
    return json.dumps(environment(), sort_keys=True)


def device_name(device: str) -> str:
    """A device in words: the GPU's name (``cuda`` where it is another machine's), or this one's processor."""
    import torch

    if device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device)) if torch.cuda.is_available() else device
    return f"cpu ({_processor()})"


@lru_cache(maxsize=1)
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
