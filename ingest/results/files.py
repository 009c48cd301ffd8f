"""Other people's files, read within limits: size, unpacked size, length of a line, depth, encoding.

A reason why a file cannot be read is an ``Unfit``, as for a single value; readers note it and go on with the
next file. Links that lead out of the folder asked for are not followed.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ingest.results.values import Unfit

FILE_LIMIT = 2**29
"""Bytes of one text file, unpacked."""
LINE_LIMIT = 2**24
"""Bytes of one line."""
ROW_LIMIT = 50_000_000
_BATCH = 2048
_FILES = 200_000


def below(root: Path, wanted: Callable[[str], bool]) -> list[Path]:
    """The files at or below ``root`` whose name is wanted, sorted; hidden folders are passed over.

    Raises:
        Unfit: there are more than can be meant.
    """
    if root.is_file():
        return [root] if wanted(root.name) else []
    inside = root.resolve()
    found: list[Path] = []
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in names if wanted(name)]
        if len(found) > _FILES:
            raise Unfit(f"holds more than {_FILES:,} files; give a folder further down")
    return sorted(path for path in found if path.is_file() and path.resolve().is_relative_to(inside))


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes.

    Raises:
        Unfit: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Unfit(f"cannot be opened ({error.strerror or error})") from error


def read_text(path: Path, limit: int = FILE_LIMIT) -> str:
    """The whole text of a file, ``.gz`` unpacked.

    Raises:
        Unfit: too large, no UTF-8, damaged, or not to be opened.
    """
    with _opened(path) as file:
        data = _bounded(file.read, limit)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unfit(f"is no UTF-8 (byte {error.start:,})") from error


def read_json(path: Path) -> Any:
    """The JSON document of a file; NaN and Infinity are read, for the row that holds them to be refused.

    Raises:
        Unfit: as ``read_text``, or no JSON.
    """
    return _parsed(read_text(path))


def any_json_below(root: Path, wanted: Callable[[str], bool], fits: Callable[[Any], bool]) -> bool:
    """Does one of the first twenty files at or below ``root`` whose name is wanted hold JSON that fits?

    Raises:
        Unfit: a file before it cannot be read.
    """
    return any(fits(read_json(file)) for file in below(root, wanted)[:20])


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object of a file.

    Raises:
        Unfit: as ``read_json``, or it holds something else.
    """
    found = read_json(path)
    if not isinstance(found, dict):
        raise Unfit(f"holds a {type(found).__name__}, not one JSON object")
    return found


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | Unfit]]:
    """The lines of a JSON Lines file with their numbers from 1: the object, or why the line is none.

    Raises:
        Unfit: the file cannot be opened or goes beyond a limit; what came before has been given.
    """
    for number, line in lines(path):
        try:
            found = _parsed(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            if not isinstance(found, dict):
                raise Unfit(f"holds a {type(found).__name__}, not one JSON object")
        except UnicodeDecodeError:
            yield number, Unfit("is no UTF-8")
        except Unfit as unfit:
            yield number, unfit
        else:
            yield number, found


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a text file that hold something, with their numbers from 1.

    Raises:
        Unfit: as ``json_lines``.
    """
    with _opened(path) as file:
        number = size = 0
        while line := _bounded(file.readline, LINE_LIMIT):
            number, size = number + 1, size + len(line)
            if size > 8 * FILE_LIMIT:
                raise Unfit(f"has more than {8 * FILE_LIMIT:,} bytes")
            if line.strip():
                yield number, line


def parquet_rows(path: Path, columns: list[str] | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a Parquet file with their numbers from 1, a batch in memory at a time.

    Args:
        path: the file.
        columns: those to read, of them that are there; all when None.

    Raises:
        Unfit: damaged, or larger than can be meant.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            rows = file.metadata.num_rows
            if rows > ROW_LIMIT:
                raise Unfit(f"claims {rows:,} rows; at most {ROW_LIMIT:,} are read")
            there = file.schema_arrow.names
            chosen = there if columns is None else [name for name in columns if name in there]
            number = 0
            for batch in file.iter_batches(batch_size=_rows_at_once(file.metadata), columns=chosen):
                if batch.nbytes > FILE_LIMIT:
                    raise Unfit(f"unpacks to more than {FILE_LIMIT:,} bytes in {batch.num_rows:,} rows")
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(
            f"cannot be read as Parquet ({str(error).splitlines()[0] if str(error) else error!r:.200})"
        ) from error


def _rows_at_once(metadata: Any) -> int:
    """Rows of a batch, so few that a value of a dictionary, repeated in each, stays within ``FILE_LIMIT``.

    A dictionary page may hold one huge value to which every row points: a small file that fills the memory.
    """
    largest = max(
        (
            chunk.total_uncompressed_size
            for group in range(metadata.num_row_groups)
            for column in range(metadata.num_columns)
            if (chunk := metadata.row_group(group).column(column)).has_dictionary_page
        ),
        default=1,
    )
    return min(max(FILE_LIMIT // max(largest, 1), 1), _BATCH)


def _opened(path: Path) -> Any:
    try:
        return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
    except OSError as error:
        raise Unfit(f"cannot be opened ({error.strerror or error})") from error


def _bounded(read: Callable[[int], bytes], limit: int) -> bytes:
    try:
        data = read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unfit(f"is damaged ({error})") from error
    if len(data) > limit:
        raise Unfit(f"has more than {limit:,} bytes" + (" in a line" if limit == LINE_LIMIT else ""))
    return data


def _parsed(found: str) -> Any:
    try:
        return json.loads(found)
    except RecursionError as error:
        raise Unfit("is nested too deeply") from error
    except ValueError as error:
        raise Unfit(f"is no JSON ({error})") from error
