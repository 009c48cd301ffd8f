"""Any CSV, TSV (perhaps ``.gz``) or Parquet table of scores or outcomes, with a mapping of its columns.

A table whose columns have the warehouse's names needs no mapping. Else ``--map columns.toml``:

    [columns]              # our column = theirs
    encoder = "Model"
    language = "lang"
    value = "acc (%)"

    [values]               # the same in every row
    task = "xnli"
    metric = "accuracy"
    split = "test"

    [names.language]       # their value = ours
    Deutsch = "de"

    [wide]                 # instead of a column of values: a column for each language (or task, or metric)
    column = "language"
    of = ["de", "sw", "zh"]

    [scale]
    value = 100            # what stands for 1

Rows with ``example_id`` and ``correct`` are outcomes, others scores. Rows of the same encoder, regime, seed
and so on are one run, whichever file they stand in: a row that is in already is not doubled, one with
another value contradicts and is refused by the warehouse.
"""

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.results import files
from ingest.results.given import CELL_FIELDS, RUN_FIELDS
from ingest.results.model import Model
from ingest.results.place import Place
from ingest.results.reading import Reader, Reading
from ingest.results.values import Unfit, number_in
from warehouse.errors import UsageError

SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet")
COLUMNS = (*RUN_FIELDS, *CELL_FIELDS, "value", "n", "example_id", "correct", "exact", "prediction", "changed")
_NUMBERS = ("seed", "severity", "noise_seed", "value", "n", "correct", "exact")
_WIDTH = "\0width"  # no column of a CSV has this name
_TRUTH = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What the columns of a table mean."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    wide: str = ""
    of: tuple[str, ...] = ()
    scale: Mapping[str, float] = field(default_factory=dict)


def recognises(path: Path) -> bool:
    """Is it one table whose columns have our names, or a folder of such tables only?"""
    found = files.below(path, _is_table)
    return bool(found) and all(_has_our_columns(file) for file in found[:20])


def read(path: Path, reading: Reading) -> None:
    """Take the rows of every table at or below ``path``."""
    mapped = read_mapping(reading.mapping) if reading.mapping is not None else Mapped()
    found = files.below(path, _is_table)
    if not found:
        raise Unfit(f"holds no table; its name ends in one of {', '.join(SUFFIXES)}")
    for file in found:
        try:
            for number, row in _rows(file):
                _take(Place(file=file, line=number), row, mapped, reading)
        except Unfit as unfit:
            reading.reject(Place(file=file), unfit)


def read_mapping(path: Path) -> Mapped:
    """Read a mapping file.

    Raises:
        UsageError: it is missing or no TOML, or names what is not there; all problems together.
    """
    try:
        found = tomllib.loads(files.read_text(path, 2**20))
    except (Unfit, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"--map {path}: {error}") from error
    known = ("columns", "values", "names", "wide", "scale")
    wrong = [f"no table [{name}]; there are {', '.join(known)}" for name in found if name not in known]
    sections = {name: found.get(name, {}) for name in known}
    wrong += [f"{name} is no table" for name, one in sections.items() if not isinstance(one, dict)]
    if all(isinstance(one, dict) for one in sections.values()):
        for section in ("columns", "values", "names"):
            wrong += [f"{section}.{name} is no column" for name in sections[section] if name not in COLUMNS]
        for section, kind in (("columns", str), ("names", dict)):
            strangers = [name for name, one in sections[section].items() if not isinstance(one, kind)]
            wrong += [f"{section}.{name} is no {'text' if kind is str else 'table'}" for name in strangers]
        wide, of = sections["wide"].get("column", ""), sections["wide"].get("of", [])
        if wide and wide not in COLUMNS:
            wrong.append(f"wide.column {wide!a} is no column")
        if bool(wide) != bool(of) or not isinstance(of, list) or not all(isinstance(one, str) for one in of):
            wrong.append("[wide] needs column = ... and of = [...], names of columns")
        for name, one in sections["scale"].items():
            fits = isinstance(one, int | float) and not isinstance(one, bool) and one > 0
            if name not in ("value", "correct", "exact") or not fits:
                wrong.append(f"scale.{name} is no number above 0 for value, correct or exact")
    if wrong:
        raise UsageError(f"--map {path}: {'; '.join(wrong)}")
    return Mapped(
        columns=sections["columns"],
        values=sections["values"],
        names=sections["names"],
        wide=wide,
        of=tuple(of),
        scale=sections["scale"],
    )


