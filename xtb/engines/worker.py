"""A worker process: imports torch once, then does one job after another and tells how it goes.

Started by ``xtb.engines.crew``; only what it unpickles from its own parent's pipe is ever run.
"""

import sys
from multiprocessing.connection import Connection

import polars as pl
import torch

from ingest import collector
from ingest.dataset import Dataset
from ingest.source import Source, open_source
from xtb.do import attempt
from xtb.jobs import Message, Setting
from xtb.place import Place
from xtb.stop import Stop, on_signal

_TABLES = 64


def work(connection: Connection) -> None:
    """Do the jobs that come after a ``Setting``, until the connection closes or a stop is asked for."""
    collector.relax()
    with on_signal(keyboard=False) as stop:
        setting: Setting = connection.recv()
        torch.set_num_threads(setting.threads)
        place = Place(
            runs=setting.runs,
            source=Remembering(open_source(setting.data)),
            device=setting.device,
            stop=stop,
            report=lambda news: _tell(connection, stop, news),
            save_seconds=setting.save_seconds,
        )
        while not stop.requested:
            try:
                job = connection.recv()
            except (EOFError, OSError):
                return
            _tell(connection, stop, attempt(job, place))


class Remembering:
    """A source that keeps the tables it read last: the jobs of one worker read the same ones again."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tables: dict[tuple[str, str, str], pl.DataFrame] = {}

    @property
    def name(self) -> str:
        """The source's name."""
        return self._source.name

    def has(self, dataset: Dataset, split: str, language: str) -> bool:
        """As the source says."""
        return self._source.has(dataset, split, language)

    def table(self, dataset: Dataset, split: str, language: str) -> pl.DataFrame:
        """As the source reads it."""
        key = (dataset.name, split, language)
        frame = self._tables.pop(key, None)
        if frame is None:
            frame = self._source.table(dataset, split, language)
        self._tables[key] = frame  # the newest last
        if len(self._tables) > _TABLES:
            del self._tables[next(iter(self._tables))]
        return frame


def _tell(connection: Connection, stop: Stop, message: Message) -> None:
    try:
        connection.send(message)
    except OSError:  # the parent is gone
        stop.request()


if __name__ == "__main__":
    work(Connection(int(sys.argv[1])))
