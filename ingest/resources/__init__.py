"""Tables of languages and scripts as data files, with the scripts that make them. Sources: README.md."""

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of this folder."""
    with (files("ingest.resources") / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
