"""What the commands that train and evaluate share: a place to work, list options, results in words."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import typer

from warehouse.errors import UsageError

if TYPE_CHECKING:
    from xtb.place import Place
    from xtb.run import Run
    from xtb.spec import Precision

DEVICES = ("auto", "cpu", "cuda")


@contextmanager
def at_work(
    runs: Path,
    data: Path | str | None,
    *,
    device: str = "auto",
    threads: int | None = 1,
    save_seconds: float = 60.0,
    wait: float | None = None,
    launched: bool = False,
    tracker: str | None = None,
    **more: Any,
) -> Iterator["Place"]:
    """A place to work in this process: progress on stderr, Ctrl-C answered where nothing is half done.

    Args:
        runs, data, device, save_seconds, wait: fields of ``Place``, as options give them.
        threads: of torch on a CPU; None for as many as torch finds cores.
        launched: a launcher may have started several processes that work together.
        tracker: of training.
        more: further fields of ``Place``.
    """
    check_device(device)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads that spin slow the busy one down
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch

    from ingest.source import open_source
    from xtb.cli.progress import shown
    from xtb.place import Place, pick_device
    from xtb.stop import on_signal

    pick_device(device)  # a GPU that is not there is told before anything is read
    if threads is not None:
        torch.set_num_threads(threads)
    use_mirror(data)
    source = open_source(data)
    runs.mkdir(parents=True, exist_ok=True)
    together = None
    if launched:
        from xtb.processes import join

        together = join(device)
    if tracker is not None:
        from xtb.tracker import check_tracker

        check_tracker(tracker)
    quiet = together is not None and not together.first
    with on_signal() as stop, shown(quiet=quiet) as report:
        yield Place(
            runs=runs,
            source=source,
            device=device,
            stop=stop,
            report=report,
            save_seconds=save_seconds,
            processes=together,
            tracker=tracker,
            wait_seconds=wait,
            **more,
        )


def use_mirror(data: Path | str | None) -> None:
    """Let perturbations find the word lists of a mirror that was given as ``--data``, here and in workers."""
    if data is not None and Path(data).is_dir():
        os.environ["XTB_DATA"] = str(Path(data).resolve())


def check_device(device: str) -> None:
    """Raise ``UsageError`` for a device that is no choice."""
    if device not in DEVICES:
        raise UsageError(f"device '{device}' is none of {', '.join(DEVICES)}")


def pick_precision(precision: str, device: str) -> "Precision":
    """The precision that is meant: ``auto`` is bf16 on a GPU, fp32 on CPU."""
    from xtb.place import pick_device
    from xtb.spec import Precision

    if precision == "auto":
        return "bf16" if device == "cuda" or pick_device(device) == "cuda" else "fp32"
    if precision in get_args(Precision):
        return precision  # type: ignore[return-value]
    raise UsageError(f"precision '{precision}' is none of auto, {', '.join(get_args(Precision))}")


def choice(what: str, value: str | None, literal: Any) -> Any:
    """A value that is one of a ``Literal`` type, or None.

    Raises:
        UsageError: it is none of them.
    """
    if value is not None and value not in get_args(literal):
        raise UsageError(f"{what} '{value}' is none of {', '.join(get_args(literal))}")
    return value


def split_names(values: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names of an option that takes commas and may be repeated.

    >>> split_names(["de,sw", "zh"])
    ('de', 'sw', 'zh')
    """
    items = [values] if isinstance(values, str) else values or []
    names = [name.strip() for item in items for name in item.split(",")]
    return tuple(dict.fromkeys(name for name in names if name))


def split_numbers(values: Sequence[str] | None, what: str) -> tuple[int, ...]:
    """Whole numbers of such an option, with ranges.

    >>> split_numbers(["1-3,5"], "severity")
    (1, 2, 3, 5)
    """
    numbers: list[int] = []
    for name in split_names(values):
        first, dash, last = name.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise UsageError(f"{what} '{name}' is no number or range such as 1-5")
        numbers += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(numbers))


def one_line(found: "Run") -> str:
    """A trained run in one line: its id, its folder, how its stages went."""
    from xtb.run import read_table

    stages = read_table(found.folder, "stage").sort("position").iter_rows(named=True)
    words = [
        f"{row['task']}: {row['steps']} steps"
        + ("" if row["dev_score"] is None else f", dev {row['dev_metric']} {row['dev_score']:.3f}")
        for row in stages
    ]
    return f"{found.run_id}  {found.folder}  {'; '.join(words)}".rstrip()


def run_result(found: "Run") -> dict[str, Any]:
    """A trained run as JSON values."""
    from xtb.run import read_table

    record = {name: value for name, value in found.record.items() if name not in ("config", "versions")}
    stages = read_table(found.folder, "stage").sort("position").drop("run_id").to_dicts()
    return {**record, "folder": str(found.folder), "stages": stages}


def print_json(value: object) -> None:
    """Print one JSON document on stdout."""
    typer.echo(json.dumps(value, indent=1, default=str, ensure_ascii=False))
