"""What a reader of other people's results gives: runs in the warehouse's columns, and every row it refused.

A reader is one file of this folder with a ``READER``. It opens files within limits (``ingest.results.files``)
and hands each number it finds to a ``Model``, which turns their names into ours, refuses what no row can
hold, and remembers where it stood. Nothing is dropped without a ``Reject``.

One file often measures one model on many tasks. As for XTREME's predictions, each target task becomes a run
of its own, with the regime ``external`` where nobody says another.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ingest.results import files
from ingest.results.given import Given
from ingest.results.model import ForeignRun, Model
from ingest.results.place import Place
from ingest.results.values import Unfit, count, moment, name, number_in, real, text
from warehouse.rows import RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Something that was not taken, where it stands, and why."""

    file: str
    line: int
    reason: str
    row: str = ""


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a reader was asked and found.

    Attributes:
        source: ``run.source`` of what it finds.
        given: what a person says about it.
        mapping: the file that says what the columns of a table mean.
        rejects: what was not taken.
        models: by identity.
    """

    source: str
    given: Given = field(default_factory=Given)
    mapping: Path | None = None
    rejects: list[Reject] = field(default_factory=list)
    models: dict[str, Model] = field(default_factory=dict)

    def reject(self, place: Place, reason: Unfit | str, row: Any = None) -> None:
        """Note what is not taken."""
        shown = "" if row is None else _short(row)
        self.rejects.append(Reject(file=str(place.file), line=place.line, reason=str(reason), row=shown))

    def take_objects(self, paths: Iterable[Path], take: Callable[[Path, dict[str, Any]], object]) -> None:
        """Hand the JSON object of each file to ``take``; an unfit one is noted, and the next one read."""
        for file in paths:
            try:
                take(file, files.read_object(file))
            except Unfit as unfit:
                self.reject(Place(file=file), unfit)

    def model(self, place: Place, identity: str, encoder: Any, **fields: Any) -> Model | None:
        """The model of that identity, made at its first mention; None, and noted, when it has no name.

        Args:
            place: where it is named.
            identity: what tells its runs from others of this source; the same for the same file.
            encoder: its name.
            fields: further columns of ``run``.
        """
        if identity not in self.models:
            try:
                known = {"encoder": name(self.given.run.get("encoder", encoder), "the model")}
            except Unfit as unfit:
                self.reject(place, f"{unfit}; give it with --set encoder=NAME")
                return None
            for column, value in fields.items():
                try:
                    known[column] = _field(column, value)
                except Unfit as unfit:
                    self.reject(place, unfit)
            self.models[identity] = Model(
                source=self.source, given=self.given, reject=self.reject, identity=identity, fields=known
            )
        return self.models[identity]

    def runs(self) -> list[ForeignRun]:
        """The runs that have at least one score."""
        return [run for model in self.models.values() for run in model.runs()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How one kind of other people's results is read.

    Attributes:
        source: ``run.source`` of its runs, and its name on the command line.
        what: what it reads, in a line.
        recognises: does a file or folder look like it? Reads little; raises ``Unfit`` where it cannot look.
        read: takes the rows of a file or folder into a ``Reading``.
    """

    source: str
    what: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path, Reading], None]


def _field(column: str, value: Any) -> Any:
    """A column of ``run``, None where the file does not say it."""
    kind = RUN.columns[column]
    if kind == pl.Int64:
        return count(value, column)
    if kind == pl.Float64:
        return real(number_in(value), column)
    if column == "started_at":
        return moment(value, column)
    return text(value, column)


def _short(row: Any) -> str:
    if isinstance(row, str):
        return ascii(row)[1:-1][:300]
    parts = {
        key: "a huge number" if isinstance(one, int) and abs(one) > 2**63 else one for key, one in row.items()
    }
    return ascii(parts)[:300]
