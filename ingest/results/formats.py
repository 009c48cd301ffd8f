"""The readers of other people's results, by the source they name; each is a file of this folder."""

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ingest.errors import MissingData
from ingest.results.given import Given
from ingest.results.reading import Reader, Reading
from ingest.results.values import Unfit
from warehouse.errors import UnknownName, UsageError

_FILES = ("lm_eval", "lighteval", "every_eval_ever", "mlflow", "hf_trainer", "jiant", "table")


@cache
def readers() -> Mapping[str, Reader]:
    """Source -> reader."""
    found = [importlib.import_module(f"ingest.results.{file}").READER for file in _FILES]
    return {reader.source: reader for reader in found}


def recognise(path: Path) -> str:
    """The one format that a file or folder looks like.

    Raises:
        UsageError: it looks like none, or like several.
    """
    found = [source for source, reader in readers().items() if _recognises(reader, path)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(readers())
    if not found:
        raise UsageError(
            f"no finished run folder below {path}, and no results of others that are recognised; "
            f"say what it is with --format (runs, xtreme, {known})"
        )
    raise UsageError(f"{path} looks like {' and '.join(found)}; say which with --format")


def _recognises(reader: Reader, path: Path) -> bool:
    try:
        return reader.recognises(path)
    except Unfit:  # what a reader cannot look into is not of its format
        return False


def read(source: str, path: Path, given: Given, mapping: Path | None = None) -> Reading:
    """Read other people's results.

    Args:
        source: a name of ``readers()``.
        path: a file or folder.
        given: what the files do not say.
        mapping: what the columns of a table mean.

    Raises:
        UnknownName: no such format.
        MissingData: there is nothing at ``path``.
        UsageError: the mapping cannot be used.
    """
    if source not in readers():
        raise UnknownName("format", source, ("runs", "xtreme", *readers()), "xtb ingest --help")
    if not path.exists():
        raise MissingData(f"there is no file or folder {path}")
    reading = Reading(source=source, given=given, mapping=mapping)
    try:
        readers()[source].read(path, reading)
    except Unfit as unfit:
        raise UsageError(f"{path} {unfit}") from unfit
    return reading
