"""How many examples each split of each task has."""

from collections.abc import Mapping

from ingest.mini.concepts import Split

SIZES: Mapping[Split, int] = {"train": 3000, "dev": 240, "test": 240}
