"""Start-up stays light: the command line loads no heavy library before a command needs it."""

import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "transformers",
    "datasets",
    "accelerate",
    "statsmodels",
    "scipy",
    "altair",
    "pandas",
    "pyarrow",
    "prompt_toolkit",
)


def test_command_line_loads_nothing_heavy() -> None:
    code = """if True:
        import sys
        from xtb.cli.main import command_line
        command_line()
        print(*{name.split('.')[0] for name in sys.modules})
    """
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not set(HEAVY) & set(shown.split())


@pytest.mark.parametrize(
    ("package", "only_in"),
    [
        ("duckdb", ("warehouse/connect.py",)),
        ("datasets", ("ingest/source.py", "ingest/hub.py")),
        ("altair", ("reports/charts/",)),
        ("parsl", ("xtb/engines/cluster.py", "xtb/engines/pods.py")),
        ("prompt_toolkit", ("xtb/cli/shell.py",)),
        ("statsmodels", ("reports/models/",)),
        ("typer", ("xtb/cli/",)),
        ("torch", ("xtb/",)),
        ("xlsxwriter", ("warehouse/workbook.py",)),
        ("transformers", ("xtb/",)),
    ],
)
def test_heavy_package_enters_by_one_door(package: str, only_in: tuple[str, ...]) -> None:
    import re
    from pathlib import Path

    root = Path(__file__).resolve().parents[1]
    importing = re.compile(rf"^\s*(import {package}\b(?!\.?_)|from {package}[. ])", re.MULTILINE)
    files = [p for folder in ("xtb", "ingest", "reports", "warehouse") for p in (root / folder).rglob("*.py")]
    assert len(files) > 50
    strangers = [
        relative
        for path in files
        if importing.search(path.read_text(encoding="utf-8"))
        and not (relative := path.relative_to(root).as_posix()).startswith(only_in)
    ]
    assert strangers == []
