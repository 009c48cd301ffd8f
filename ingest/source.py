"""Where benchmark data come from: the Hugging Face hub, a mirror folder, or the built-in benchmark.

The only file that imports ``datasets``, and only when the hub (or a clone of a repository) is read: a
mirror never pays its two seconds. What the hub hands out is Parquet or nothing; no script of a
repository is ever run.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from ingest.dataset import Dataset, Hub, shaped
from ingest.errors import BadData, MissingData
from ingest.manifest import Folder, read_parquet
from ingest.mirror import PART, MirrorSource
from ingest.pins import commit_of


class Source(Protocol):
    """A place that holds tables of benchmarks.

    Attributes:
        name: provenance kept with every run: ``hub``, ``mirror:<fingerprint>`` or ``mini``.
    """

    @property
    def name(self) -> str:
        """Provenance."""
        ...

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        """Is this table here? Looks at names only, reads nothing, asks no network."""
        ...

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        """One split and language with the columns of the data set's shape, in the benchmark's order.

        Raises:
            MissingData: the table is not here.
            BadData: a file is damaged, lacks columns, or has another size than declared.
        """
        ...


def open_source(data: Path | str | None) -> Source:
    """The source that ``--data`` names.

    Args:
        data: None for the hub; ``mini`` for the built-in benchmark; else a mirror folder, in the
            layout ``<dataset>/<split>/<language>.parquet``, or with clones of hub repositories
            as ``<owner>/<name>/``, or both.

    Raises:
        MissingData: no such folder.
    """
    if data is None:
        return HubSource()
    if str(data) == "mini":
        from ingest.mini import MiniSource

        return MiniSource()
    root = Path(data).expanduser()
    if not root.is_dir():
        raise MissingData(f"no folder of benchmark data at {root}: give --data a mirror folder, or 'mini'")
    folder = Folder(root)
    return MirrorSource(folder, HubSource(folder))


class HubSource:
    """Tables of the Hugging Face hub, or of clones of its repositories, through the same code.

    Args:
        clones: mirror with repositories as ``<owner>/<name>/``; None to ask the hub itself.
    """

    name = "hub"

    def __init__(self, clones: Folder | None = None) -> None:
        self._clones = clones

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        """Is this table declared to be on the hub (and its repository cloned)?"""
        hub = dataset.hub_for(split, language)
        if hub is None or self._clones is None:
            return hub is not None
        home, config = self._clones.root / hub.repo, hub.config_of(language)
        return (home if config == "default" else home / config).is_dir()

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        """One split and language; see ``Source``."""
        hub = dataset.hub_for(split, language)
        if hub is None:
            raise _not_on_the_hub(dataset, split, language)
        where = f"{dataset.name} {split} '{language}' ({hub.repo}, {hub.config_of(language)})"
        files, features = self._files(hub, split, language, where)
        read = self._clones.read if self._clones else read_parquet
        frame = pl.concat([read(path) for path in files], how="vertical_relaxed")
        frame = frame.with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32))
        for column, names in hub.names.items():
            frame = _named(frame, column, names, features.get(column), where)
        if hub.keep is not None:
            frame = frame.filter(hub.keep(language))
        listed = self._clones is not None and self._clones.lists(files)
        rows = None if listed else hub.rows.get((split, language))
        hint = PART if self._clones else "The repository was changed: name the commit to read in the task"
        return shaped(frame, dataset, hub.columns, where, rows=rows, drop=hub.drop, hint=hint)

    def _files(self, hub: Hub, split: str, language: str, where: str) -> tuple[list[Path], Mapping[str, Any]]:
        """The Parquet files of a split, on this machine, and what the card says about their columns."""
        import datasets
        from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # what its client stands on

        config, theirs = hub.config_of(language), hub.split_of(split)
        try:
            if self._clones is None:
                where = f"{where[:-1]} at {(commit := commit_of(hub, _ask))[:12]})"
                place: dict[str, Any] = {"path": hub.repo, "revision": commit}
            else:
                place = {"path": str(self._clones.root / hub.repo)}
            if hub.converted:
                place["data_files"] = {theirs: f"{config}/{theirs}/*.parquet"}
            else:
                place["name"] = config
            builder = datasets.load_dataset_builder(**place)
            found = builder.config.data_files or {}
            if builder.name != "parquet" or theirs not in found:
                splits = ", ".join(found) or "none"
                raise MissingData(f"no Parquet files of {where}: splits are {splits}, format {builder.name}")
            paths = datasets.DownloadManager().download(list(found[theirs]))
        except (ConnectionError, httpx.TransportError) as error:
            todo = "Give a mirror folder with --data"
            raise MissingData(f"cannot reach the hub for {where}. {todo}") from error
        except (ValueError, RuntimeError, OSError, httpx.HTTPError) as error:
            line = str(error).splitlines()[0]
            raise MissingData(f"no Parquet files of {where}: {line}") from error
        files = [Path(path) for path in paths]
        return files, builder.info.features or _features(files)


def _ask(repo: str, revision: str) -> str:
    """The commit a branch of a hub repository stands at now."""
    from huggingface_hub import HfApi

    return str(HfApi().dataset_info(repo, revision=revision).sha)


def _features(files: Sequence[Path]) -> Mapping[str, Any]:
    """Column types as ``datasets`` wrote them into a Parquet file, empty when it did not."""
    import datasets

    text = pl.read_parquet_metadata(files[0]).get("huggingface")
    return datasets.Features.from_dict(json.loads(text)["info"]["features"]) if text else {}


def _named(frame: pl.DataFrame, column: str, names: Sequence[str], feature: Any, where: str) -> pl.DataFrame:
    """Integers of a class column as names; refuses a card that names the classes otherwise."""
    stated = getattr(feature, "names", None) or getattr(getattr(feature, "feature", None), "names", None)
    if stated and list(stated) != list(names):
        raise BadData(f"{where}: classes of '{column}' are {', '.join(stated)}, expected {', '.join(names)}")
    if column not in frame.columns:
        raise BadData(f"{where} has no column '{column}'; it has {', '.join(frame.columns)}")
    numbers = dict(enumerate(names))
    kind = frame.schema[column]
    if isinstance(kind, pl.List) and kind.inner.is_integer():
        named = pl.col(column).list.eval(
            pl.element().replace_strict(numbers, default=None, return_dtype=pl.String)
        )
    elif kind.is_integer():
        named = pl.col(column).replace_strict(numbers, default=None, return_dtype=pl.String)
    else:
        return frame
    return frame.with_columns(named)


def _not_on_the_hub(dataset: Dataset, split: str, language: str) -> MissingData:
    what = f"{dataset.name} {split} '{language}'"
    if dataset.mirror is None and not dataset.hub:
        return MissingData(f"{what} is part of the built-in benchmark: use --data mini")
    todo = dataset.obtain or "give a mirror folder that has it with --data"
    return MissingData(f"the hub has no Parquet files of {what}. To go on, {todo}")