def _take(place: Place, row: dict[str, Any], mapped: Mapped, reading: Reading) -> None:
    if _WIDTH in row:
        reading.reject(place, f"has {row[_WIDTH]} cells")
        return
    if not mapped.wide:
        _take_one(place, _ours(row, mapped), mapped, reading)
        return
    for column in mapped.of:
        if column not in row:
            reading.reject(place, f"there is no column {column!a:.60}", row)
        elif row[column] not in (None, ""):
            one = {**_ours(row, mapped), mapped.wide: _renamed(mapped, mapped.wide, column)}
            _take_one(place, {**one, "value": number_in(row[column])}, mapped, reading)


def _take_one(place: Place, row: dict[str, Any], mapped: Mapped, reading: Reading) -> None:
    fields = {name: row.get(name) for name in RUN_FIELDS if row.get(name) is not None}
    try:
        identity = json.dumps(sorted((name, one) for name, one in fields.items()), ensure_ascii=True)
    except (TypeError, ValueError) as error:
        reading.reject(place, f"cannot be told from other runs ({error})", row)
        return
    encoder = fields.pop("encoder", None)
    model = reading.model(place, identity, encoder, **fields)
    if model is None:
        return
    noise = (row.get("perturbation") or "clean", row.get("severity") or 0, row.get("noise_seed") or 0)
    if row.get("example_id") is not None:
        _take_outcome(place, row, mapped, model, noise)
    else:
        model.score(
            place,
            task=row.get("task"),
            split=row.get("split"),
            language=row.get("language"),
            metric=row.get("metric"),
            value=row.get("value"),
            n=row.get("n"),
            scale=mapped.scale.get("value", 1),
            noise=noise,
        )


def _take_outcome(
    place: Place, row: dict[str, Any], mapped: Mapped, model: Model, noise: tuple[Any, Any, Any]
) -> None:
    scale = mapped.scale.get("correct", 1)
    exact, changed = row.get("exact"), row.get("changed")
    if isinstance(exact, int | float) and "exact" in mapped.scale:
        exact = exact / mapped.scale["exact"] * scale
    model.outcome(
        place,
        task=row.get("task"),
        split=row.get("split"),
        language=row.get("language"),
        example=row["example_id"],
        correct=row.get("correct"),
        exact=exact,
        prediction=row.get("prediction"),
        scale=scale,
        noise=noise,
        changed=_TRUTH.get(str(changed), changed),
    )


def _ours(row: Mapping[str, Any], mapped: Mapped) -> dict[str, Any]:
    """A row under our names; what is empty is not there."""
    found: dict[str, Any] = dict(mapped.values)
    for our in COLUMNS:
        theirs = mapped.columns.get(our, our)
        if row.get(theirs) not in (None, "") and (our in mapped.columns or our not in mapped.values):
            one = _renamed(mapped, our, row[theirs])
            found[our] = number_in(one) if our in _NUMBERS else one
    return found


def _renamed(mapped: Mapped, our: str, value: Any) -> Any:
    names = mapped.names.get(our, {})
    return names.get(value, value) if isinstance(value, str) else value


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    return files.parquet_rows(file) if file.suffix == ".parquet" else _csv_rows(file)


def _csv_rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows of a CSV with the line each ends on; a row of another width than the head is no row."""
    lines = files.read_text(file).splitlines(keepends=True)
    reader = csv.reader(lines, delimiter="\t" if ".tsv" in file.suffixes[-2:] else ",", strict=True)
    try:
        head = next(reader, [])
        if len(set(head)) != len(head) or not any(head):
            raise Unfit("has no line of distinct column names at its top")
        for row in reader:
            if row:
                cells: dict[str, Any] = dict(zip(head, row, strict=False))
                whole = len(row) == len(head)
                yield reader.line_num, cells if whole else {_WIDTH: f"{len(row)} of {len(head)}"}
    except csv.Error as error:
        raise Unfit(f"line {reader.line_num}: {error}") from error


def _has_our_columns(file: Path) -> bool:
    if file.name.split("-")[0] in ("score", "outcome", "stage", "training_log", "retriever"):
        return False  # a shard of a run folder
    first = next(_rows(file), None)
    return first is not None and {"task", "metric", "value"} <= first[1].keys()


def _is_table(name: str) -> bool:
    return name.endswith(SUFFIXES)


READER = Reader(
    source="table",
    what="any CSV, TSV or Parquet table, with --map columns.toml",
    recognises=recognises,
    read=read,
)
