"""The claims of the literature, from ``claims.toml``."""

import tomllib
from importlib.resources import files

import polars as pl

from warehouse.published_rows import CLAIM

SOURCE = (
    "Phang et al. 2020, English intermediate-task training improves zero-shot cross-lingual transfer too "
    "(arXiv:2005.13013v2)"
)
URL = "https://arxiv.org/abs/2005.13013v2"


def claims() -> pl.DataFrame:
    """The claims as rows of ``claim``, in the order of the file; all are of one paper."""
    found = tomllib.loads((files("ingest.published") / "claims.toml").read_text(encoding="utf-8"))
    rows = [
        {"claim": name, "source": SOURCE, "url": URL, **entry, "sql": entry["sql"].strip()}
        for name, entry in found.items()
    ]
    return pl.DataFrame(rows, schema=CLAIM.schema)
