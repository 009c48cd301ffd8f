"""Parallel text in files: ``<language>.parquet`` with columns ``source`` (English) and ``translation``."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from ingest.errors import BadData, MissingData
from xtb import files
from xtb.translate.base import OnBatch
from xtb.translate.sentences import split

SCHEMA = pl.Schema({"source": pl.String, "translation": pl.String})


class Parallel:
    """Looks texts up: the whole text, else its sentences one by one.

    Args:
        folder: with a file a language.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def translate(self, texts: Sequence[str], language: str, on_batch: OnBatch) -> list[str | None]:
        """See ``Translator``.

        Raises:
            MissingData: no file of the language.
            BadData: a file cannot be read, or lacks a column.
        """
        path = self._folder / f"{language}.parquet"
        if not path.is_file():
            have = ", ".join(sorted(file.stem for file in self._folder.glob("*.parquet"))) or "none"
            raise MissingData(f"no translations into '{language}' in {self._folder}; there are: {have}")
        known = read(path)
        return [
            known.get(text) or joined([known.get(one) for one in split(text)], language) for text in texts
        ]


class Cache:
    """Translations that were made before, kept by content in a folder of small immutable files.

    Args:
        folder: of one translator; languages are folders below it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, dict[str, str]] = {}

    def known(self, language: str) -> dict[str, str]:
        """All translations into a language; a file that is damaged counts for nothing."""
        if language not in self._known:
            found: dict[str, str] = {}
            for path in sorted((self._folder / language).glob("*.parquet")):
                try:
                    found |= read(path)
                except BadData:  # it is made again
                    path.unlink(missing_ok=True)
            self._known[language] = found
        return self._known[language]

    def add(self, language: str, pairs: dict[str, str]) -> None:
        """Keep translations; when this returns they are safe."""
        frame = pl.DataFrame(list(pairs.items()), schema=SCHEMA, orient="row")
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd")
        data = buffer.getvalue()
        files.write_file(self._folder / language / f"{hashlib.sha256(data).hexdigest()}.parquet", data)
        self.known(language).update(pairs)


def read(path: Path) -> dict[str, str]:
    """The pairs of a file; an empty translation says that there is none.

    Raises:
        BadData: it cannot be read, or lacks a column.
    """
    try:
        frame = pl.read_parquet(path, columns=list(SCHEMA))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadData(f"{path} cannot be read as translations (source, translation): {error}") from error
    return {source: text.strip() for source, text in frame.drop_nulls().iter_rows()}


def joined(parts: Sequence[str | None], language: str) -> str | None:
    """Sentences as one text; None when one is missing. Chinese, Japanese and Thai put no space between."""
    found = [part for part in parts if part]
    gap = "" if language in ("zh", "ja", "th") else " "
    return gap.join(found) if len(found) == len(parts) else None
