"""What a bug report needs: versions, machine, and the state of the warehouse, as one mapping."""

import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from warehouse.catalogue import row_counts
from warehouse.connect import open_for_reading
from warehouse.errors import WarehouseError
from warehouse.version import latest_version, schema_version

PACKAGES = (
    "duckdb",
    "polars",
    "pyarrow",
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
    "accelerate",
    "altair",
)


def examine(db: Path, *, with_torch: bool = False) -> dict[str, Any]:
    """State of the installation and of a warehouse; a fault is reported, not raised.

    Args:
        db: the warehouse file; it need not be there.
        with_torch: import torch and ask it for a GPU (seconds).
    """
    found: dict[str, Any] = {
        "xtb": _version("xtb-warehouse"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        **{package: _version(package) for package in PACKAGES},
        "nvidia_driver": Path("/proc/driver/nvidia/version").exists()
        or shutil.which("nvidia-smi") is not None,
    }
    if with_torch:
        found |= _torch()
    return found | _warehouse(db)


def _warehouse(db: Path) -> dict[str, Any]:
    folder = db.resolve().parent
    found: dict[str, Any] = {
        "warehouse": str(db),
        "state": "missing",
        "free_disk_gib": round(shutil.disk_usage(folder).free / 2**30, 1) if folder.is_dir() else None,
        "folder_writable": os.access(folder, os.W_OK),
        "schema_known": latest_version(),
    }
    if not db.exists():
        return found
    found["size_mib"] = round(db.stat().st_size / 2**20, 1)
    wal = db.with_name(db.name + ".wal")
    found["wal_mib"] = round(wal.stat().st_size / 2**20, 1) if wal.exists() else 0.0
    try:
        with open_for_reading(db, wait_seconds=0) as con:
            counts = row_counts(con)
            found |= {"state": "ok", "schema": schema_version(con), "rows": counts}
    except WarehouseError as error:
        found["state"] = str(error)
    return found


def _torch() -> dict[str, Any]:
    import torch

    devices = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    return {"cuda": torch.cuda.is_available(), "gpus": devices, "torch_threads": torch.get_num_threads()}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
